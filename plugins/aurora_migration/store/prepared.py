"""Row changes of prepared XA transactions: kept until the source decides, perhaps many syncs later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from aurora_migration.model.change import ChangeKind, Row, RowChange
from aurora_migration.model.names import TableName
from aurora_migration.model.table import Table
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control

_NULL: Final = b"\xff\xff\xff\xff"


def keep(session: Session, control: Control, xid: str, first: int, changes: Iterable[RowChange]) -> int:
    """Keep changes in the open transaction, numbered from ``first``; the next number."""
    number = first
    for number, change in enumerate(changes, first):
        control.execute(
            session,
            "save_prepared_change",
            xid=xid,
            number=number,
            schema=change.name.schema,
            table=change.name.name,
            kind=str(change.kind),
            before=_packed(change.before),
            after=_packed(change.after),
        )
        number += 1
    return number


def kept(
    session: Session, control: Control, xid: str, find: Callable[[TableName], Table | None]
) -> Iterator[RowChange]:
    """The changes of a prepared transaction in order; those of tables that are passed over are left out."""
    last = -1
    while rows := control.query(session, "prepared_changes", xid=xid, after=last):
        for row in rows:
            table = find(TableName(row["source_schema"], row["source_table"]))
            if table is not None:
                before, after = _unpacked(row["before_image"]), _unpacked(row["after_image"])
                yield RowChange(ChangeKind(row["kind"]), table, before, after)
        last = rows[-1]["number"]


def undecided(session: Session, control: Control) -> tuple[str, ...]:
    """The first prepared transactions that are neither committed nor rolled back yet."""
    return tuple(str(row["xid"]) for row in control.query(session, "undecided_transactions"))


def forget(session: Session, control: Control, xid: str) -> None:
    """Forget a transaction that has been decided."""
    control.execute(session, "forget_prepared", xid=xid)


def _packed(row: Row | None) -> str | None:
    if row is None:
        return None
    return b"".join(_NULL if v is None else len(v).to_bytes(4, "little") + v for v in row).hex()


def _unpacked(text: str | None) -> Row | None:
    if text is None:
        return None
    data, at = bytes.fromhex(text), 0
    values: list[bytes | None] = []
    while at < len(data):
        head = data[at : at + 4]
        at += 4
        if head == _NULL:
            values.append(None)
            continue
        end = at + int.from_bytes(head, "little")
        values.append(data[at:end])
        at = end
    return tuple(values)
