"""What the target lacks until applications write to it: counters above both sides, and events that run.

Triggers are made by `engine.schema`; the caller orders them: counters and triggers before the hand-over, events
after it, so that an event never runs on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable

from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql import locks
from aurora_migration.mysql.ddl import show_create_table
from aurora_migration.mysql.session import Session
from aurora_migration.sql.ddl.table_parser import parse_table
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import qualified, raw


def raise_counters(plan: MigrationPlan, source: Session, target: Session) -> int:
    """Raise AUTO_INCREMENT to the source's where it is lower; how many tables. A counter is never lowered."""
    raised = 0
    for planned in plan.tables:
        if not any("auto_increment" in column.extra.lower() for column in planned.table.columns):
            continue
        wanted = _counter(source, planned.mapping.source)
        if wanted > _counter(target, planned.target):
            change = raw(f"AUTO_INCREMENT = {wanted}")
            target.execute(statement("schema/alter_table", table=qualified(planned.target), changes=change))
            raised += 1
    return raised


def enable_events(target: Session, events: Iterable[TableName]) -> int:
    """Let the events run that ran on the source; how many."""
    names = list(events)
    for name in names:
        locks.set_event(target, name, enabled=True)
    return len(names)


def _counter(session: Session, name: TableName) -> int:
    """The next number. SHOW CREATE opens the table: of one that is not open the catalog tells the last number."""
    return parse_table(show_create_table(session, name)).auto_increment
