"""Targets that lag: what is committed on the source runs on the target later, in the same order, each whole.

`Following` is as exact as a replica with one worker: a thread commits on the source, a second one on the target a
while later. `Steps` moves both sides itself, each time that verification lets the target settle, as a test says.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import identifier, raw
from tests.fresh_databases import Databases, root
from tests.patience import until

Transaction = Sequence[str]
PAUSE_SECONDS = 0.002  # of the writer, between two transactions
LAG_SECONDS = 0.15
LONG_PAUSE = 0.5  # of verification, between two of its rounds: it has been at it for five


class Following:
    """Runs transactions of ``write`` on the source until it is left; a context manager.

    `settle` waits for everything that the source had committed at the time of the call. How far the two sides get
    between two readings is up to the machine, so the writer stands still once verification makes long pauses.
    """

    def __init__(self, made: Databases, write: Callable[[int], Transaction]) -> None:
        self._write = write
        self._sessions = _sessions(made)
        self._commits = threading.Lock()
        self._outstanding: deque[tuple[float, Transaction]] = deque()
        self.written = self.applied = 0
        self._writing, self._applying = threading.Event(), threading.Event()
        self._may_write, self._may_apply = threading.Event(), threading.Event()
        self._may_write.set()
        self._may_apply.set()
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._run, self._apply)]
        self.errors: list[Exception] = []

    def settle(self) -> None:
        with self._commits:
            wanted = self.written
        self._await(lambda: self.applied >= wanted, "the target gets there")

    def sleep(self, seconds: float) -> None:
        """What verification does between two rounds."""
        if seconds >= LONG_PAUSE:
            self._may_write.clear()
        time.sleep(seconds / 10)

    def go_on(self) -> None:
        """Let the writer write again."""
        self._may_write.set()

    @contextmanager
    def held(self, behind: int) -> Iterator[None]:
        """The target stands still, ``behind`` transactions or more behind the source."""
        self._may_apply.clear()
        self._await(lambda: self.written >= self.applied + behind, "the source gets ahead")
        yield
        self._may_apply.set()

    def _await(self, reached: Callable[[], bool], awaited: str) -> None:
        def there() -> bool:
            assert not self.errors, self.errors
            return reached()

        until(there, awaited)

    def _run(self) -> None:
        try:
            number = 0
            while not self._writing.wait(PAUSE_SECONDS):
                if not self._may_write.is_set():
                    continue
                number += 1
                transaction = self._write(number)
                with self._commits:
                    _commit(self._sessions[0], transaction)
                    self._outstanding.append((time.monotonic() + LAG_SECONDS, transaction))
                    self.written += 1
        except Exception as error:
            self.errors.append(error)

    def _apply(self) -> None:
        try:
            while self._outstanding or not self._applying.wait(PAUSE_SECONDS):
                if self._outstanding and self._may_apply.wait(PAUSE_SECONDS):
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
        self._await(lambda: self.written >= 10, "the writer has begun")
        return self

    def stop_writing(self) -> None:
        self._writing.set()
        self._threads[0].join(120)
        assert not self._threads[0].is_alive(), "the writer does not end"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._may_apply.set()
        self.stop_writing()
        self._applying.set()
        self._threads[1].join(120)
        assert not self._threads[1].is_alive(), "the target does not get to the end"
        for session in self._sessions:
            session.close()
        if error is None:
            assert not self.errors, self.errors


class Steps:
    """Moves in `settle` alone: a context manager. ``plan`` has a step for each round of verification.

    A step is how many transactions the source commits while verification waits, and how many of them the target
    takes at once, beyond what it has to have. Without a further step both sides rest, and are equal. At the
    beginning the source is ahead by ``ahead`` transactions, so that there is something to look at.
    """

    def __init__(
        self, made: Databases, write: Callable[[int], Transaction], plan: Sequence[tuple[int, int]], ahead: int = 1
    ) -> None:
        self._write, self._ahead = write, ahead
        self._steps = deque(plan)
        self._sessions = _sessions(made)
        self._transactions: list[Transaction] = []
        self._done = [0, 0]  # how many of them the source has, and the target

    @property
    def left(self) -> int:
        """Steps that were not done yet."""
        return len(self._steps)

    def settle(self) -> None:
        """Let the target come to where the source is, and do a step."""
        had_to = self._done[0]
        more, early = self._steps.popleft() if self._steps else (0, 0)
        self._commit(0, had_to + more)
        self._commit(1, had_to + early)

    def sleep(self, seconds: float) -> None:
        """Time has nothing to do with it."""

    def go_on(self) -> None:
        """There is nobody who waits."""

    def _commit(self, side: int, number: int) -> None:
        while len(self._transactions) < number:
            self._transactions.append(self._write(len(self._transactions) + 1))
        for transaction in self._transactions[self._done[side] : number]:
            _commit(self._sessions[side], transaction)
        self._done[side] = number

    def __enter__(self) -> Self:
        self._commit(0, self._ahead)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions:
            session.close()


def _sessions(made: Databases) -> list[Session]:
    """Root's on the source and on the target."""
    found = [Session.open(root(made.pair, role)) for role in ("source", "target")]
    for session in found:
        session.execute(raw("USE ") + identifier(made.name))
    return found


def _commit(session: Session, transaction: Transaction) -> None:
    with session.transaction():
        for text in transaction:
            session.execute(raw(text))
