"""What a person reads on a task's page: what it does, what clearing it does, where to look when it failed."""

from __future__ import annotations

from typing import Final

_UNIT: Final = (
    "One mapped task is one load unit: a group of small tables, a table, or a key range of a large one. Its label "
    "names it, and the link *Migration page* leads to its table."
)
TASKS: Final[dict[str, str]] = {
    "preflight": """
Reads both servers in READ ONLY sessions and tells **every** finding at once: blockers stop the run before
anything is written, warnings are yours to judge, notes are facts. In a dry run it logs the plan and writes
nothing at all.

**Failed?** The findings in its log, blockers first, say what to do. Mend it, then trigger the DAG anew or
clear this task.
""",
    "schema_wave_1": """
Creates databases and tables with the key they are walked by, small tables with their plain indexes too; no other
index, foreign key or trigger. Depending on *Target table prep mode* it empties or drops tables that are there.

**Cleared?** Only together with downstream: alone it would take away what later tasks have made, and refuses.
""",
    "position": """
Records the source's binlog position **before the first row is read**. Where changes are followed, they are
followed from here.
""",
    "plan": """
Cuts tables into key ranges and these into load units, by the source's own statistics. What is loaded already
keeps its cut, so a repeated run goes on behind its last chunk.
""",
    "load": f"""
Copies rows, chunk by chunk; a chunk's rows and the record of it commit in **one** transaction on the target.
{_UNIT}

**Failed, killed or cleared?** It goes on at the first chunk that is not recorded. Nothing is loaded twice.
""",
    "catch_up": """
Applies what was changed on the source during the load, before unique indexes and foreign keys are there.
""",
    "schema_wave_2": """
Builds secondary and unique indexes (one ALTER a table, several tables at a time), foreign keys and counters, and
gathers statistics. It may be cleared: what is there is left alone.
""",
    "objects": """
Creates views, routines, triggers and, **disabled**, events. What the target refuses is a finding with its
reason.
""",
    "accounts": """
Creates roles, users, grants and default roles within what the target's administrator may grant. Every right
that is dropped or changed is listed in the report with its rule.
""",
    "verify_rows": f"""
Compares the rows of one load unit on both sides, chunk by chunk. Rows that differ are named by table, chunk
and key, never by value. {_UNIT}

**Failed?** The warnings in its log name the keys. Writes on the source during a full load are the usual cause.
""",
    "verify_objects": """
Compares definitions of tables, views, routines, triggers, events, accounts and grants. What was changed on
purpose has a rule; anything else is a difference, and fails the run.
""",
    "report": """
Judges the whole run and keeps its report (HTML and JSON). Only here is a run **proved**: every planned table
compared whole, nothing unexplained, every task successful. A store that does not take the report costs a
warning only.

**Always clear it together with whatever you clear before it**: it alone decides the state of the run.
""",
    "sync": """
Applies the source's changes up to where the source was when it began. Rows and position commit together, so it
may die anywhere and be repeated. Its outlets are the tables whose rows changed. With *Resync* set, the tables
that it names are first compared with the live source and rewritten where they differ.
""",
    "compare_and_rewrite": """
Compares one load unit with the live source by hashes, chunk by chunk, and rewrites the rows that differ.
""",
    "done": "Decides whether the sync is green: every unit compared, nothing left behind.",
    "readiness": "Gathers the facts for the person who approves, and stops unless everything is ready.",
    "approve": """
Waits for a person, who sees the facts. No answer in time means no, and nothing is changed. It may ask
again if it is answered in the very second in which it is parked: Airflow then takes the end of its process for a
failure.
""",
    "move_writes": """
Blocks writes on the source as the migration file says and proves it, applies the last changes, compares both
sides, makes the target complete (counters, triggers), **decides** for it, opens it and lets its events run. Before
the decision a failure gives the source its writes back at once; behind it there is no way back in this run.

**Died or cleared?** It goes on from what is recorded. The page has its three phases with their times.
""",
    "release": "Lets the source take writes again unless the target was handed over; always runs.",
    "analyze": "Gathers statistics of the tables that applications write to now. No write waits for it.",
    "summary": "Says where the applications are to write, and decides whether the run is green.",
    "dms_provision": "Makes sure that subnet group, instance, endpoints and replication are there.",
    "dms_load": "Starts the load of AWS DMS, waits for its end, and believes it only if every table is whole.",
    "dms_follow": "Lets AWS DMS follow the changes from here on, and looks at its health.",
    "dms_watch": "Fails where the replication does not follow or a table is in error; warns where it lags.",
    "block_writes": """
Blocks writes on the source as the migration file says and proves it, before AWS DMS is drained. A failure from
here on gives the source its writes back (*release*).
""",
    "dms_drain": """
Waits until AWS DMS has applied everything that the source has committed. Nobody can write meanwhile; no worker
waits. A checkpoint that stands still for three minutes is given up: the comparison decides then.
""",
    "dms_stop": "Stops the replication, so that nothing but the applications writes to the target from here on.",
    "dms_resume": "Lets AWS DMS follow again where the cutover was undone; otherwise it stays stopped.",
    "dms_teardown": "Deletes what carries the migration's tag, and says what it leaves.",
}


def task_doc(task_id: str) -> str | None:
    """Markdown for a task of one of the graphs, by its id."""
    text = TASKS.get(task_id)
    return text.strip() if text else None
