"""Writes rows of the source over those of the target: delete, then copy, in one target transaction.

A row that comes replaces what collides with it by any unique key. Rows travel as text that the source builds;
where a row's text is too long for that, they are read column by column and the transaction is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

from aurora_migration.engine.verify.scope import Pair, Side, chunk_values
from aurora_migration.model.chunk import Chunk
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.mysql.reader import RowReader, RowTooLongError
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.snapshot import exact_snapshot
from aurora_migration.mysql.writer import Written, writer_for
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, qualified, raw
from aurora_migration.sql.row_hash import aggregates, row_hash
from aurora_migration.sql.row_text import RowStyle, row_builder, row_text, row_values

Conditions = Callable[[], Iterable[Fragment]]
"""Makes predicates over the rows that are to be deleted or copied, each time anew."""
KeepPosition = Callable[[TableName, Position], None]
"""Keeps, in the open target transaction, that a table's rows are those of a position."""

_Result = TypeVar("_Result")
_Blocks = Callable[[Side, Conditions], Iterator[list[bytes]]]


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Reads from the source by ``reader`` and writes to ``target``."""

    reader: RowReader
    target: Session
    style: RowStyle

    def rewrite(self, pair: Pair, going: Conditions, coming: Conditions) -> Written:
        """Delete rows of the target and copy rows of the source. Raises: RowsRejectedError, RetryableError."""

        def write(blocks: _Blocks) -> Written:
            with self.target.transaction():
                return self._write(pair, going, blocks(pair[0], coming))

        return self._either_way(write)

    def copy_whole(
        self, pair: Pair, chunk: Chunk, keep_position: KeepPosition | None
    ) -> tuple[int, Written | None]:
        """Copy a table without a key by one statement; how many rows the target had, and what was written.

        With ``keep_position`` the rows are read at an exact position, and nothing is written (None) if they are
        the same. Raises: RowsRejectedError, RetryableError.
        """
        held = pair[1].session.query(_sums(pair[1], chunk))[0]

        def write(blocks: _Blocks) -> Written | None:
            with self.target.transaction(), self._snapshot(pair[0], keep_position) as position:
                if position is not None and keep_position is not None:
                    keep_position(pair[0].table.name, position)
                    if self._source_sums(pair[0], chunk) == _text(held.values()):
                        return None
                return self._write(pair, _everything, blocks(pair[0], _everything))

        return held["row_count"], self._either_way(write)

    def _either_way(self, write: Callable[[_Blocks], _Result]) -> _Result:
        try:
            return write(self._text_blocks)
        except RowTooLongError:
            return write(self._value_blocks)

    def _write(self, pair: Pair, going: Conditions, blocks: Iterator[list[bytes]]) -> Written:
        target = pair[1].table
        for condition in going():
            self.target.execute(statement("verify/delete_rows", table=qualified(target.name), condition=condition))
        return writer_for(self.style)(self.target, target, blocks, replace=True)

    def _text_blocks(self, side: Side, coming: Conditions) -> Iterator[list[bytes]]:
        average = side.table.data_bytes // max(1, side.table.row_estimate)
        for condition in coming():
            yield from self.reader.text_rows(_select(side, condition, row_text(side.table, self.style)), average)

    def _value_blocks(self, side: Side, coming: Conditions) -> Iterator[list[bytes]]:
        build = row_builder(side.table, self.style)
        for condition in coming():
            yield from self.reader.value_rows(_select(side, condition, row_values(side.table)), build)

    def _snapshot(self, side: Side, keep: KeepPosition | None) -> AbstractContextManager[Position | None]:
        return nullcontext() if keep is None else exact_snapshot(side.session, self.reader, side.table.name)

    def _source_sums(self, side: Side, chunk: Chunk) -> bytes:
        """The sums as the reader's snapshot has them."""
        ((found,),) = self.reader.value_rows(_sums(side, chunk), _text)
        return found


def _everything() -> Iterable[Fragment]:
    return [raw("TRUE")]


def _sums(side: Side, chunk: Chunk) -> Fragment:
    return statement(
        "verify/range_checksum",
        aggregates=aggregates(multiset=True),
        hash=row_hash(side.table),
        **chunk_values(side, chunk),
    )


def _text(values: Iterable[Any]) -> bytes:
    """One form for what both drivers fetch."""
    return b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def _select(side: Side, condition: Fragment, row: Fragment) -> Fragment:
    return statement(
        "verify/resync_rows", row=row, table=qualified(side.table.name), index=side.index, range=condition
    )
