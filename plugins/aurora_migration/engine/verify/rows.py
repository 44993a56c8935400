"""Compares the rows of a key range on both sides, chunk by chunk.

Both servers compute at the same time, each over the same half-open key range. The first range is open below and
the last one open above, so together they cover every possible key: rows that were added outside the loaded keys
are found as well. Recorded chunks that lie side by side are measured together, up to `MEASURED_BYTES`; where that
differs, chunk by chunk, and a chunk that differs is drilled down to its rows (`drilldown`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from aurora_migration.engine.verify.drilldown import degraded_rows, described, differing_rows, same_types
from aurora_migration.engine.verify.scope import Side, chunk_values, sides
from aurora_migration.model.chunk import Chunk, KeyRange
from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.progress import Progress
from aurora_migration.model.report import Difference, DifferenceKind, TableVerdict, Verdict
from aurora_migration.mysql.session import Session
from aurora_migration.sql.json_types import json_columns
from aurora_migration.sql.library import statement
from aurora_migration.sql.row_hash import aggregates, row_hash

MEASURED_BYTES = 128 << 20  # of row text measured by one statement: some seconds, so that progress is seen
MAX_ROW_DIFFERENCES = 100  # per key range; beyond that the chunk and the counts tell enough


Group = tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class VerifyContext:
    """What verification of rows needs."""

    source: Session
    target: Session
    level: VerificationLevel
    on_progress: Callable[[Progress], None]
    clock: Callable[[], float] = time.monotonic


def verify_range(
    context: VerifyContext, planned: PlannedTable, part: KeyRange, recorded: Sequence[Chunk]
) -> TableVerdict:
    """Compare one key range by its recorded chunks; what they do not cover is compared as one more chunk."""
    started = context.clock()
    pair = sides(context.source, context.target, planned)
    tally = _Tally()
    chunks = covering(part, recorded)
    with ThreadPoolExecutor(max_workers=2) as pool:
        for group in together(chunks):
            _compare_group(context, pool, pair, group, tally)
            seconds = max(1e-6, context.clock() - started)
            rows, estimate = tally.source_rows, max(part.row_estimate, tally.source_rows)
            context.on_progress(
                Progress(
                    "verify",
                    str(part.table),
                    rows,
                    0,
                    estimate,
                    False,
                    rows / seconds,
                    seconds,
                )
            )
    return TableVerdict(
        source=str(planned.mapping.source),
        target=str(planned.target),
        level=str(context.level),
        verdict=tally.verdict,
        source_rows=tally.source_rows,
        target_rows=tally.target_rows,
        chunks=len(chunks),
        chunks_differing=tally.chunks_differing,
        seconds=context.clock() - started,
        differences=tuple(tally.differences),
    )


@dataclass(slots=True)
class _Tally:
    source_rows: int = 0
    target_rows: int = 0
    chunks_differing: int = 0
    verdict: Verdict = Verdict.EQUAL
    differences: list[Difference] = field(default_factory=list)

    @property
    def room(self) -> int:
        return max(1, MAX_ROW_DIFFERENCES - len(self.differences))


def _compare_group(
    context: VerifyContext, pool: ThreadPoolExecutor, pair: tuple[Side, Side], group: Group, tally: _Tally
) -> None:
    whole = replace(group[0], upper=group[-1].upper)
    left, right = pool.map(lambda side: measure(context.level, side, whole), pair)
    if left == right and _same_types(context, pool, pair, whole):
        tally.source_rows += left["row_count"]
        tally.target_rows += right["row_count"]
    elif len(group) == 1:
        _judge(context, pool, pair, whole, (left, right), tally)
    else:
        for chunk in group:
            _compare_group(context, pool, pair, (chunk,), tally)


def _same_types(context: VerifyContext, pool: ThreadPoolExecutor, pair: tuple[Side, Side], chunk: Chunk) -> bool:
    if context.level is not VerificationLevel.CHECKSUM or not json_columns(pair[0].table):
        return True
    return same_types(pool, pair, chunk)


def _judge(
    context: VerifyContext,
    pool: ThreadPoolExecutor,
    pair: tuple[Side, Side],
    chunk: Chunk,
    measured: tuple[dict[str, Any], dict[str, Any]],
    tally: _Tally,
) -> None:
    """Say what differs in one chunk: values, or else the types inside JSON."""
    left, right = measured
    tally.source_rows += left["row_count"]
    tally.target_rows += right["row_count"]
    if left != right:
        tally.chunks_differing += 1
        tally.verdict = Verdict.DIFFERS
        tally.differences += _explain(context, pair, chunk, left, right, tally.room)
        return
    tally.differences += degraded_rows(pool, pair, chunk, tally.room)
    if tally.verdict is Verdict.EQUAL:
        tally.verdict = Verdict.DEGRADED


def together(chunks: Sequence[Chunk]) -> list[Group]:
    """Adjacent chunks in groups of at most `MEASURED_BYTES`, in key order; a chunk without a size is alone."""
    groups: list[Group] = []
    size = 0
    for chunk in chunks:
        adjacent = bool(groups) and groups[-1][-1].upper == chunk.lower
        if adjacent and 0 < chunk.bytes <= MEASURED_BYTES - size:
            groups[-1] = (*groups[-1], chunk)
            size += chunk.bytes
        else:
            groups.append((chunk,))
            size = chunk.bytes or MEASURED_BYTES
    return groups


def covering(part: KeyRange, recorded: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """The recorded chunks, completed so that they cover the whole range without a gap."""
    last = recorded[-1] if recorded else None
    if last is not None and last.upper == part.upper:
        return tuple(recorded)
    lower, number = (part.lower, 0) if last is None else (last.upper, last.number)
    return (*recorded, Chunk(part.table, part.number, number + 1, lower, part.upper))


def measure(level: VerificationLevel, side: Side, chunk: Chunk) -> dict[str, Any]:
    """Count and checksums of a chunk on one side."""
    values = chunk_values(side, chunk)
    if level is VerificationLevel.ROW_COUNT:
        return side.session.query(statement("verify/range_count", **values))[0]
    multiset = side.table.chunk_key is None
    sql = statement(
        "verify/range_checksum", aggregates=aggregates(multiset=multiset), hash=row_hash(side.table), **values
    )
    return side.session.query(sql)[0]


def _explain(
    context: VerifyContext,
    pair: tuple[Side, Side],
    chunk: Chunk,
    left: dict[str, Any],
    right: dict[str, Any],
    room: int,
) -> list[Difference]:
    if context.level is VerificationLevel.CHECKSUM and (found := differing_rows(pair, chunk, room)):
        return [described(pair[0], row) for row in found]
    counts = f"{left['row_count']} rows on the source, {right['row_count']} on the target"
    return [Difference(kind=_kind(left, right), area="rows", subject=str(chunk), detail=counts)]


def _kind(left: dict[str, Any], right: dict[str, Any]) -> DifferenceKind:
    if left["row_count"] > right["row_count"]:
        return DifferenceKind.MISSING
    return DifferenceKind.EXTRA if left["row_count"] < right["row_count"] else DifferenceKind.DIFFERS
