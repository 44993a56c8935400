"""Runs a schedule of faults, each in a thread of its own at its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from random import Random
from types import TracebackType
from typing import Self

from tests.faults.arena import PATIENCE_SECONDS, Arena, ServerIsDownError
from tests.faults.kinds import KINDS
from tests.faults.locks import prepare_scratch
from tests.faults.schedule import PlannedFault

JOIN_SECONDS = 600


class Faults:
    """A context manager: its end waits for all faults of the schedule and for everything to be as it was.

    ``lines`` has one line for each fault that is over; ``cut_short`` counts how often one was repeated, since
    another one had taken its server away.
    """

    def __init__(self, arena: Arena, plan: Sequence[PlannedFault], tell: Callable[[str], None] = print) -> None:
        self.plan = plan
        self.lines: list[str] = []
        self.cut_short = 0
        self._arena = arena
        self._tell = tell
        self._errors: list[Exception] = []
        self._threads = [threading.Thread(target=self._one, args=(one,), daemon=True) for one in plan]
        self._started = 0.0
        self._ending = threading.Event()

    def start(self) -> None:
        prepare_scratch(self._arena)
        self._started = time.monotonic()
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait for all of them. Raises: the first error that a fault met and did not expect."""
        for thread in self._threads:
            thread.join(JOIN_SECONDS)
            assert not thread.is_alive(), "a fault does not end"
        if self._errors:
            raise self._errors[0]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._ending.set()  # those that have not begun do not begin
            for thread in self._threads:
                thread.join(JOIN_SECONDS)
        else:
            self.join()

    def _one(self, planned: PlannedFault) -> None:
        if self._ending.wait(max(self._started + planned.at - time.monotonic(), 0)):
            return
        self._await_work()
        begun = time.monotonic() - self._started
        try:
            words = self._until_done(planned)
        except Exception as error:
            self._errors.append(error)
            words = f"failed: {error!r}"
        ended = time.monotonic() - self._started
        line = f"fault {planned.seed} at {begun:.1f}-{ended:.1f} s {planned.kind}: {words}"
        self.lines.append(line)
        self._tell(line)

    def _until_done(self, planned: PlannedFault) -> str:
        """Raises: ServerIsDownError if its server stays away, and what a fault does not expect."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return KINDS[planned.kind](self._arena, Random(planned.seed))
            except ServerIsDownError:
                if time.monotonic() > deadline or self._ending.is_set():
                    raise
                self.cut_short += 1
            self._ending.wait(0.2)
            self._await_work()

    def _await_work(self) -> None:
        """Let a process connect to the servers, so that there is something to hurt, unless none comes for long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._arena.at_work() and time.monotonic() < deadline:
            if self._ending.wait(0.01) or self._arena.children.fatal:
                return
