"""The net effect of row changes on one table: what was there before, what is there after, by key.

Changes come in the source's order. A key that is deleted and inserted again, a unique value that two rows swap and
a key that moves all become "these keys go, these rows come", which any order of single changes must end in. The
source checked its unique keys at each row, so the end of any run of its changes obeys them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.change import Row, RowChange
from aurora_migration.model.table import Table

KeyValues = tuple[bytes | None, ...]


class ImpossibleChangeError(Exception):
    """Changes that do not follow from one another, such as an insert of a key that is there."""


@dataclass(slots=True)
class KeyState:
    """A key's row before the first change (None: not there) and after the last."""

    before: Row | None
    after: Row | None


@dataclass(slots=True)
class KeyedChanges:
    """Changes of a table with a key, merged. ``strict``: they follow from the rows that are on the target."""

    table: Table
    strict: bool
    states: dict[KeyValues, KeyState] = field(default_factory=dict)
    changes: int = 0
    _key: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self._key = key_indexes(self.table)

    def add(self, change: RowChange) -> None:
        """Take the next change. Raises: ImpossibleChangeError."""
        self.changes += 1
        states = self.states
        before, after = change.before, change.after
        if before is not None:
            key = tuple([before[index] for index in self._key])
            state = states.get(key)
            if state is None:
                states[key] = KeyState(before, None)
            elif state.after is None and self.strict:
                raise ImpossibleChangeError(f"{change.kind} of a row that was deleted")
            else:
                state.after = None
        if after is not None:
            key = tuple([after[index] for index in self._key])
            state = states.get(key)
            if state is None:
                states[key] = KeyState(None, after)
            elif state.after is not None and self.strict:
                raise ImpossibleChangeError(f"{change.kind} of a row that is there")
            else:
                state.after = after

    def clear(self) -> None:
        self.states.clear()
        self.changes = 0


@dataclass(slots=True)
class RowCounts:
    """Changes of a table without a key, merged: how many rows of just these values come (or, below 0, go)."""

    table: Table
    strict: bool = True
    counts: dict[Row, int] = field(default_factory=dict)
    changes: int = 0

    def add(self, change: RowChange) -> None:
        """Take the next change."""
        self.changes += 1
        if change.before is not None:
            self.counts[change.before] = self.counts.get(change.before, 0) - 1
        if change.after is not None:
            self.counts[change.after] = self.counts.get(change.after, 0) + 1

    def clear(self) -> None:
        self.counts.clear()
        self.changes = 0


NetChanges = KeyedChanges | RowCounts


def net_changes(table: Table, *, strict: bool) -> NetChanges:
    """An empty collector for ``table``. Raises: UnsupportedTableError for a keyless table in overlap."""
    if table.chunk_key is not None:
        return KeyedChanges(table, strict)
    if not strict:
        raise UnsupportedTableError(
            "rows without a key cannot be applied twice",
            subject=f"table {table.name}",
            remedy="load it again: a table without a key is copied at a known position",
        )
    return RowCounts(table)


def key_indexes(table: Table) -> tuple[int, ...]:
    """Where a row image has the values of the table's key."""
    key = table.chunk_key
    columns = [column.name.lower() for column in table.columns]
    return tuple(columns.index(name.lower()) for name in key.columns) if key else ()


def stored_indexes(table: Table) -> Sequence[int]:
    """Where a row image has the values that travel: generated columns are computed by the target."""
    return [index for index, column in enumerate(table.columns) if column.generated is None]
