"""Collects what differs at first sight while the source is written to, and judges it when the target has settled.

Memory is bounded: a chunk is listed in pieces, and after `MAX_SUSPECTS` rows those found so far are judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from aurora_migration.engine.verify.drilldown import (
    degraded_row,
    described,
    differing_rows,
    key_text,
    row_difference,
    row_hashes,
)
from aurora_migration.engine.verify.recheck import Follower, Held, recheck_rows, remeasure
from aurora_migration.engine.verify.scope import SEPARATOR, Pair, cut
from aurora_migration.model.chunk import Chunk
from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.report import Difference, DifferenceKind, Verdict
from aurora_migration.sql.json_types import json_columns, types_hash
from aurora_migration.sql.row_hash import row_hash

MAX_ROW_DIFFERENCES = 100  # per key range; beyond that the chunk and the counts tell enough
MAX_SUSPECTS = 20_000
LISTED_ROWS = 25_000
_TOO_FAST = "is changing too fast to be compared"


@dataclass(slots=True)
class Tally:
    """What the comparison of one key range has found so far; ``differing`` holds numbers of chunks."""

    source_rows: int = 0
    target_rows: int = 0
    verdict: Verdict = Verdict.EQUAL
    differences: list[Difference] = field(default_factory=list)
    differing: set[int] = field(default_factory=set)

    def count(self, source: Mapping[str, Any], target: Mapping[str, Any]) -> None:
        """Add the rows of a chunk as measured on both sides."""
        self.source_rows += source["row_count"]
        self.target_rows += target["row_count"]

    @property
    def full(self) -> bool:
        return len(self.differences) >= MAX_ROW_DIFFERENCES

    @property
    def room(self) -> int:
        return max(1, MAX_ROW_DIFFERENCES - len(self.differences))

    def differs(self, chunk: Chunk) -> None:
        """The chunk differs; what in it does may be added to the differences."""
        self.differing.add(chunk.number)
        self.verdict = Verdict.DIFFERS

    def degraded(self, found: list[Difference]) -> None:
        """Equal values whose types are plainer on the target."""
        self.differences += found
        if self.verdict is Verdict.EQUAL:
            self.verdict = Verdict.DEGRADED


class Suspects:
    """The rows of one key range that are to be compared again, by encoded key."""

    def __init__(self, pool: Executor, pair: Pair, follower: Follower, tally: Tally) -> None:
        self._pool, self._pair, self._follower, self._tally = pool, pair, follower, tally
        self._rows: dict[str, tuple[Chunk, Held]] = {}
        self._types: dict[str, Chunk] = {}
        self._not_listed = 0

    def add(self, chunk: Chunk, measured: tuple[Mapping[str, Any], Mapping[str, Any]]) -> None:
        """Note which rows of a chunk are not the same at first sight; only count them where enough are named."""
        if self._tally.full:
            self._not_listed += 1
            self._tally.count(*measured)
            return
        for piece in cut(self._pair, chunk, LISTED_ROWS):
            self._add(piece)
            if len(self._rows) + len(self._types) >= MAX_SUSPECTS:
                self.judge()

    def _add(self, chunk: Chunk) -> None:
        source, target = map(dict, self._pool.map(lambda side: row_hashes(side, chunk), self._pair))
        self._tally.source_rows += len(source)
        self._tally.target_rows += len(target)
        for key in source.keys() | target.keys():
            if source.get(key) != target.get(key):
                self._rows[key] = chunk, Held(key in source, key in target)
        table = self._pair[0].table
        if json_columns(table):
            types = [dict(row_hashes(side, chunk, types_hash(table))) for side in self._pair]
            self._types |= {key: chunk for key in types[0] if types[0][key] != types[1].get(key)}

    def finish(self) -> None:
        """Judge what is left."""
        self.judge()
        if self._not_listed:
            words = f"{self._not_listed} more chunks were not the same at first sight and were not looked into"
            subject = f"table {self._pair[0].table.name}"
            self._tally.differences.append(Difference(DifferenceKind.DIFFERS, "rows", subject, words))

    def judge(self) -> None:
        """Compare them again until each is judged, and bring the counts to that moment."""
        side, tally = self._pair[0], self._tally
        found = recheck_rows(self._pool, self._pair, self._rows, self._follower, row_hash(side.table))
        for key, held in found.held.items():
            first = self._rows[key][1]
            tally.source_rows += held.source - first.source
            tally.target_rows += held.target - first.target
        for key in sorted(found.differing | found.restless):
            chunk, held = self._rows[key][0], found.held[key]
            tally.differs(chunk)
            if tally.full:
                continue
            if key in found.restless:
                words = f"row {key_text(side, key.split(SEPARATOR))} {_TOO_FAST}"
                tally.differences.append(Difference(DifferenceKind.DIFFERS, "rows", str(chunk), words))
            else:
                row = row_difference(self._pair, chunk, key, held.source, held.target)
                tally.differences.append(described(side, row))
        self._rows.clear()
        self._judge_types()

    def _judge_types(self) -> None:
        side = self._pair[0]
        found = recheck_rows(self._pool, self._pair, self._types, self._follower, types_hash(side.table))
        keys = sorted(key for key in found.differing if found.held[key] == Held(True, True))
        if keys:
            room = self._tally.room
            self._tally.degraded([degraded_row(side, self._types[key], key) for key in keys[:room]])
        self._types.clear()


def judge_whole(
    pool: Executor, pair: Pair, follower: Follower, chunk: Chunk, level: VerificationLevel, tally: Tally
) -> None:
    """Compare a chunk as a whole until it is judged: by its count, or the sums of a table without a key."""
    found = remeasure(pool, pair, chunk, level, follower)
    tally.count(found.source, found.target)
    if found.equal:
        return
    tally.differs(chunk)
    counts = count_difference(chunk, found.source, found.target)
    if not found.steady:
        words = f"{_TOO_FAST}: {counts.detail} when last compared"
        tally.differences.append(Difference(DifferenceKind.DIFFERS, "rows", str(chunk), words))
        return
    rows = differing_rows(pair, chunk, tally.room) if level is VerificationLevel.CHECKSUM else []
    tally.differences += [described(pair[0], row) for row in rows] or [counts]


def count_difference(chunk: Chunk, source: Mapping[str, Any], target: Mapping[str, Any]) -> Difference:
    """A chunk differs, and its counts are all that can be said of it."""
    left, right = source["row_count"], target["row_count"]
    kind = DifferenceKind.MISSING if left > right else DifferenceKind.EXTRA
    kind = kind if left != right else DifferenceKind.DIFFERS
    return Difference(kind, "rows", str(chunk), f"{left} rows on the source, {right} on the target")
