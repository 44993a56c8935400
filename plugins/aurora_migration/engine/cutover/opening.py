"""What the target lacks until applications write to it: counters above both sides, and events that run.

Triggers are made by `engine.schema`; the caller orders them: counters and triggers before the hand-over, events
after it, so that an event never runs on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql import catalog, locks
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import qualified, raw


def raise_counters(plan: MigrationPlan, source: Session, target: Session) -> int:
    """Raise AUTO_INCREMENT to the source's where it is lower; how many tables. A counter is never lowered."""
    ours = _counters(source, sorted({planned.mapping.source.schema for planned in plan.tables}))
    theirs = _counters(target, sorted({planned.target.schema for planned in plan.tables}))
    raised = 0
    for planned in plan.tables:
        wanted = ours.get(planned.mapping.source)
        if wanted is not None and wanted > (theirs.get(planned.target) or 0):
            change = raw(f"AUTO_INCREMENT = {int(wanted)}")
            target.execute(statement("schema/alter_table", table=qualified(planned.target), changes=change))
            raised += 1
    return raised


def enable_events(target: Session, events: Iterable[TableName]) -> int:
    """Let the events run that ran on the source; how many."""
    names = list(events)
    for name in names:
        locks.set_event(target, name, enabled=True)
    return len(names)


def _counters(session: Session, schemas: Sequence[str]) -> dict[TableName, int]:
    return {
        table.name: table.auto_increment
        for schema in schemas
        for table in catalog.tables(session, schema)
        if table.auto_increment is not None
    }
