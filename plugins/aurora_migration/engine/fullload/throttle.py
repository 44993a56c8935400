"""Lets the full load wait while a server has too much to do.

It is asked between two chunks, when no transaction is open and nothing is claimed, so a pause can be cut off at
any moment without a trace. It knows signals and limits only (`model.health`), not how they are measured. Two
bounds hold: servers are looked at no more often than the migration file says, and a pause ends after
``pause_seconds`` for one chunk, whatever the signals say: a load between sick servers still ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from aurora_migration.model.config_throttle import ThrottleConfig
from aurora_migration.model.health import Signal, reason_to_wait

_LOOK_AGAIN_SECONDS: Final = 2.0  # while pausing


class Pauses(Protocol):
    """Who is told of a pause."""

    def waits(self, reason: str, seconds: float) -> None:
        """It has lasted ``seconds`` so far and goes on, for this reason."""

    def ends(self, reason: str, seconds: float, *, calm: bool) -> None:
        """It is over; not ``calm``: by its own bound, while the reason still holds."""


@dataclass(slots=True)
class Throttle:
    """One load unit's throttle. ``look`` measures both servers."""

    limits: ThrottleConfig
    look: Callable[[], Iterable[Signal]]
    told: Pauses
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _looked: float = field(default=float("-inf"), init=False)

    def wait(self) -> float:
        """Return at once if the servers are well, else when they are again; the seconds that it took."""
        started = self.clock()
        if started - self._looked < self.limits.every_seconds:
            return 0.0
        reason = self._reason(pausing=False)
        if not reason:
            return 0.0
        last = reason
        while reason and (passed := self.clock() - started) < self.limits.pause_seconds:
            self.told.waits(reason, passed)
            self.sleep(min(_LOOK_AGAIN_SECONDS, self.limits.pause_seconds - passed))
            last, reason = reason, self._reason(pausing=True)
        passed = self.clock() - started
        self.told.ends(last, passed, calm=not reason)
        if reason:
            self._looked = float("-inf")  # one chunk, then look again
        return passed

    def _reason(self, *, pausing: bool) -> str:
        found = reason_to_wait(self.look(), self.limits, pausing=pausing)
        self._looked = self.clock()
        return found
