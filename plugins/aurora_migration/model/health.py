"""What tells that a server has too much to do, as values: signals, and the limits that they are held against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aurora_migration.model.config_throttle import ThrottleConfig

_CALM: Final = 0.8  # a pause ends below this part of the limit, so that it does not begin again at once


class SignalKind(StrEnum):
    """What is measured; the words that people read."""

    RUNNING_THREADS = "running threads"
    COMMIT_LATENCY = "ms commit latency"
    REPLICA_LAG = "s replica lag"
    HISTORY_LENGTH = "history list length"


@dataclass(frozen=True, slots=True)
class Signal:
    """One measurement; ``side`` is "source" or "target"."""

    side: str
    kind: SignalKind
    value: float

    def over(self, limits: ThrottleConfig, *, pausing: bool) -> bool:
        """Whether the load should wait for it; a pause goes on until the value is well below the limit."""
        limit = limit_of(self.kind, limits)
        return limit is not None and self.value >= limit * (_CALM if pausing else 1)

    def words(self, limits: ThrottleConfig) -> str:
        """Value and limit for people."""
        return f"{self.side} has {self.value:,.0f} {self.kind} (limit {limit_of(self.kind, limits) or 0:,.0f})"


def limit_of(kind: SignalKind, limits: ThrottleConfig) -> float | None:
    """The migration file's limit for a kind of signal."""
    return {
        SignalKind.RUNNING_THREADS: limits.running_threads,
        SignalKind.COMMIT_LATENCY: limits.commit_latency_ms,
        SignalKind.REPLICA_LAG: limits.replica_lag_seconds,
        SignalKind.HISTORY_LENGTH: limits.history_length,
    }[kind]


def reason_to_wait(signals: Iterable[Signal], limits: ThrottleConfig, *, pausing: bool) -> str:
    """Why the load should not go on now; empty if it may."""
    return "; ".join(signal.words(limits) for signal in signals if signal.over(limits, pausing=pausing))
