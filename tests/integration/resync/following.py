"""A target that lags: what a writer commits on the source, a second thread runs on the target a while later.

It is as exact as a replica with one worker: same statements, same order, each transaction whole. `settle` waits
for everything that the source had committed at the time of the call.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import identifier, raw
from tests.fresh_databases import Databases, root

Transaction = Sequence[str]


class Following:
    """Runs transactions of ``write`` on the source until it is left; a context manager."""

    def __init__(
        self, made: Databases, write: Callable[[int], Transaction], *, lag: float = 0.15, pause: float = 0.002
    ) -> None:
        self._write, self._lag, self._pause = write, lag, pause
        self._sessions = [Session.open(root(made.pair, role)) for role in ("source", "target")]
        for session in self._sessions:
            session.execute(raw("USE ") + identifier(made.name))
        self._commits = threading.Lock()
        self._outstanding: deque[tuple[float, Transaction]] = deque()
        self.written = self.applied = 0
        self._writing, self._applying = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._run, self._apply)]
        self.errors: list[Exception] = []

    def settle(self) -> None:
        with self._commits:
            wanted = self.written
        self._await(wanted)

    def settle_late(self) -> None:
        """Come back some transactions later than one has to, in the middle of what is outstanding."""
        with self._commits:
            wanted = self.written + 5
        self._await(wanted)
        while self.written < self.applied + 3:
            assert not self.errors, self.errors
            time.sleep(0.002)

    def _await(self, wanted: int) -> None:
        deadline = time.monotonic() + 60
        while self.applied < wanted:
            assert not self.errors, self.errors
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def _run(self) -> None:
        try:
            number = 0
            while not self._writing.wait(self._pause):
                number += 1
                transaction = self._write(number)
                with self._commits:
                    _commit(self._sessions[0], transaction)
                    self._outstanding.append((time.monotonic() + self._lag, transaction))
                    self.written += 1
        except Exception as error:
            self.errors.append(error)

    def _apply(self) -> None:
        try:
            while self._outstanding or not self._applying.wait(0.002):
                if self._outstanding:
                    due, transaction = self._outstanding[0]
                    time.sleep(max(0.0, due - time.monotonic()))
                    _commit(self._sessions[1], transaction)
                    self._outstanding.popleft()
                    self.applied += 1
        except Exception as error:
            self.errors.append(error)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        while self.written < 10:
            assert not self.errors, self.errors
            time.sleep(0.002)
        return self

    def stop_writing(self) -> None:
        self._writing.set()
        self._threads[0].join(30)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_writing()
        self._applying.set()
        self._threads[1].join(60)
        for session in self._sessions:
            session.close()
        if error is None:
            assert not self.errors, self.errors


def _commit(session: Session, transaction: Transaction) -> None:
    with session.transaction():
        for text in transaction:
            session.execute(raw(text))
