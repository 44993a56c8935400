"""The checkpoint of change apply and the modes of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aurora_migration.errors import RetryableError
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint, SyncState, TableMode, TableSync, Until
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control


def checkpoint(session: Session, control: Control) -> Checkpoint | None:
    """The migration's checkpoint, or None if its changes are not followed (yet)."""
    rows = control.query(session, "checkpoint")
    if not rows:
        return None
    row = rows[0]
    return Checkpoint(
        Position(row["gtid_set"], row["binlog_file"], row["binlog_offset"]),
        bool(row["by_gtid"]),
        row["source_uuid"],
        SyncState(row["state"]),
        row["words"],
        row["committed_at"],
        row["transactions"],
        row["row_changes"],
        row["moves"],
    )


def start_checkpoint(session: Session, control: Control, found: Checkpoint) -> None:
    """Begin to follow at a position."""
    control.execute(
        session,
        "start_checkpoint",
        **_position(found.position),
        by_gtid=found.by_gtid,
        source_uuid=found.source_uuid,
        state=str(found.state),
    )


def move_checkpoint(
    session: Session, control: Control, moved: Checkpoint, transactions: int, changes: int
) -> None:
    """Move the checkpoint in the open transaction; ``moved.moves`` is what it was before.

    Raises: RetryableError if another process has moved it meanwhile: what this one wrote must not commit.
    """
    affected = control.execute(
        session,
        "move_checkpoint",
        **_position(moved.position),
        source_uuid=moved.source_uuid,
        state=str(moved.state),
        words=moved.words,
        committed_at=moved.committed_at,
        transactions=transactions,
        row_changes=changes,
        moves=moved.moves,
    )
    if affected != 1:
        raise RetryableError("another process has moved its checkpoint", subject=f"migration {control.migration}")


def set_state(session: Session, control: Control, state: SyncState, words: str = "") -> None:
    """Say what change apply is doing."""
    control.execute(session, "checkpoint_state", state=str(state), words=words)


def tables(session: Session, control: Control) -> dict[TableName, TableSync]:
    """The tables that are followed, by source name."""
    return {
        TableName(row["source_schema"], row["source_table"]): _table_sync(row)
        for row in control.query(session, "sync_tables")
    }


def changed_tables(session: Session, control: Control, since: datetime) -> frozenset[TableName]:
    """Tables that changes were applied to since a moment (UTC)."""
    rows = control.query(session, "changed_tables", since=since)
    return frozenset(TableName(row["source_schema"], row["source_table"]) for row in rows)


def save_table(session: Session, control: Control, found: TableSync) -> None:
    """Set the mode of a table."""
    control.execute(session, "save_sync_table", **_mode(found))


def add_table(session: Session, control: Control, found: TableSync) -> None:
    """Set the mode of a table unless it has one."""
    control.execute(session, "add_sync_table", **_mode(found))


def forget_tables(session: Session, control: Control, tables: Sequence[TableName]) -> None:
    """Forget the tables' modes: their rows are about to be loaded anew."""
    control.forget(session, "sync_tables", tables)


def end_passing_mode(session: Session, control: Control, until: Until) -> None:
    """Make the tables strict whose mode ends there."""
    control.execute(session, "end_passing_mode", **_position(until.position))


def count_changes(session: Session, control: Control, changes: Mapping[TableName, int]) -> None:
    """Add to the tables' counts of row changes."""
    for name, count in changes.items():
        control.execute(session, "count_row_changes", schema=name.schema, table=name.name, count=count)


def save_sample(
    session: Session, control: Control, run_id: str, transactions: int, changes: int, lag_seconds: float
) -> None:
    """Keep a sample for charts."""
    control.execute(
        session,
        "save_sync_sample",
        run_id=run_id,
        transactions=transactions,
        row_changes=changes,
        lag_seconds=lag_seconds,
    )


def _position(position: Position) -> dict[str, Any]:
    return {"gtid_set": position.gtid_set, "file": position.file, "offset": position.offset}


def _mode(found: TableSync) -> dict[str, Any]:
    at: dict[str, Any] = {"gtid_set": None, "file": None, "offset": None}
    if found.until:
        at = _position(found.until.position)
    return {"schema": found.table.schema, "table": found.table.name, "mode": str(found.mode), **at}


def _table_sync(row: Mapping[str, Any]) -> TableSync:
    until = None
    if row["until_file"] is not None:
        until = Until.of(Position(row["until_gtid_set"], row["until_file"], row["until_offset"]))
    return TableSync(TableName(row["source_schema"], row["source_table"]), TableMode(row["mode"]), until)
