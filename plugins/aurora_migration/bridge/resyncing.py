"""Resync as tasks do it: its own sessions, triggers out of the way and back again, progress to the log.

A table with triggers is resynced by one unit at a time: a unit that made them again would otherwise let them fire
on what another one still writes.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from aurora_migration.bridge import report_log
from aurora_migration.bridge.loading import check_unchanged, row_style
from aurora_migration.bridge.progress import ProgressLog
from aurora_migration.bridge.run import Run
from aurora_migration.engine.schema import create_triggers
from aurora_migration.engine.verify.repair import drop_triggers, trigger_names
from aurora_migration.engine.verify.resync import ResyncContext, Resynced, resync_table
from aurora_migration.engine.verify.rewrite import KeepPosition
from aurora_migration.errors import RetryableError
from aurora_migration.model.chunk import KeyRange
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.model.position import Position
from aurora_migration.model.sync import TableMode, TableSync, Until
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.store import load, sync

_log = logging.getLogger(__name__)
_LOCK_SECONDS: Final = 3600


def resync_unit(run: Run, number: int) -> dict[str, Any]:
    """Make the key ranges of one load unit equal to the source; returns what was checked and rewritten, and
    under ``changed`` how many rows of which tables.

    Raises: SchemaMismatchError if a table is not what was loaded, RowsRejectedError, RetryableError.
    """
    with Session.open(run.target) as target:
        ranges = load.ranges(target, run.control, number)
    return {"unit": number, "ranges": len(ranges), **_resync(run, ranges)}


def resync_tables(run: Run, tables: Sequence[TableName]) -> dict[str, Any]:
    """Make whole tables equal to the source, whatever their load units were; returns and raises as `resync_unit`.

    Read the source's position before and after: the tables' changes in between are to be applied by key.
    """
    return {"tables": len(tables), **_resync(run, [KeyRange(table, 1, None, None) for table in tables])}


def _resync(run: Run, ranges: Sequence[KeyRange]) -> dict[str, Any]:
    total, changed = Resynced(), dict[str, int]()
    with (
        run.sessions(local_infile=True) as (source, target),
        RowReader(run.source) as source_reader,
        RowReader(run.target) as target_reader,
    ):
        plan = run.plan(source)
        check_unchanged(run, plan, ranges, target)
        context = ResyncContext(
            source,
            target,
            source_reader,
            target_reader,
            row_style(run, target),
            run.config.load.chunk_bytes,
            ProgressLog(),
            keep_position=_keeper(run, target),
        )
        for part in ranges:
            planned = plan.table(part.table)
            with _without_triggers(run, plan, planned, source, target):
                done = resync_table(context, planned, part)
            counts = " ".join(f"{key}={value}" for key, value in summary(done).items())
            _log.info("Resynced table=%s range=%s %s", part.table, part.number, counts)
            total += done
            if count := done.inserted + done.updated + done.deleted:
                changed[str(part.table)] = changed.get(str(part.table), 0) + count
    return summary(total) | {"changed": changed}


def summary(done: Resynced) -> dict[str, Any]:
    """The counts of a resync as logs and XCom have them."""
    return asdict(done) | {"seconds": round(done.seconds, 1)}


def _keeper(run: Run, target: Session) -> KeepPosition | None:
    """Where changes are applied, a table without a key takes those after the position that its rows are of."""
    if not run.config.follows_changes or run.config.sync.strategy != "binlog":
        return None

    def keep(table: TableName, position: Position) -> None:
        sync.save_table(target, run.control, TableSync(table, TableMode.SKIP, Until.of(position)))

    return keep


@contextlib.contextmanager
def _without_triggers(
    run: Run, plan: MigrationPlan, planned: PlannedTable, source: Session, target: Session
) -> Iterator[None]:
    """Have no trigger on the target table; afterwards those are back that were, or should be, there.

    A migration that follows changes has none before its cutover. In another one a process that died may have left
    the table without them.
    """
    name = planned.mapping.source
    if not trigger_names(source, name) and not trigger_names(target, planned.target):
        yield
        return
    with _alone(run, planned, target):
        dropped = drop_triggers(target, planned.target)
        try:
            yield
        finally:
            if dropped or not run.config.follows_changes:
                with Session.open(run.target) as fresh:
                    report_log.log_findings(create_triggers(plan, name, source, fresh))


@contextlib.contextmanager
def _alone(run: Run, planned: PlannedTable, target: Session) -> Iterator[None]:
    digest = hashlib.sha256(f"{run.config.name} {planned.mapping.source}".encode()).hexdigest()
    values = {"name": f"mysql-to-aurora.resync.{digest[:32]}", "seconds": _LOCK_SECONDS}
    if target.scalar(statement("verify/table_lock"), values) != 1:
        raise RetryableError("another unit still rewrites it", subject=f"table {planned.target} on the target")
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # the lock ends with the session
            target.scalar(statement("verify/table_unlock"), values)
