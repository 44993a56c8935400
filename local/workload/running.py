"""Runs the threads: start, pause, resume, stop, and what they have done so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from local.login import Login
from local.workload.connection import Outcome, attempt, connect, resolve
from local.workload.gate import Gate
from local.workload.operations import transactions
from local.workload.size import Size
from local.workload.tally import Tally
from local.workload.transaction import Transaction

RECONNECT_SECONDS = 0.2
RESOLVE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class WorkloadSettings:
    """Who writes what: `rate` is transactions a second of all threads together, 0 as many as they can.

    With `compress` every other thread compresses its transactions in the binlog (MySQL 8.0.20 or newer).
    """

    database: str
    seed: int
    threads: int = 8
    rate: float = 0
    size: Size = field(default_factory=Size)
    only: tuple[str, ...] = ()
    compress: bool = False


class Workload:
    """Writers on one database that `schema.create` made. A context manager: stopped at its end."""

    def __init__(self, login: Login, settings: WorkloadSettings) -> None:
        self.settings = settings
        self._gate = Gate()
        self._writers = [_Writer(login, settings, number, self._gate) for number in range(settings.threads)]

    def start(self) -> None:
        for writer in self._writers:
            writer.start()

    def pause(self) -> None:
        """Return once no transaction is open: the source stands still. Raises: TimeoutError."""
        self._gate.pause()

    def resume(self) -> None:
        self._gate.resume()

    def stop(self) -> Tally:
        """End every thread after its transaction, and return what was done.

        Raises:
            RuntimeError: a thread has failed, from its error.
            TimeoutError: a thread does not end.
        """
        self._gate.stop()
        for writer in self._writers:
            if writer.ident is not None:
                writer.join(120)
            if writer.is_alive():
                raise TimeoutError(f"{writer.name} does not end")
        self.check()
        return self.tally()

    def check(self) -> None:
        """Raises: RuntimeError, from a thread's error, if one has failed."""
        for writer in self._writers:
            if writer.error is not None:
                raise RuntimeError(f"{writer.name} failed: {writer.error}") from writer.error

    def tally(self) -> Tally:
        """What was done so far; exact once the writers are paused or stopped."""
        return sum((writer.tally.copy() for writer in self._writers), Tally())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.stop()
        else:
            with suppress(RuntimeError, TimeoutError):
                self.stop()


class _Writer(threading.Thread):
    """One thread: runs its transactions in order, each until it is committed, refused or in doubt."""

    def __init__(self, login: Login, settings: WorkloadSettings, number: int, gate: Gate) -> None:
        super().__init__(name=f"writer {number}", daemon=True)
        self.tally = Tally()
        self.error: Exception | None = None
        self._login = login
        self._settings = settings
        self._number = number
        self._gate = gate
        self._connection: Connection[Cursor] | None = None

    def run(self) -> None:
        try:
            for transaction in self._paced():
                while not self._run_once(transaction):
                    pass
                if self._gate.is_stopped():
                    return
        except Exception as error:
            self.error = error
        finally:
            self._drop_connection()

    def _paced(self) -> Iterator[Transaction]:
        """The thread's transactions, not faster than its part of the rate."""
        pause = self._settings.threads / self._settings.rate if self._settings.rate else 0.0
        due = time.monotonic()
        for transaction in transactions(
            self._settings.seed, self._number, self._settings.size, self._settings.only
        ):
            due = max(due + pause, time.monotonic() - 1)  # what a standstill has cost is not made up for
            if self._gate.is_stopped(max(due - time.monotonic(), 0)):
                return
            yield transaction

    def _run_once(self, transaction: Transaction) -> bool:
        """Try once; whether the transaction is done with."""
        connection = self._connected()
        if connection is None or not self._gate.enter():
            return self._gate.is_stopped()
        try:
            outcome, rows = attempt(connection, transaction)
            if outcome in {Outcome.LOST, Outcome.IN_DOUBT}:
                self._drop_connection()
            if outcome is Outcome.IN_DOUBT and transaction.xid:
                self._resolve(transaction.xid)  # before a pause: until then it may hold locks
        finally:
            self._gate.leave()
        self._count(transaction, outcome, rows)
        return outcome not in {Outcome.AGAIN, Outcome.LOST} or self._gate.is_stopped()

    def _count(self, transaction: Transaction, outcome: Outcome, rows: int) -> None:
        if outcome is Outcome.COMMITTED:
            self.tally.by_name[transaction.name] += 1
            self.tally.rows += rows
        elif outcome is Outcome.ROLLED_BACK:
            self.tally.rolled_back += 1
        elif outcome is Outcome.REFUSED:
            self.tally.refused += 1
        elif outcome is Outcome.IN_DOUBT:
            self.tally.in_doubt += 1
        else:
            self.tally.retried += 1

    def _connected(self) -> Connection[Cursor] | None:
        """The connection, made anew where it was lost; None after a wait where the server does not answer."""
        if self._connection is None:
            compress = self._settings.compress and self._number % 2 == 1
            self._connection = connect(self._login, self._settings.database, self._number, compress=compress)
            if self._connection is None:
                self._gate.is_stopped(RECONNECT_SECONDS)
            else:
                self.tally.connections += 1
        return self._connection

    def _resolve(self, xid: str) -> None:
        """Commit what may have stayed prepared. Raises: TimeoutError."""
        until = time.monotonic() + RESOLVE_SECONDS
        while time.monotonic() < until:
            connection = self._connected()
            if connection is not None and resolve(connection, xid):
                return
            self._drop_connection()
            time.sleep(RECONNECT_SECONDS)
        raise TimeoutError(f"{xid} may have stayed prepared: the server does not come back")

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection._force_close()  # type: ignore[attr-defined]
            self._connection = None
