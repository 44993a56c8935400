"""Compares the rows of a key range on both sides, chunk by chunk.

Both servers compute at the same time, each over the same half-open key range. The first range is open below and
the last one open above, so together they cover every possible key: rows that were added outside the loaded keys
are found as well. Recorded chunks that lie side by side are measured together, up to `MEASURED_BYTES`; where that
differs, chunk by chunk, and a chunk that differs is drilled down to its rows (`drilldown`).

With `VerifyContext.settle` the source may be written to while the target follows: then what differs at first sight
is compared again, row by row, until it is judged (`recheck`). Counts are those of the last comparison.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Self

from aurora_migration.engine.verify.drilldown import degraded_rows, described, differing_rows, same_types
from aurora_migration.engine.verify.recheck import Follower
from aurora_migration.engine.verify.scope import Pair, measure, sides
from aurora_migration.engine.verify.suspects import Suspects, Tally, count_difference, judge_whole
from aurora_migration.model.chunk import Chunk, KeyRange
from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.progress import Progress
from aurora_migration.model.report import Difference, TableVerdict
from aurora_migration.mysql.session import Session
from aurora_migration.sql.json_types import json_columns

MEASURED_BYTES = 128 << 20  # of row text measured by one statement: some seconds, so that progress is seen

Group = tuple[Chunk, ...]
Measured = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class VerifyContext:
    """What verification of rows needs.

    ``settle`` is given where the source is written to: it returns when the target has applied everything up to the
    source's position at the time of the call. ``sleep`` takes seconds.
    """

    source: Session
    target: Session
    level: VerificationLevel
    on_progress: Callable[[Progress], None]
    clock: Callable[[], float] = time.monotonic
    settle: Callable[[], None] | None = None
    sleep: Callable[[float], None] = time.sleep


def verify_range(
    context: VerifyContext, planned: PlannedTable, part: KeyRange, recorded: Sequence[Chunk]
) -> TableVerdict:
    """Compare one key range by its recorded chunks; what they do not cover is compared as one more chunk."""
    started = context.clock()
    pair = sides(context.source, context.target, planned)
    chunks = covering(part, recorded)
    with ThreadPoolExecutor(max_workers=2) as pool:
        comparison = _Comparison.of(context, pool, pair)
        tally = comparison.tally
        for group in together(chunks):
            comparison.compare(group)
            seconds = max(1e-6, context.clock() - started)
            rows, estimate = tally.source_rows, max(part.row_estimate, tally.source_rows)
            context.on_progress(
                Progress("verify", str(part.table), rows, 0, estimate, False, rows / seconds, seconds)
            )
        comparison.finish()
    return TableVerdict(
        source=str(planned.mapping.source),
        target=str(planned.target),
        level=str(context.level),
        verdict=tally.verdict,
        source_rows=tally.source_rows,
        target_rows=tally.target_rows,
        chunks=len(chunks),
        chunks_differing=len(tally.differing),
        seconds=context.clock() - started,
        differences=tuple(tally.differences),
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The comparison of one key range; with a follower, what differs waits to be compared again."""

    level: VerificationLevel
    pool: ThreadPoolExecutor
    pair: Pair
    tally: Tally
    follower: Follower | None = None
    suspects: Suspects | None = None

    @classmethod
    def of(cls, context: VerifyContext, pool: ThreadPoolExecutor, pair: Pair) -> Self:
        tally = Tally()
        if context.settle is None:
            return cls(context.level, pool, pair, tally)
        follower = Follower(context.settle, context.sleep)
        return cls(context.level, pool, pair, tally, follower, Suspects(pool, pair, follower, tally))

    def compare(self, group: Group) -> None:
        whole = replace(group[0], upper=group[-1].upper)
        if self.follower is not None and self.level is VerificationLevel.ROW_COUNT:
            self.follower.settle()  # equal sums prove equal rows at any time; counts of a late target mean nothing
        left, right = self.pool.map(lambda side: measure(self.level, side, whole), self.pair)
        if left == right and self._same_types(whole):
            self.tally.count(left, right)
        elif len(group) > 1:
            for chunk in group:
                self.compare((chunk,))
        elif self.follower is None or self.suspects is None:
            self._judge(whole, (left, right))
        elif self.level is VerificationLevel.CHECKSUM and self.pair[0].table.chunk_key is not None:
            self.suspects.add(whole, (left, right))
        elif left == right:
            self._judge(whole, (left, right))
        else:
            judge_whole(self.pool, self.pair, self.follower, whole, self.level, self.tally)

    def finish(self) -> None:
        if self.suspects is not None:
            self.suspects.finish()

    def _same_types(self, chunk: Chunk) -> bool:
        if self.level is not VerificationLevel.CHECKSUM or not json_columns(self.pair[0].table):
            return True
        return same_types(self.pool, self.pair, chunk)

    def _judge(self, chunk: Chunk, measured: Measured) -> None:
        """Say what differs in one chunk: values, or else the types inside JSON."""
        self.tally.count(*measured)
        if measured[0] == measured[1]:
            self.tally.degraded(degraded_rows(self.pool, self.pair, chunk, self.tally.room))
        else:
            self.tally.differs(chunk)
            self.tally.differences += self._explain(chunk, *measured)

    def _explain(self, chunk: Chunk, left: dict[str, Any], right: dict[str, Any]) -> list[Difference]:
        if self.level is VerificationLevel.CHECKSUM and (
            found := differing_rows(self.pair, chunk, self.tally.room)
        ):
            return [described(self.pair[0], row) for row in found]
        return [count_difference(chunk, left, right)]


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
