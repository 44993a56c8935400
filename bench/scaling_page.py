"""The measured parts of docs/scaling.md, made from bench/results/scaling.json alone.

They stand between comments, as the simulation's tables do (`bench.simulate`); what stands around them has no
figure of theirs.
"""

from __future__ import annotations

import json
import statistics
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from aurora_migration.engine.fullload.planning import unit_count
from aurora_migration.model.config import LoadConfig
from bench.dag_times import Span, covered
from bench.load_figures import markdown
from bench.simulate import CONSTANTS, PAGE

Found = Mapping[str, Any]
_QUIET: Final = 3  # the most of a load average at which times of the wall are believed
_CHUNK_MIB: Final = 16
_RUN_MIB: Final = 4096
_PHASES: Final = ("preflight", "schema_wave_1", "plan", "load", "schema_wave_2", "verify_rows", "verify_objects")


def write(result: Path = CONSTANTS, page: Path = PAGE) -> None:
    """Put what was measured into the page. Raises: FileNotFoundError, KeyError (a part was never measured)."""
    found = json.loads(result.read_text(encoding="utf-8"))
    text = page.read_text(encoding="utf-8")
    for name, block in (("constants", constants_words(found)), ("tiny", tiny_words(found))):
        text = replaced(text, name, block)
    page.write_text(text, encoding="utf-8")


def replaced(text: str, name: str, block: str) -> str:
    """The page with another block between the two comments of that name. Raises: ValueError (there are none)."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, opened, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not (opened and closed):
        raise ValueError(f"the page has no place for {name}")
    return f"{head}{begin}\n{block}\n{end}{tail}"


def constants_words(found: Found) -> str:
    """The table of constants, what they were measured on, and what follows from them."""
    parts = [markdown(("What", "Measured", "How"), list(_rows(found))), _filled(_measured_on(found))]
    bullets = (_bytes(found), _tables(found), _tasks(found))
    return "\n\n".join([*parts, "\n".join(_filled(one) for one in bullets)])


def _rows(found: Found) -> Iterable[tuple[str, ...]]:
    engine, known, rounds = found["engine"], found["constants"], found["nothing"]["rounds"]
    values, mebibytes = engine["values"], engine["table_mib"]
    speeds = [mebibytes / seconds for seconds in values["large"]]
    places = "; ".join(
        _spread([1000 * used[place] / mebibytes for used in engine["cpu"]], 0)
        for place in ("source", "target", "here")
    )
    slots = _spread([one["slot_seconds"] for one in rounds], 1)
    cpu = _spread([one["cpu_seconds"] for one in rounds], 2)
    questions, catalog = (_spread([1000 * one for one in values[name]], 1) for name in ("question", "catalog"))
    yield "Load of the wide mixed table, 16 MiB chunks, one worker, MiB/s", _spread(speeds, 1), "time of the wall"
    yield "Processor time for a MiB: source, target, load task, ms", places, "hardly stretched by other work"
    rate = "one over the busiest of the three: they work at the same time. Not measured as time of the wall"
    yield "**Rate** of a worker with cores to spare, MiB/s", f"{known['mib_per_second']:.1f}", rate
    yield "**Chunk**, s", f"{known['chunk_seconds']:.3f}", "difference of loads with chunks of 1 and 16 MiB"
    empty = "claim, bound, empty LOAD DATA, record, commit"
    yield "**Key range** (an empty table), s", _spread(values["empty"], 3), empty
    nothing = "mapped tasks that do nothing, two at a time, SQLite; the idle scheduler and DAG processor included"
    yield "**Task**, processor seconds of all of Airflow", cpu, nothing
    yield "Task, slot-seconds", slots, "time of the wall"
    yield "Question while cutting a table, ms", questions, "an estimate, or a key"
    yield "Catalog, ms a table", catalog, "columns, keys and statistics of the schema with most tables"


def _measured_on(found: Found) -> str:
    loads = {part: found[part]["load_average"] for part in ("engine", "nothing", "tiny")}
    noisy = "Others were at work there: times of the wall are too long. " if max(loads.values()) > _QUIET else ""
    return f"""Median, and the lowest and highest of {found["engine"]["rounds"]} rounds, made by `make
bench-orchestration`; every value is in [bench/results/scaling.json](../bench/results/scaling.json). Both
servers (MySQL {found["mysql"]}, `sync_binlog` 0, `innodb_flush_log_at_trx_commit` 2) and Airflow shared one
machine ({found["machine"]}): load average {loads["engine"]} for the engine's figures, {loads["nothing"]} for
Airflow's, {loads["tiny"]} for the tiny tables. {noisy}What is reckoned with below is processor time where
there is one. Run it on your servers before you believe any of it."""


def _bytes(found: Found) -> str:
    known = found["constants"]
    part = known["chunk_seconds"] / (known["chunk_seconds"] + _CHUNK_MIB / known["mib_per_second"])
    return (
        "- **Bytes decide.** A chunk costs its claim, its bound, its record and a commit; at "
        f"{_CHUNK_MIB} MiB that is {100 * part:.0f} % of its time."
    )


def _tables(found: Found) -> str:
    seconds = 1000 * found["constants"]["range_seconds"]
    return (
        f"- **Tables cost too.** A thousand empty tables are a thousand key ranges, {seconds:.0f} s of one "
        "worker. They share load units, so that they do not become a thousand tasks."
    )


def _tasks(found: Found) -> str:
    """A run of 4 GiB, reckoned."""
    units = unit_count(_RUN_MIB << 20, LoadConfig(parallel_units=2))
    others = sum(not name.startswith(("load[", "verify_rows[")) for name in found["tiny"]["durations"])
    tasks = 2 * units + others
    mib = sum(
        statistics.median(used[place] for used in found["engine"]["cpu"]) for place in ("source", "target", "here")
    )
    load = _RUN_MIB * mib / found["engine"]["table_mib"]
    airflow = tasks * found["constants"]["task_seconds"]
    percent = 100 * airflow / (airflow + load)
    return f"""- **A task costs a fixed amount** for scheduling, a process, the DAG file and the answer. At 4
GiB a run of two parallel units has {units} load units, each of which is loaded and verified, and {others}
other tasks: {tasks} task instances. That is {airflow:.0f} processor seconds of Airflow beside {load:.0f} of
the load on both servers and in the tasks: {percent:.0f} % of the sum; verification and indexes come on top.
The aim is under 10 % of a run. This is reckoned from the constants; what whole runs took is in
[benchmarks](benchmarks.md), by time of the wall."""


def tiny_words(found: Found) -> str:
    """What a run over many tiny tables took, and which of its tasks took it."""
    tiny = found["tiny"]
    spans: dict[str, list[Span]] = {}
    for name, begin in tiny["starts"].items():
        task = name.partition("[")[0]
        spans.setdefault(task, []).append((begin, begin + tiny["durations"][name]))
    lengths = {task: max(end for _, end in some) - min(begin for begin, _ in some) for task, some in spans.items()}
    between = tiny["wall"] - covered(span for some in spans.values() for span in some)
    longest = sorted(lengths, key=lambda task: lengths[task], reverse=True)[:2]
    times = ", ".join(f"`{task}` {lengths[task]:.0f}" for task in _PHASES if task in lengths)
    return _filled(f"""The whole of `<name>.migrate` for {tiny["tables"]:,} tables of ten rows and an index
each: {tiny["tasks"]} task instances, {len(spans["load"])} load units, **{tiny["wall"]:.0f} s** at a load
average of {tiny["load_average"]} on {found["machine"]}. The aim is 60 s for 1,000 on a quiet
machine{_aim(tiny)}. From the first start to the last end of tasks, in s: {times}; between tasks
{between:.0f}, or {100 * between / tiny["wall"]:.0f} %. Most went into `{longest[0]}` and `{longest[1]}`.""")


def _aim(tiny: Found) -> str:
    if tiny["load_average"] > _QUIET:
        return "; this one was not"
    return " (reached)" if tiny["wall"] * 1000 / tiny["tables"] <= 60 else " (**not reached**)"


def _spread(values: Sequence[float], digits: int) -> str:
    middle, low, high = (f"{one:.{digits}f}" for one in (statistics.median(values), min(values), max(values)))
    return f"{middle} ({low}–{high})"


def _filled(paragraph: str) -> str:
    indent = "  " if paragraph.startswith("- ") else ""
    return textwrap.fill(" ".join(paragraph.split()), 118, subsequent_indent=indent)


if __name__ == "__main__":
    write()
