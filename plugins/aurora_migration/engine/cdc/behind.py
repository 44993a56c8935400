"""One piece of work at a time behind the caller's back: the target writes while the next changes are read."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Behind:
    """Runs work in a thread of its own. What it raises is raised by the next `start` or `wait`."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="apply")
        self._running: Future[None] | None = None

    def start(self, work: Callable[[], None]) -> None:
        """Begin a piece of work once the one before it has ended."""
        self.wait()
        self._running = self._pool.submit(work)

    def wait(self) -> None:
        """Return once nothing is running; whatever the work used is the caller's again."""
        running, self._running = self._running, None
        if running is not None:
            running.result()

    def close(self) -> None:
        """Wait for what is running and end the thread; what it raises is told by nobody else any more."""
        with contextlib.suppress(Exception):
            self.wait()
        self._pool.shutdown()
