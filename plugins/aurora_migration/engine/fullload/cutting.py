"""Cuts a key's space into pieces of about equal rows without reading the rows between the cuts.

A piece is halved at a place between its two end keys: the last key before that place is the cut, and the
optimizer's estimates of both halves (two dives into the index) say which piece to halve next. So skewed and gappy
keys take a few questions more, and a table of terabytes some thousand. Every cut is a key that the server gave,
inside the piece: a wrong estimate makes uneven ranges, never a gap or an overlap. Where a key cannot be halved,
since its type has no midpoint, the piece is walked by counting its keys.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from aurora_migration.model.chunk import Bound
from aurora_migration.model.table import Column, Table
from aurora_migration.sql.midpoint import midpoint

_TRIES: Final = 64  # places tried in one piece, where a collation orders otherwise than bytes do
_CUTS: Final = 32  # for each piece that is wanted, at most
_WALKED_BYTES: Final = 64 << 20  # reading so much of a key takes less than questions over a long line
_WALKED_PIECES: Final = 4
_LARGE: Final = 0.55  # of a goal: a piece with more is halved, so that pieces can be put together evenly
_SLACK: Final = 1.5  # a piece that cannot be halved is walked when it is larger than so many goals

Part = tuple[Bound, Bound, int]  # lower, upper, estimated rows


class Keys(Protocol):
    """What is asked about a table's key. Bounds are those of `model.chunk`; intervals are ``(lower, upper]``."""

    def last(self, table: Table) -> Bound:
        """The largest key, None if the table is empty."""

    def nth(self, table: Table, lower: Bound, upper: Bound, rows: int) -> Bound:
        """The ``rows``-th key of the interval, None if there are fewer; reads that many keys."""

    def before(self, table: Table, edge: tuple[str, ...], lower: Bound, upper: Bound) -> Bound:
        """The last key of the interval whose leading columns are at or before ``edge``; reads one key."""

    def estimate(self, table: Table, lower: Bound, upper: Bound) -> int:
        """About how many rows the interval has, without reading them."""


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """An interval between two cuts; ``low`` and ``high`` are the smallest and the largest key in it."""

    negative_rows: int  # the heap has the largest piece on top
    low: tuple[str, ...]
    high: tuple[str, ...]
    lower: Bound
    upper: Bound

    @property
    def rows(self) -> int:
        return -self.negative_rows


def cut(keys: Keys, table: Table, columns: tuple[Column, ...], goal: int) -> list[Part]:
    """Intervals that cover every possible key, in order, each of about ``goal`` rows.

    A table that is small and becomes a few pieces is walked: one question a cut instead of a dozen.
    """
    if table.data_bytes <= _WALKED_BYTES and table.row_estimate <= goal * _WALKED_PIECES:
        return list(_walk(keys, table, Piece(-table.row_estimate, (), (), None, None), goal))
    low, high = keys.nth(table, None, None, 1), keys.last(table)
    if low is None or high is None:
        return [(None, None, table.row_estimate)]
    heap = [Piece(-max(1, table.row_estimate), low, high, None, None)]
    total = heap[0].rows  # what is estimated of all pieces: dives tell up to twice as many rows as there are
    left = _CUTS * (total // goal + 1)
    whole: dict[Bound, Piece] = {}
    while heap:
        piece = heapq.heappop(heap)
        large = piece.rows > 1 and piece.rows * table.row_estimate > _LARGE * goal * total
        halves = _halve(keys, table, columns, piece, goal) if left and large else None
        if halves is None:
            whole[piece.lower] = piece
            continue
        left -= 1
        total += sum(half.rows for half in halves) - piece.rows
        for half in halves:
            heapq.heappush(heap, half)
    found = sum(piece.rows for piece in whole.values())
    scaled = [
        replace(piece, negative_rows=-max(1, piece.rows * table.row_estimate // found))
        for piece in _in_order(whole)
    ]
    return _merged([part for piece in scaled for part in _walk(keys, table, piece, goal)], goal)


def _halve(
    keys: Keys, table: Table, columns: tuple[Column, ...], piece: Piece, goal: int
) -> tuple[Piece, Piece] | None:
    """Both parts of a piece, or None if it cannot be cut, or only by one key value after the other."""
    place = next((i for i, (a, b) in enumerate(zip(piece.low, piece.high, strict=True)) if a != b), None)
    if place is None:
        return None
    halvable = midpoint(columns[place], piece.low[place], piece.high[place]) is not None
    found = _cut_key(keys, table, columns[place], place, piece)
    above = None if found is None else keys.nth(table, found, piece.upper, 1)
    if found is None or above is None:
        return None
    ones, twos = keys.estimate(table, piece.lower, found), keys.estimate(table, found, piece.upper)
    if not halvable and ones < goal // 4:
        return None
    if piece.rows > table.row_estimate // 2:  # a dive reports no more than half of the table
        ones = round(piece.rows * ones / max(1, ones + twos))
        twos = piece.rows - ones
    return (
        Piece(-max(1, ones), piece.low, found, piece.lower, found),
        Piece(-max(1, twos), above, piece.high, found, piece.upper),
    )


def _cut_key(keys: Keys, table: Table, column: Column, place: int, piece: Piece) -> Bound:
    """The last key before the middle of a piece, None if no try found one."""
    prefix, low, high = piece.low[:place], piece.low[place], piece.high[place]
    for _ in range(_TRIES):
        middle = midpoint(column, low, high)
        edge = low if middle is None else middle
        found = keys.before(table, (*prefix, edge), piece.lower, piece.upper)
        if found is not None and found != piece.high:
            return found
        if edge in (low, high):
            return None
        low, high = (edge, high) if found is None else (low, edge)
    return None


def _in_order(by_lower: dict[Bound, Piece]) -> Iterator[Piece]:
    piece = by_lower[None]
    yield piece
    while piece.upper is not None:
        piece = by_lower[piece.upper]
        yield piece


def _walk(keys: Keys, table: Table, piece: Piece, goal: int) -> Iterator[Part]:
    """A piece that is still too large, cut by counting its keys."""
    lower, rest = piece.lower, piece.rows
    while rest > goal * _SLACK:
        bound = keys.nth(table, lower, piece.upper, goal)
        if bound is None or bound == piece.high:
            break
        yield lower, bound, goal
        lower, rest = bound, rest - goal
    yield lower, piece.upper, max(1, rest)


def _merged(parts: list[Part], goal: int) -> list[Part]:
    """Neighbours put together as long as the sum comes nearer to ``goal``."""
    found = parts[:1]
    for lower, upper, rows in parts[1:]:
        start, _, before = found[-1]
        if before + rows - goal <= goal - before:
            found[-1] = (start, upper, before + rows)
        else:
            found.append((lower, upper, rows))
    return found
