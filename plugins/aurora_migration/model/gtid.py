"""GTID sets: which transactions of which servers.

A set maps an identifier (``uuid`` or, from MySQL 8.3, ``uuid:tag``) to sorted, disjoint, non-adjacent inclusive
intervals of numbers; values never change. Text is MySQL's own
(https://dev.mysql.com/doc/refman/8.4/en/replication-gtids-concepts.html), and `str` writes what the server would
write. MariaDB's ``domain-server-number`` is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_TAG = re.compile(r"[a-z_][a-z0-9_]{0,31}\Z")
_INTERVAL = re.compile(r"(\d+)(?:\s*-\s*(\d+))?\Z")
LAST_NUMBER = (1 << 63) - 2

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Gtid:
    """One transaction; ``tag`` is empty for untagged ones."""

    uuid: str
    number: int
    tag: str = ""

    @property
    def source(self) -> str:
        return f"{self.uuid}:{self.tag}" if self.tag else self.uuid

    def __str__(self) -> str:
        return f"{self.source}:{self.number}"


@dataclass(frozen=True, slots=True)
class GtidSet:
    """A set of transactions; immutable."""

    intervals: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The set that MySQL's text means; white space and empty members are ignored. Raises: ValueError."""
        found: dict[str, list[Interval]] = {}
        for member in text.split(","):
            if member.strip():
                _parse_member(member, found)
        return cls.of(found)

    @classmethod
    def of(cls, intervals: Mapping[str, Iterable[Interval]]) -> Self:
        """A set of any intervals: overlapping, adjacent, unsorted."""
        merged = {source: _merged(parts) for source, parts in intervals.items()}
        return cls({source: parts for source, parts in sorted(merged.items()) if parts})

    def add(self, gtid: Gtid) -> Self:
        """This set with one transaction more."""
        source, number = gtid.source, gtid.number
        parts = self.intervals.get(source, ())
        if parts and parts[-1][1] + 1 == number:  # the next one: what a stream brings
            return type(self)({**self.intervals, source: (*parts[:-1], (parts[-1][0], number))})
        return self.of({**self.intervals, source: (*parts, (number, number))})

    def union(self, other: GtidSet) -> Self:
        """Transactions of either set."""
        sources = {*self.intervals, *other.intervals}
        return self.of({one: (*self.intervals.get(one, ()), *other.intervals.get(one, ())) for one in sources})

    def subtract(self, other: GtidSet) -> Self:
        """Transactions of this set that are not in the other."""
        return self.of(
            {one: _without(parts, other.intervals.get(one, ())) for one, parts in self.intervals.items()}
        )

    def contains(self, other: GtidSet | Gtid) -> bool:
        """Whether every transaction of the other is in this set."""
        if isinstance(other, Gtid):
            parts = self.intervals.get(other.source, ())
            return any(first <= other.number <= last for first, last in parts)
        return not other.subtract(self)

    @property
    def count(self) -> int:
        """How many transactions these are."""
        return sum(last - first + 1 for parts in self.intervals.values() for first, last in parts)

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        uuids: dict[str, list[str]] = {}
        for source, parts in sorted(self.intervals.items()):
            uuid, _, tag = source.partition(":")
            texts = [str(first) if first == last else f"{first}-{last}" for first, last in parts]
            uuids.setdefault(uuid, []).extend([tag, *texts] if tag else texts)
        return ",".join(":".join((uuid, *texts)) for uuid, texts in uuids.items())


def _parse_member(member: str, found: dict[str, list[Interval]]) -> None:
    uuid, *parts = (part.strip().lower() for part in member.split(":"))
    if not _UUID.match(uuid) or not parts:
        raise ValueError(f"not a MySQL GTID set: {member.strip()[:100]!r}")
    source = uuid
    for part in parts:
        if _TAG.match(part):
            source = f"{uuid}:{part}"
            continue
        interval = _INTERVAL.match(part)
        if not interval:
            raise ValueError(f"not a GTID interval or tag: {part[:100]!r}")
        first = int(interval[1])
        last = int(interval[2]) if interval[2] else first
        if not first >= 1 or last > LAST_NUMBER:
            raise ValueError(f"a GTID number is out of range: {part[:100]!r}")
        if first <= last:  # MySQL takes 5-3 for an empty interval
            found.setdefault(source, []).append((first, last))


def _merged(parts: Iterable[Interval]) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for first, last in sorted(parts):
        if merged and first <= merged[-1][1] + 1:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def _without(parts: Iterable[Interval], holes: tuple[Interval, ...]) -> list[Interval]:
    left: list[Interval] = []
    for first, last in parts:
        start = first
        for low, high in holes:
            if high < start or low > last:
                continue
            if low > start:
                left.append((start, low - 1))
            start = high + 1
        if start <= last:
            left.append((start, last))
    return left
