"""The source transaction that is being read: its changes so far, its savepoints, its XA id if it has one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from aurora_migration.errors import BinlogError
from aurora_migration.model.change import Begin, Row, RowChange
from aurora_migration.model.gtid import Gtid
from aurora_migration.model.sync import Place

_NAME: Final = re.compile(r"(?:`((?:[^`]|``)+)`|(\S+))\s*;?\s*\Z")
_XA: Final = re.compile(
    r"\s*XA\s+(START|BEGIN|END|PREPARE|COMMIT|ROLLBACK)\s+(.*?)\s*(?:ONE\s+PHASE)?\s*\Z", re.I | re.S
)


@dataclass(slots=True)
class SourceTransaction:
    """Changes wait here until the transaction's end says that they count; ``size`` is their bytes."""

    gtid: Gtid | None = None
    begun_at: Place | None = None
    changes: list[RowChange] = field(default_factory=list)
    size: int = 0
    savepoints: dict[str, int] = field(default_factory=dict)
    xid: str = ""

    @classmethod
    def of(cls, begin: Begin, place: Place | None) -> SourceTransaction:
        return cls(begin.gtid, place)

    def add(self, change: RowChange) -> None:
        self.changes.append(change)
        self.size += _bytes(change.before) + _bytes(change.after)

    def take(self) -> list[RowChange]:
        """The changes so far, which then wait no longer."""
        taken, self.changes, self.size = self.changes, [], 0
        self.savepoints = {}
        return taken

    def mark(self, name: str) -> None:
        """A savepoint is set here."""
        self.savepoints.pop(name, None)
        self.savepoints[name] = len(self.changes)

    def undo_to(self, name: str) -> bool:
        """Undo what came after a savepoint; False if it was set before what was taken. The savepoint stays."""
        if name not in self.savepoints:
            return False
        del self.changes[self.savepoints[name] :]
        at = list(self.savepoints).index(name)
        self.savepoints = dict(list(self.savepoints.items())[: at + 1])
        return True

    def label(self) -> str:
        """What people call it: its GTID, or where it begins."""
        return str(self.gtid) if self.gtid else f"{self.begun_at[0]}:{self.begun_at[1]}" if self.begun_at else ""


def savepoint_name(text: str) -> str:
    """The name in a SAVEPOINT, ROLLBACK TO or RELEASE SAVEPOINT statement. Raises: BinlogError."""
    found = _NAME.search(text)
    if found is None:
        raise BinlogError("a savepoint without a name", subject=text[:40])
    return (found[1].replace("``", "`") if found[1] else found[2]).lower()


def xa_command(text: str) -> tuple[str, str]:
    """Verb and transaction id of an XA statement. Raises: BinlogError."""
    found = _XA.match(text)
    if found is None:
        raise BinlogError("an XA statement that is not known", subject=text[:40])
    return found[1].upper(), "".join(found[2].split())


def _bytes(row: Row | None) -> int:
    return sum(len(value) for value in row if value) if row else 0
