"""Pausing and stopping threads between their transactions."""

from __future__ import annotations

import threading


class Gate:
    """A thread is inside only while it has a transaction open; `pause` returns once nobody is inside."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._stopped = False
        self._inside = 0

    def enter(self) -> bool:
        """Wait out a pause, then go inside; False where the work is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or not self._paused)
            if self._stopped:
                return False
            self._inside += 1
            return True

    def leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def pause(self, seconds: float = 120) -> None:
        """Let nobody in and return once everybody is out. Raises: TimeoutError after `seconds`."""
        with self._changed:
            self._paused = True
            if not self._changed.wait_for(lambda: self._inside == 0, seconds):
                raise TimeoutError(f"{self._inside} transactions are still open after {seconds:.0f} s")

    def resume(self) -> None:
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def is_stopped(self, seconds: float = 0) -> bool:
        """Whether the work is over, waiting up to `seconds` for it: a sleep that a stop ends."""
        with self._changed:
            return self._changed.wait_for(lambda: self._stopped, seconds)
