"""The terminal: finished phases as lines, the present one below them, moving where the terminal can, else
every few seconds as one more line.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from local.demo.control import Snapshot

PLAIN_SECONDS = 5.0
RATE_WINDOW = 15.0
# Below this the first small tables say nothing about the time to go.
FORESEEABLE = 0.02
BAR = 16
MEASURED = ("load", "verify")  # the phases whose progress is rows


class Rate:
    """Rows per second over the last `RATE_WINDOW` seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, rows: int) -> None:
        """Note how many rows there are now."""
        now = self._clock()
        self._seen.append((now, rows))
        while len(self._seen) > 2 and now - self._seen[0][0] > RATE_WINDOW:
            self._seen.popleft()

    @property
    def per_second(self) -> float:
        """The present rate, 0 while it is not known."""
        if len(self._seen) < 2:
            return 0.0
        (start, before), (end, after) = self._seen[0], self._seen[-1]
        return max(0.0, (after - before) / (end - start)) if end > start else 0.0


class Screen:
    """Where the demo writes while a run goes on; use it in a `with`."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self.console = console
        self._clock = clock
        self._last_plain = clock()
        self._last_text = ""
        self._live = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def say(self, text: str, style: str = "") -> None:
        """A line that stays."""
        self.console.print(Text(text, style))

    def show(self, text: str) -> None:
        """What goes on now: replaces what was shown, or, on a plain output, is a line now and then."""
        if self._live:
            self._live.update(Text(text, "cyan", no_wrap=True, overflow="ellipsis"))
        elif text != self._last_text and self._clock() - self._last_plain >= PLAIN_SECONDS:
            self._last_plain, self._last_text = self._clock(), text
            self.console.print(Text(text))


def progress_line(phase: str, snapshot: Snapshot | None, rate: float) -> str:
    """Phase, tables, rows, rate, percent and time to go, as far as they are known."""
    if snapshot is None or not any(word in phase for word in MEASURED):
        return f"  … {phase}"
    if "verify" in phase:
        done, text = (
            snapshot.ranges_verified / max(1, snapshot.ranges),
            f"rows verified {snapshot.rows_verified:,}",
        )
        return f"  … {phase}  {bar(done)} {done:4.0%}  {text}  ranges {snapshot.ranges_verified}/{snapshot.ranges}"
    total = max(snapshot.row_estimate, snapshot.rows, 1)
    done = 1.0 if snapshot.tables_loaded == snapshot.tables else min(0.99, snapshot.rows / total)
    parts = [f"  … {phase}  {bar(done)} {done:4.0%}"]
    if rate > 0 and done < 1:
        parts += [f"ETA {eta(max(0, total - snapshot.rows) / rate)}"] if done >= FORESEEABLE else []
        parts.append(f"{rate:,.0f} rows/s")
    parts += [
        f"tables {snapshot.tables_loaded}/{snapshot.tables}",
        f"rows {snapshot.rows:,} of about {total:,}",
        f"{snapshot.bytes / (1 << 20):,.0f} MiB",
    ]
    return "  ".join(parts)


def bar(fraction: float) -> str:
    """A bar of fixed width."""
    full = round(min(1.0, max(0.0, fraction)) * BAR)
    return "█" * full + "░" * (BAR - full)


def eta(seconds: float) -> str:
    """A time to go, for people."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
