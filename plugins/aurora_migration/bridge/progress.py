"""Progress to the task log: at most one line per table and interval, and never a row or a secret."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from aurora_migration.model.progress import Progress

_log = logging.getLogger(__name__)


class ProgressLog:
    """Callable sink for `Progress`; logs a table at most every ``interval_seconds``."""

    def __init__(self, interval_seconds: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = interval_seconds
        self._clock = clock
        self._last: dict[str, float] = {}

    def __call__(self, progress: Progress) -> None:
        now = self._clock()
        if now - self._last.get(progress.table, float("-inf")) < self._interval:
            return
        self._last[progress.table] = now
        _log.info("%s", line(progress))


def line(progress: Progress) -> str:
    """One line of progress for people."""
    parts = [f"{progress.phase} table={progress.table} rows={progress.rows:,}"]
    if progress.fraction is not None and not progress.exact:
        parts.append(f"percent≈{progress.fraction:.0%}")
    if progress.bytes:
        parts.append(f"mib={progress.bytes / (1 << 20):,.1f}")
    parts.append(f"rows_per_second={progress.rows_per_second:,.0f}")
    if progress.eta_seconds is not None:
        parts.append(f"eta_seconds={progress.eta_seconds:,.0f}")
    return " ".join(parts)
