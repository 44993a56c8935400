"""Tells a true difference from a row that is on its way, while the source is written to and the target follows.

What differs at first sight is a suspect. In each round the source is read, `settle` waits until the target has
applied everything up to the source's position by then, and source, target and source are read again. A suspect is
cleared when the target holds what the source held at one of these moments: nobody outside can tell more of a row
that moves. It differs if in `CONFIRMATIONS` rounds in a row the source always held one and the same and the target
always something else: one round is not enough, since a row may go back and forth between two states. What is
neither after `ROUNDS` rounds is changing too fast to be compared, which counts as a difference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Final

from aurora_migration.engine.verify.scope import Pair, Side, encoded_key, key_conditions, measure
from aurora_migration.model.chunk import Chunk
from aurora_migration.model.config import VerificationLevel
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, qualified

ROUNDS: Final = 20
CHUNK_ROUNDS: Final = 10  # where a whole chunk, or a whole table without a key, is read in each
CONFIRMATIONS: Final = 3

_LONGEST_PAUSE: Final = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Follower:
    """How to wait for a target that follows the source.

    ``settle`` returns when the target has applied everything up to the source's position at the time of the call.
    ``sleep`` takes seconds.
    """

    settle: Callable[[], None]
    sleep: Callable[[float], None] = time.sleep

    def rounds(self, most: int) -> Iterator[int]:
        """Numbers of rounds, with growing pauses between them."""
        for number in range(most):
            if number:
                self.sleep(min(_LONGEST_PAUSE, number / 10))
            yield number


@dataclass(frozen=True, slots=True)
class Held:
    """Whether source and target have a row, as last read."""

    source: bool
    target: bool


@dataclass(slots=True)
class Rechecked:
    """What became of suspects, by encoded key: who has each row by now, and which ones are not equal."""

    held: dict[str, Held] = field(default_factory=dict)
    differing: set[str] = field(default_factory=set)
    restless: set[str] = field(default_factory=set)


class Judge:
    """Weighs what the rounds read of one thing: a row's hash, or the sums of a chunk."""

    def __init__(self) -> None:
        self._steady: Hashable = None
        self._rounds = 0

    def differs(self, seen: Iterable[Hashable]) -> bool:
        """Count a round in which the target held none of ``seen``; whether it is proved to differ."""
        states = set(seen)
        if len(states) != 1:
            self._rounds = 0
            return False
        (state,) = states
        self._rounds = self._rounds + 1 if self._rounds and state == self._steady else 1
        self._steady = state
        return self._rounds >= CONFIRMATIONS


def recheck_rows(
    pool: Executor, pair: Pair, suspects: Iterable[str], follower: Follower, what: Fragment
) -> Rechecked:
    """Compare the rows with these encoded keys by the hash ``what`` until each is judged."""
    result, open_ones = Rechecked(), {key: Judge() for key in suspects}
    for _ in follower.rounds(ROUNDS):
        if not open_ones:
            break
        before = _hashes(pair[0], open_ones, what)
        follower.settle()
        now, held = pool.map(lambda side: _hashes(side, open_ones, what), pair)
        after = _hashes(pair[0], open_ones, what)
        for key, judge in list(open_ones.items()):
            seen = [moment.get(key) for moment in (before, now, after)]
            cleared = held.get(key) in seen
            result.held[key] = Held((held if cleared else after).get(key) is not None, key in held)
            if cleared or judge.differs(seen):
                del open_ones[key]
                if not cleared:
                    result.differing.add(key)
    result.restless |= open_ones.keys()
    return result


@dataclass(frozen=True, slots=True)
class Remeasured:
    """The sums of a chunk as last compared; ``steady`` is False if the source kept moving."""

    equal: bool
    steady: bool
    source: Mapping[str, Any]
    target: Mapping[str, Any]


def remeasure(
    pool: Executor, pair: Pair, chunk: Chunk, level: VerificationLevel, follower: Follower
) -> Remeasured:
    """Compare a chunk as a whole until it is judged: what is left where no key names its rows.

    By `row-count` it counts as equal if the target's count lies between those of the source just before and just
    after: what was lost meanwhile is then not seen, if it is no more than what the source changed meanwhile.
    """
    judge = Judge()
    for _ in follower.rounds(CHUNK_ROUNDS):
        before = measure(level, pair[0], chunk)
        follower.settle()
        now, held = pool.map(lambda side: measure(level, side, chunk), pair)
        seen = [before, now, measure(level, pair[0], chunk)]
        if held in seen:
            return Remeasured(True, True, held, held)
        if level is VerificationLevel.ROW_COUNT and _between(seen, held):
            return Remeasured(True, True, seen[-1], held)
        if judge.differs(tuple(sums.values()) for sums in seen):
            return Remeasured(False, True, seen[-1], held)
    return Remeasured(False, False, seen[-1], held)


def _between(seen: list[dict[str, Any]], held: Mapping[str, Any]) -> bool:
    counts = [sums["row_count"] for sums in seen]
    return bool(min(counts) <= held["row_count"] <= max(counts))


def _hashes(side: Side, keys: Mapping[str, Any], what: Fragment) -> dict[str, str]:
    """The hashes of those of the rows that exist; a row of the same key in another case is another row."""
    found: dict[str, str] = {}
    for condition in key_conditions(side, keys):
        sql = statement(
            "verify/row_hashes",
            key=encoded_key(side),
            hash=what,
            table=qualified(side.table.name),
            index=side.index,
            range=condition,
        )
        found |= {row["k"]: row["h"] or "" for row in side.session.query(sql) if row["k"] in keys}
    return found
