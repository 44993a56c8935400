"""What a person reads on a DAG's page before they trigger it."""

from __future__ import annotations

from aurora_migration.model.config import MigrationConfig


def migrate_doc(config: MigrationConfig) -> str:
    """Markdown for ``<name>.migrate``."""
    rules = ", ".join(f"{'include' if rule.include else 'exclude'} `{rule.pattern}`" for rule in config.selection)
    return f"""
### {config.name}: move MySQL to Aurora MySQL and prove it

{config.description or "No description in the migration file."}

**First time? Trigger it with *Dry run* on.** Preflight then shows every finding and the plan, and writes nothing.

| | |
|---|---|
| source → target | connection `{config.source.connection}` → connection `{config.target.connection}` |
| selection | {rules} |
| type, engine | {config.type}, {config.engine} |
| accounts | {config.accounts.mode} |

1. **preflight** checks both servers; blockers stop the run before anything is written.
2. **schema_wave_1**, **position**, **plan**, **load** create bare tables and move the rows in parallel units.
3. **schema_wave_2**, **objects**, **accounts** add indexes, foreign keys, views, routines, triggers, accounts, and
   events (disabled).
4. **verify_rows**, **verify_objects**, **report** compare everything. A green run is proved equal.

A failed or cleared **load** task goes on at its first unfinished chunk. For a full load the source must not be
written to while the run lasts; verification shows every row that was.
"""


def sync_doc(config: MigrationConfig) -> str:
    """Markdown for ``<name>.sync``."""
    cron = config.sync.schedule
    return f"""
### {config.name}: follow the source

{f"Runs by the cron `{cron}`" if cron else "Runs when it is triggered"}, one run at a time. Each run applies the
source's changes up to where the source was when it began, or for {config.sync.max_seconds} seconds.
Rows and position commit together on the target, so a run may die anywhere and be repeated.

It fails when a person is needed:

- **paused in front of DDL**: make the same change on the target, then trigger it with *Acknowledge DDL* set to the
  position that the message gives.
- **tables are stopped**: the target did not hold the rows that the changes speak of, and the incident names them;
  trigger it with *Resync* set to these tables. The other tables are up to date.
- **position lost**: the source has purged the binlog from there on; trigger it with *Resync* set to `*`. Only rows
  that differ are rewritten.
"""


def cutover_doc(config: MigrationConfig) -> str:
    """Markdown for ``<name>.cutover``."""
    cutover = config.cutover
    return f"""
### {config.name}: cut over to the target

1. **readiness** gathers the facts and stops unless everything is ready.
2. **approve** shows them to a person; no answer within {cutover.approval_minutes} minutes means no.
3. **move_writes** ends writes on the source (`{cutover.write_block}`) and proves it, applies the rest, compares
   rows (`{cutover.verification}`), raises counters, creates triggers, decides for the target, opens it and lets
   its events run.
4. **release** undoes the block if any of this did not happen: the source takes writes again.
5. **analyze** gathers statistics of the tables that are in use now.

Any task may be cleared: it goes on from what is recorded. After the hand-over there is no way back in this run.
"""


def verify_doc(config: MigrationConfig) -> str:
    """Markdown for ``<name>.verify``."""
    return f"""
### {config.name}: verify alone

Compares rows, objects, accounts and grants of what `{config.name}.migrate` loaded, and writes only to the control
schema `{config.control_schema}`. Differences name the table, the chunk and the key.
"""
