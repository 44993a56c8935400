"""Planning and loading as tasks do it: sessions, stored units, progress to the log."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final

from aurora_migration.bridge.loaded_tables import LoadedTables
from aurora_migration.bridge.progress import ProgressLog
from aurora_migration.bridge.report_files import keep_plan
from aurora_migration.bridge.run import Run
from aurora_migration.bridge.throttling import throttle_of
from aurora_migration.engine.fullload.loading import LoadContext, load_range
from aurora_migration.engine.fullload.planning import group_units, table_ranges, unit_bytes
from aurora_migration.engine.plan import fingerprint
from aurora_migration.engine.preflight.target_tables import tables_with_rows
from aurora_migration.errors import SchemaMismatchError
from aurora_migration.model.chunk import KeyRange, LoadUnit
from aurora_migration.model.config import MigrationType
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import local_infile_allowed, prepare
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import load

_log = logging.getLogger(__name__)
_CHANGED: Final = "start a new run with target_table_prep_mode drop-and-create"
_NO_ROWS = (LoadUnit(1, "no rows to load", ()),)


def plan_units(run: Run, plan: MigrationPlan, source: Session, target: Session) -> tuple[LoadUnit, ...]:
    """Make and keep the load units of a run; never none, so that the tasks behind them run.

    A table of the recorded shape keeps its cut and its chunks. Raises: SchemaMismatchError if a table of another
    one has rows on the target, since loading it would add to them.
    """
    states = {state.mapping.source: state for state in load.tables(target, run.control)}
    kept: dict[TableName, list[KeyRange]] = {}
    for part in load.ranges(target, run.control):
        kept.setdefault(part.table, []).append(part)
    fresh = [
        planned
        for planned in plan.tables
        if (name := planned.mapping.source) not in kept
        or name not in states
        or states[name].fingerprint != fingerprint(planned)
    ]
    if run.config.type is not MigrationType.CDC:
        _refuse_rows(target, fresh)
    goal = unit_bytes(plan.tables, run.config.load)
    for planned in fresh:
        name = planned.mapping.source
        if name in states or name in kept:  # of others nothing is recorded
            load.forget_chunks(target, run.control, name)
        kept[name] = table_ranges(source, planned.table, goal)
    load.save_tables(target, run.control, run.run_id, [_facts(planned) for planned in fresh])
    ranges = [part for planned in plan.tables for part in kept[planned.mapping.source]]
    units = group_units(ranges, run.config.load) if ranges else _NO_ROWS
    load.save_units(target, run.control, units)
    keep_plan(run, plan, target)
    return units


def _refuse_rows(target: Session, tables: Sequence[PlannedTable]) -> None:
    filled = tables_with_rows(target, [planned.target for planned in tables])
    for planned in tables:
        if planned.target in filled:
            raise SchemaMismatchError(
                "has rows that were not loaded under the table's present definition",
                subject=f"table {planned.target} on the target",
                remedy=_CHANGED,
            )


def _facts(planned: PlannedTable) -> load.TableFacts:
    table = planned.table
    return load.TableFacts(planned.mapping, fingerprint(planned), table.row_estimate, table.data_bytes)


def load_unit(run: Run, number: int) -> dict[str, Any]:
    """Load the key ranges of one unit. Raises: SchemaMismatchError, RowsRejectedError, RetryableError."""
    with (
        RowReader(run.source, ahead=True) as reader,
        run.sessions(local_infile=True, several=True) as (source, target),
    ):
        ranges = load.ranges(target, run.control, number)
        plan = run.plan_of(source, {part.table for part in ranges})
        check_unchanged(run, plan, ranges, target)
        style = row_style(run, target)
        prepare(target)
        progress = ProgressLog()
        context = LoadContext(
            source,
            reader,
            target,
            run.control,
            run.run_id,
            style,
            run.config.load,
            progress,
            follows_changes=run.config.follows_changes_natively,
            wait=throttle_of(run, number, source, target, reader).wait,
        )
        done = LoadedTables()
        begun = load.begun_ranges(target, run.control, number)
        for part in ranges:
            before = begun.get((part.table, part.number))
            with done.timed(part.table, before or 0) as took:
                took.written = load_range(context, plan.table(part.table), part, begun=before is not None)
    done.log(f"Loaded unit {number} by {style}")
    return {"unit": number, "ranges": len(ranges), "rows": done.rows, "bytes": done.bytes}


def row_style(run: Run, target: Session) -> RowStyle:
    """How rows are written: as the migration file says, or by what the target allows."""
    method = run.config.load.method
    if method == "auto":
        return RowStyle.LOAD_DATA if local_infile_allowed(target) else RowStyle.INSERT
    return RowStyle(method)


def check_unchanged(run: Run, plan: MigrationPlan, ranges: Sequence[KeyRange], target: Session) -> None:
    """A table whose definition changed since the plan must not be loaded by the old one."""
    known = load.fingerprints(target, run.control, {part.table for part in ranges})
    for name in sorted({part.table for part in ranges}):
        if plan.target_of(name) is None:
            raise SchemaMismatchError(
                "is gone from the source, or from the selection, since the plan was made",
                subject=f"table {name}",
                remedy="start a new run",
            )
        if fingerprint(plan.table(name)) != known[name]:
            raise SchemaMismatchError(
                "the table's definition or its target changed after the plan was made",
                subject=f"table {name}",
                remedy=_CHANGED,
            )
