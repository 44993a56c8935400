"""Writes net changes of one table into the open target transaction, and counts what they hit.

First every key goes whose row is gone or, on a table with further unique keys, changed; then the rows come. Where
the key is the only unique one, a changed row is replaced instead, which leaves its unchanged index entries alone.
Strict changes must hit exactly the rows that they speak of; anything else raises `StrayRowsError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from aurora_migration.engine.cdc.net import (
    KeyedChanges,
    KeyValues,
    NetChanges,
    RowCounts,
    key_indexes,
    stored_indexes,
)
from aurora_migration.errors import RowsRejectedError
from aurora_migration.model.change import Row
from aurora_migration.model.names import TableName
from aurora_migration.model.table import Column, Table
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import writer_for
from aurora_migration.sql.key_text import key_text, keys_condition, row_condition
from aurora_migration.sql.library import statement
from aurora_migration.sql.literals import encoding
from aurora_migration.sql.quoting import Fragment, join, qualified
from aurora_migration.sql.row_text import RowStyle, row_builder

_KEYS_PER_STATEMENT: Final = 1000
_NAMED: Final = 10
_BLOCK_ROWS: Final = 1000


class StrayRowsError(Exception):
    """A table of the target does not hold the rows that the changes speak of."""

    def __init__(self, table: TableName, words: str) -> None:
        super().__init__(words)
        self.table = table
        self.words = words


@dataclass(frozen=True)
class TableWriter:
    """Writes the changes of one source table, whose rows are those of ``table``, to ``target``."""

    table: Table
    target: TableName
    style: RowStyle

    @cached_property
    def _target_table(self) -> Table:
        return replace(self.table, name=self.target)

    @cached_property
    def _build(self) -> Callable[[Row], bytes]:
        build, indexes = row_builder(self.table, self.style), stored_indexes(self.table)
        if len(indexes) == len(self.table.columns):
            return build
        return lambda row: build([row[index] for index in indexes])

    @cached_property
    def _columns(self) -> Sequence[Column]:
        return [self.table.columns[index] for index in key_indexes(self.table)]

    @cached_property
    def _key_text(self) -> Callable[[KeyValues], str]:
        write = key_text(self._columns)
        return lambda key: write([value or b"" for value in key])  # a key holds no NULL

    @cached_property
    def _one_unique_key(self) -> bool:
        """Whether a row can only collide by the key it is found by."""
        return sum(key.unique for key in self.table.keys) == 1

    def write(self, session: Session, net: NetChanges) -> None:
        """Write them. Raises: StrayRowsError, RetryableError."""
        try:
            if isinstance(net, RowCounts):
                self._write_counts(session, net)
            elif net.strict:
                self._write_strict(session, net)
            else:
                self._write_overlap(session, net)
        except RowsRejectedError as error:
            raise StrayRowsError(self.table.name, error.message) from error

    def _write_overlap(self, session: Session, net: KeyedChanges) -> None:
        self._delete(session, net.states)
        self._insert(session, [s.after for s in net.states.values() if s.after is not None], replace_rows=True)

    def _write_strict(self, session: Session, net: KeyedChanges) -> None:
        going: list[KeyValues] = []
        changed: list[Row] = []
        fresh: list[Row] = []
        for key, state in net.states.items():
            before, after = state.before, state.after
            if before == after:
                continue  # it came and went; to the target's collation another key's row may have this key
            if after is not None:
                (changed if before is not None and self._one_unique_key else fresh).append(after)
            if before is not None and (after is None or not self._one_unique_key):
                going.append(key)
        self._delete_strictly(session, going)
        # apart from one another, or a row too many would make up for one that is missing
        found = self._insert(session, changed, replace_rows=True)
        if found != len(changed):
            words = f"{found} rows were there to be replaced and {len(changed)} were expected"
            raise StrayRowsError(self.table.name, words)
        self._insert(session, fresh, replace_rows=False)

    def _delete(self, session: Session, keys: Iterable[KeyValues]) -> None:
        for _, condition in self._conditions(keys):
            session.execute(statement("cdc/delete_keys", table=qualified(self.target), condition=condition))

    def _delete_strictly(self, session: Session, keys: Sequence[KeyValues]) -> None:
        for batch, condition in self._conditions(keys):
            sql = statement("cdc/delete_keys", table=qualified(self.target), condition=condition)
            hit = session.execute(sql)
            if hit != len(batch):
                words = f"{hit} rows were there to go and {len(batch)} were expected"
                raise StrayRowsError(self.table.name, words)

    def _conditions(self, keys: Iterable[KeyValues]) -> Iterator[tuple[list[KeyValues], Fragment]]:
        batch: list[KeyValues] = []
        for key in keys:
            batch.append(key)
            if len(batch) == _KEYS_PER_STATEMENT:
                yield batch, self._condition(batch)
                batch = []
        if batch:
            yield batch, self._condition(batch)

    def _condition(self, keys: Sequence[KeyValues]) -> Fragment:
        return keys_condition(self._columns, map(self._key_text, keys))

    def _insert(self, session: Session, rows: Sequence[Row], *, replace_rows: bool) -> int:
        """Insert the rows; how many were there and went for them."""
        if not rows:
            return 0
        blocks = (
            [self._build(row) for row in rows[start : start + _BLOCK_ROWS]]
            for start in range(0, len(rows), _BLOCK_ROWS)
        )
        write = writer_for(self.style)
        return write(session, self._target_table, blocks, replace=replace_rows).replaced

    def stray_keys(self, session: Session, net: KeyedChanges) -> list[str]:
        """Names some keys by which the target is not what strict changes expect, read after the rollback."""
        select, words = join((encoding(column) for column in self._columns), ", "), []
        for key, state in net.states.items():
            found = session.query(
                statement(
                    "cdc/present_keys", key=select, table=qualified(self.target), condition=self._condition([key])
                )
            )
            if bool(found) != (state.before is not None):
                words.append(f"key {self._key_text(key)} is {'there already' if found else 'not there'}")
            if len(words) == _NAMED:
                break
        return words

    def _write_counts(self, session: Session, net: RowCounts) -> None:
        columns, indexes = self.table.stored_columns, stored_indexes(self.table)
        for row, count in net.counts.items():
            if count >= 0:
                continue
            condition = row_condition(columns, [row[index] for index in indexes])
            sql = statement("cdc/delete_row", table=qualified(self.target), condition=condition)
            hit = session.execute(sql, {"count": -count})
            if hit != -count:
                raise StrayRowsError(
                    self.table.name, f"{hit} of {-count} equal rows without a key were there to go"
                )
        coming = [row for row, count in net.counts.items() for _ in range(count)]
        self._insert(session, coming, replace_rows=False)
