"""Makes a target table equal to the live source: compares chunks by hash and rewrites just the rows that differ.

The source may be written to meanwhile. What is written is a state that the source had committed between beginning
and end, for each key by itself; a key that changed meanwhile may hold any such state, or be missing. Whoever
applies all changes between a position read before and one read after, by key (delete, then insert), has an equal
table; where nothing changes it is equal at once. Each chunk is one target transaction and keeps no record: a
process that dies anywhere is followed by one that compares again. Memory is that of one chunk's keys and hashes.

Unique indexes are in place. A row that comes replaces every row that has one of its unique values. Such a row is
not the source's any more: it waits for its own chunk, or it was the source's when its chunk was compared and has
changed since. So after a pass that replaced rows comes another one. Over a quiet source that finds nothing, since
rows that are all the source's cannot collide; over a busy one `PASSES` end it, and each row then missing belongs
to a key whose change lies between the two positions.

A table without a key is copied whole, by one statement, if it is not equal. Changes cannot be replayed over it by
key, so where they are followed (`ResyncContext.keep_position`) its rows are read at an exact position.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from aurora_migration.engine.verify.rewrite import KeepPosition, Rewriter
from aurora_migration.engine.verify.scope import (
    Pair,
    Side,
    chunk_values,
    encoded_key,
    key_conditions,
    measure,
    next_bound,
    sides,
)
from aurora_migration.errors import RetryableError
from aurora_migration.model.chunk import Chunk, KeyRange
from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.progress import Progress
from aurora_migration.model.table import Table
from aurora_migration.mysql.errno import errno_of
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import prepare
from aurora_migration.sql.library import statement
from aurora_migration.sql.predicates import key_range
from aurora_migration.sql.row_hash import row_hash
from aurora_migration.sql.row_text import RowStyle

PASSES: Final = 4
MAX_CHUNK_ROWS: Final = 25_000  # whose keys and hashes are in memory, twice
_ATTEMPTS: Final = 5  # of a chunk that meets the locks of another unit of its table
_LOCKS_OF_OTHERS: Final = frozenset({1205, 1213})  # lock wait timeout, deadlock
_FIRST_CHUNK_ROWS: Final = 1000  # whatever statistics say; then it grows by what the rows really weigh
_UNKNOWN_ROW_BYTES: Final = 256
_LINE_BYTES: Final = 100


@dataclass(frozen=True, slots=True)
class Resynced:
    """What one resync found and wrote; rows and chunks of all passes, changes as they were found.

    ``replaced`` counts rows that had to go because a row that came has one of their unique values.
    """

    rows_checked: int = 0
    chunks: int = 0
    chunks_differing: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    seconds: float = 0.0
    bytes: int = 0
    replaced: int = 0

    def __add__(self, other: Resynced) -> Resynced:
        return Resynced(
            self.rows_checked + other.rows_checked,
            self.chunks + other.chunks,
            self.chunks_differing + other.chunks_differing,
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.deleted + other.deleted,
            self.seconds + other.seconds,
            self.bytes + other.bytes,
            self.replaced + other.replaced,
        )


@dataclass(frozen=True, slots=True)
class ResyncContext:
    """What resync needs: a session and a reader to each side; the target's triggers must be out of the way.

    ``keep_position`` is given where changes are followed: it is called in the target transaction that makes a
    table without a key equal, with the table and the position that its rows are of.
    """

    source: Session
    target: Session
    source_reader: RowReader
    target_reader: RowReader
    style: RowStyle
    chunk_bytes: int
    on_progress: Callable[[Progress], None]
    clock: Callable[[], float] = time.monotonic
    chunk_rows: int = MAX_CHUNK_ROWS
    keep_position: KeepPosition | None = None

    @property
    def rewriter(self) -> Rewriter:
        return Rewriter(self.source_reader, self.target, self.style)


def resync_table(context: ResyncContext, planned: PlannedTable, part: KeyRange | None = None) -> Resynced:
    """Make one key range (or the whole table) of the target equal to the source.

    Raises: RowsRejectedError if the target refuses a row, RetryableError.
    """
    _prepare(context.target)
    pair = sides(context.source, context.target, planned)
    part = part or KeyRange(planned.table.name, 1, None, None, planned.table.row_estimate)
    started, done = context.clock(), Resynced()
    with ThreadPoolExecutor(max_workers=2) as pool:
        if planned.table.chunk_key is None:
            done = _patiently(partial(_resync_keyless, context, pool, pair, part))
        else:
            for _ in range(PASSES):
                found = _pass(context, pool, pair, part)
                done += found
                if not found.replaced:
                    break
    return replace(done, seconds=context.clock() - started)


def _prepare(target: Session) -> None:
    prepare(target)
    target.set_variable(
        "foreign_key_checks", 0
    )  # else deleting a row would delete or change those that refer to it
    # With 0, which a load likes, InnoDB may buffer an entry of a unique index without a look at its uniqueness.
    target.set_variable("unique_checks", 1)


def _pass(context: ResyncContext, pool: Executor, pair: Pair, part: KeyRange) -> Resynced:
    table, done, started = pair[0].table, Resynced(), context.clock()
    limit = _rows_by_statistics(context, table)
    goal = min(_FIRST_CHUNK_ROWS, limit)
    lower, number, differing, finished = part.lower, 0, False, False
    while not finished:
        number += 1
        chunk = Chunk(part.table, part.number, number, lower, next_bound(pair, lower, part.upper, goal))
        found = _patiently(partial(_resync_chunk, context, pool, pair, chunk, listed=differing))
        # Where one chunk differs the next one often does: then its rows are listed without being measured first.
        differing = bool(found.chunks_differing)
        wanted = _rows_by_size(context, found) if found.bytes else limit
        goal = max(1, min(limit, max(goal // 4, min(goal * 4, wanted))))
        done += found
        lower, finished = chunk.upper, chunk.upper == part.upper
        seconds = max(1e-6, context.clock() - started)
        estimate = max(part.row_estimate, done.rows_checked)
        rate = done.rows_checked / seconds
        context.on_progress(
            Progress("resync", str(part.table), done.rows_checked, done.bytes, estimate, False, rate, seconds)
        )
    return done


def _rows_by_statistics(context: ResyncContext, table: Table) -> int:
    """Rows of a chunk by what the server thinks that a row weighs."""
    average = table.data_bytes // table.row_estimate if table.row_estimate else _UNKNOWN_ROW_BYTES
    return max(1, min(context.chunk_rows, context.chunk_bytes // max(1, average)))


def _rows_by_size(context: ResyncContext, found: Resynced) -> int:
    """Rows of a chunk by what was written of the last one."""
    return context.chunk_bytes * max(1, found.inserted + found.updated) // found.bytes


def _patiently(work: Callable[[], Resynced]) -> Resynced:
    """Repeat what met another transaction's locks: the chunk was rolled back and is compared anew."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return work()
        except RetryableError as error:
            if error.__cause__ is None or errno_of(error.__cause__) not in _LOCKS_OF_OTHERS:
                raise
    return work()


def _resync_chunk(context: ResyncContext, pool: Executor, pair: Pair, chunk: Chunk, *, listed: bool) -> Resynced:
    """Rewrite what differs in one chunk; it is compared by its sums first, unless it is ``listed`` anyway."""
    if not listed and (rows := _equal_rows(pool, pair, chunk)) is not None:
        return Resynced(rows, 1)
    readers = (context.source_reader, context.target_reader)
    here, there = pool.map(lambda reader, side: _lines(reader, side, chunk), readers, pair)
    rows, common = len(here), len(here & there)
    here, there = here - there, there - here
    if not here and not there:
        return Resynced(rows, 1)
    coming, going = sorted(map(_key, here)), sorted(map(_key, there))
    if common:
        written = context.rewriter.rewrite(
            pair, lambda: key_conditions(pair[1], going), lambda: key_conditions(pair[0], coming)
        )
    else:
        whole = key_range(pair[0].key_columns, chunk.lower, chunk.upper)
        written = context.rewriter.rewrite(pair, lambda: [whole] * bool(going), lambda: [whole] * bool(coming))
    updated = len(set(coming) & set(going))
    return Resynced(
        rows_checked=rows,
        chunks=1,
        chunks_differing=1,
        inserted=len(coming) - updated,
        updated=updated,
        deleted=len(going) - updated,
        bytes=written.bytes,
        replaced=written.replaced,
    )


def _resync_keyless(context: ResyncContext, pool: Executor, pair: Pair, part: KeyRange) -> Resynced:
    """Copy a table without a key whole, unless it is equal."""
    chunk = Chunk(part.table, part.number, 1, None, None)
    if context.keep_position is None and (rows := _equal_rows(pool, pair, chunk)) is not None:
        return Resynced(rows, 1)
    held, written = context.rewriter.copy_whole(pair, chunk, context.keep_position)
    if written is None:
        return Resynced(held, 1)
    return Resynced(written.rows, 1, 1, inserted=written.rows, deleted=held, bytes=written.bytes)


def _equal_rows(pool: Executor, pair: Pair, chunk: Chunk) -> int | None:
    """The number of rows of a chunk that is equal by its sums; None if it is not."""
    left, right = pool.map(lambda side: measure(VerificationLevel.CHECKSUM, side, chunk), pair)
    return int(left["row_count"]) if left == right else None


def _lines(reader: RowReader, side: Side, chunk: Chunk) -> set[bytes]:
    sql = statement(
        "verify/row_lines", key=encoded_key(side), hash=row_hash(side.table), **chunk_values(side, chunk)
    )
    return {line for block in reader.text_rows(sql, _LINE_BYTES) for line in block}


def _key(line: bytes) -> str:
    return line.rpartition(b"=")[0].decode("ascii")
