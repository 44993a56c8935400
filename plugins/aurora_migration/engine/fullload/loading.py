"""Carries one load unit: range by range, chunk by chunk, each chunk in one target transaction.

The transaction first claims the chunk in the control schema, then writes its rows, then fills in the counts and
commits. While the target claims, the source begins with the rows; while they are written, it looks for the end of
the next chunk. A process that dies on any line leaves either nothing of a chunk or all of it with its record, so a
repeated unit goes on behind the last recorded chunk. Two processes on one unit cannot both write a chunk: the
second waits for the first one's claim and then fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from aurora_migration.engine.fullload.bounds import key_columns, nth_key, nth_key_asked
from aurora_migration.errors import RowsRejectedError
from aurora_migration.model.chunk import Bound, Chunk, KeyRange
from aurora_migration.model.config import LoadConfig
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.progress import Progress
from aurora_migration.model.sync import TableMode, TableSync, Until
from aurora_migration.model.table import Table
from aurora_migration.mysql.reader import RowReader, RowTooLongError
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.snapshot import exact_snapshot
from aurora_migration.mysql.writer import Written, writer_for
from aurora_migration.sql.library import statement
from aurora_migration.sql.predicates import key_range
from aurora_migration.sql.quoting import Fragment, identifier, qualified, raw
from aurora_migration.sql.row_text import RowStyle, row_builder, row_text, row_values
from aurora_migration.store import sync
from aurora_migration.store.chunks import chunks, recorded
from aurora_migration.store.control import Control

_FIRST_ROW_BYTES: Final = 256
_FIRST_CHUNK_ROWS: Final = 1000  # then it grows by what the rows really weigh
_KNOWN_BYTES: Final = 1 << 20  # a table of so many has statistics that say something
_KNOWN_CHUNK_ROWS: Final = 1 << 16  # of the first chunk by statistics
_MAX_CHUNK_ROWS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class LoadContext:
    """What loading needs: the two sides, the control schema, the limits."""

    source: Session
    reader: RowReader
    target: Session
    control: Control
    run_id: str
    style: RowStyle
    load: LoadConfig
    on_progress: Callable[[Progress], None]
    clock: Callable[[], float] = time.monotonic
    follows_changes: bool = False  # then a table without a key is read at a position that is kept
    wait: Callable[[], float] = lambda: 0.0  # asked before each chunk; returns the seconds that it waited


Read = Callable[[LoadContext, Table, Chunk], Iterator[list[bytes]]]


def load_range(context: LoadContext, planned: PlannedTable, part: KeyRange, *, begun: bool = True) -> Written:
    """Load the rest of a key range. Raises: RowsRejectedError, RetryableError.

    Not ``begun``: no chunk of it was recorded a moment ago. If one has been since, its claim stops this one.
    """
    done = list(chunks(context.target, context.control, part)) if begun else []
    rows, size, fresh, seconds = sum(c.rows for c in done), sum(c.bytes for c in done), 0, 0.0
    goal = _chunk_rows(planned.table, context.load, done)
    number, lower = (done[-1].number, done[-1].upper) if done else (0, part.lower)
    finished, ahead = bool(done) and done[-1].upper == part.upper, None
    while not finished:
        number += 1
        context.wait()
        started = context.clock()
        chunk = ahead or _next_chunk(context, planned.table, part, number, lower, goal)
        with _following(context, planned.table, part, chunk, goal) as following:
            written = _copy_chunk(context, planned, chunk)
            ahead = following()
        took = max(1e-6, context.clock() - started)
        goal = _next_goal(goal, written, took, context.load)
        rows, size, fresh, seconds = (
            rows + written.rows,
            size + written.bytes,
            fresh + written.rows,
            seconds + took,
        )
        estimate = max(part.row_estimate, rows)
        context.on_progress(
            Progress("load", str(part.table), rows, size, estimate, False, fresh / seconds, seconds)
        )
        lower, finished = chunk.upper, chunk.upper == part.upper
    return Written(rows, size)


def _next_chunk(context: LoadContext, table: Table, part: KeyRange, number: int, lower: Bound, rows: int) -> Chunk:
    bound = nth_key(context.source, table, lower, part.upper, rows)
    return Chunk(part.table, part.number, number, lower, part.upper if bound is None else bound)


@contextmanager
def _following(
    context: LoadContext, table: Table, part: KeyRange, chunk: Chunk, rows: int
) -> Iterator[Callable[[], Chunk | None]]:
    """Where the next chunk ends is asked now and told at the end of this one: a round trip that costs no time.

    So its rows follow what the chunk before this one weighed. None: this is the last, or none has been weighed.
    """
    if chunk.upper == part.upper or rows <= _FIRST_CHUNK_ROWS:
        yield lambda: None
        return
    with nth_key_asked(context.source, table, chunk.upper, part.upper, rows) as answer:

        def following() -> Chunk:
            bound = answer()
            return Chunk(part.table, part.number, chunk.number + 1, chunk.upper, bound or part.upper)

        yield following


def _copy_chunk(context: LoadContext, planned: PlannedTable, chunk: Chunk) -> Written:
    try:
        return _copy(context, planned, chunk, _text_blocks)
    except RowTooLongError:
        return _copy(context, planned, chunk, _value_blocks)


def _copy(context: LoadContext, planned: PlannedTable, chunk: Chunk, read: Read) -> Written:
    """Reading begins before the claim: while the target claims, the source has begun to send."""
    target = replace(planned.table, name=planned.target)
    exact = context.follows_changes and planned.table.chunk_key is None
    blocks = None if exact else read(context, planned.table, chunk)
    try:
        with recorded(context.target, context.control, context.run_id, chunk) as counts:
            if blocks is None:
                written = _write_at_position(context, planned.table, target, chunk, read)
            else:
                written = writer_for(context.style)(context.target, target, blocks)
            counts(written.rows, written.bytes)
    except RowsRejectedError as error:
        raise RowsRejectedError(
            f"{error.message} (keys {_bound(chunk.lower)} to {_bound(chunk.upper)})",
            subject=str(chunk),
            remedy=error.remedy,
        ) from error
    return written


def _write_at_position(context: LoadContext, table: Table, target: Table, chunk: Chunk, read: Read) -> Written:
    """Changes of a table without a key cannot be applied twice, so its rows are read at a known position."""
    with exact_snapshot(context.source, context.reader, table.name) as position:
        written = writer_for(context.style)(context.target, target, read(context, table, chunk))
    if position is not None:
        mode = TableSync(table.name, TableMode.SKIP, Until.of(position))
        sync.save_table(context.target, context.control, mode)
    return written


def _text_blocks(context: LoadContext, table: Table, chunk: Chunk) -> Iterator[list[bytes]]:
    average = table.data_bytes // max(1, table.row_estimate)
    return context.reader.text_rows(_select(table, chunk, row_text(table, context.style)), average)


def _value_blocks(context: LoadContext, table: Table, chunk: Chunk) -> Iterator[list[bytes]]:
    sql = _select(table, chunk, row_values(table))
    return context.reader.value_rows(sql, row_builder(table, context.style))


def _select(table: Table, chunk: Chunk, row: Fragment) -> Fragment:
    key = table.chunk_key
    whole = key is None or (chunk.lower is None and chunk.upper is None)
    columns = () if key is None else key_columns(table, key)
    return statement(
        "load/select_rows",
        row=row,
        table=qualified(table.name),
        index=raw("") if whole or key is None else raw("FORCE INDEX (") + identifier(key.name) + raw(")"),
        range=key_range(columns, chunk.lower, chunk.upper),
    )


def _chunk_rows(table: Table, load: LoadConfig, done: list[Chunk]) -> int:
    """Rows of the next chunk: by what was measured, else by statistics, and few where these are of few rows.

    Statistics may be wrong. That makes a chunk too large for once, but takes no memory: rows travel in blocks.
    """
    if done and done[-1].rows:
        return _clamp(load.chunk_bytes * done[-1].rows // max(1, done[-1].bytes))
    average = max(1, table.data_bytes // table.row_estimate) if table.row_estimate else _FIRST_ROW_BYTES
    known = table.row_estimate >= _FIRST_CHUNK_ROWS and table.data_bytes >= _KNOWN_BYTES
    return min(_KNOWN_CHUNK_ROWS if known else _FIRST_CHUNK_ROWS, _clamp(load.chunk_bytes // average))


def _next_goal(goal: int, written: Written, seconds: float, load: LoadConfig) -> int:
    """Steer towards the bytes of a chunk, and below its time, by at most a factor of four at a time."""
    if written.rows == 0:
        return goal
    wanted = min(
        load.chunk_bytes * written.rows // max(1, written.bytes), int(load.chunk_seconds * written.rows / seconds)
    )
    return _clamp(max(goal // 4, min(goal * 4, wanted)))


def _clamp(rows: int) -> int:
    return max(1, min(_MAX_CHUNK_ROWS, rows))


def _bound(bound: tuple[str, ...] | None) -> str:
    return "open" if bound is None else "(" + ", ".join(bound) + "]"
