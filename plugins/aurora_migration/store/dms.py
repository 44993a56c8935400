"""What AWS DMS leaves on the target: its control tables, which it keeps in our control schema.

Rows belong to a replication by its identifier or by the last part of its ARN; DMS uses either. Values of rows
stay where they are: only counts and reasons come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import identifier, qualified
from aurora_migration.store.control import Control

_READERS: Final = {
    "awsdms_apply_exceptions": "dms/apply_exceptions",
    "awsdms_suspended_tables": "dms/suspended_tables",
    "awsdms_validation_failures_v1": "dms/validation_failures",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one control table says of one table of the target."""

    control_table: str
    table: TableName
    detail: str


def troubles(session: Session, control: Control, replication: str, resource: str) -> tuple[Trouble, ...]:
    """Everything that DMS noted against a replication."""
    values = {"identifier": replication, "resource": resource}
    return tuple(
        Trouble(name, TableName(row["table_schema"], row["table_name"]), str(row["detail"]))
        for name in _present(session, control)
        for row in session.query(statement(_READERS[name], control=identifier(control.schema)), values)
    )


def forget_troubles(session: Session, control: Control, replication: str, resource: str) -> None:
    """Forget what earlier loads of a replication noted, since it is about to load anew."""
    values = {"identifier": replication, "resource": resource}
    for name in _present(session, control):
        table = qualified(TableName(control.schema, name))
        session.execute(statement("dms/forget_rows", table=table), values)


def last_position(session: Session, control: Control) -> Position | None:
    """The position recorded before the migration's last full load."""
    sql = statement("dms/last_position", control=identifier(control.schema))
    return _position(session.query(sql, {"migration": control.migration}))


def drained_position(session: Session, control: Control, run_id: str) -> Position | None:
    """The position that a cutover's run has drained to, as `store.runs.save_position` kept it."""
    sql = statement("dms/drained_position", control=identifier(control.schema))
    return _position(session.query(sql, {"migration": control.migration, "run_id": run_id}))


def _position(rows: list[dict[str, Any]]) -> Position | None:
    if not rows:
        return None
    return Position(rows[0]["gtid_set"], rows[0]["binlog_file"], int(rows[0]["binlog_offset"]))


def _present(session: Session, control: Control) -> tuple[str, ...]:
    rows = session.query(statement("dms/control_tables"), {"control": control.schema})
    return tuple(sorted(row["name"] for row in rows))
