"""Waiting for what must come, however slow the machine is: a test goes on as soon as it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import parameter, raw
from local.workload import Workload

T = TypeVar("T")
SECONDS = 120.0  # costs nothing where all is well
# INNODB_TRX shows what was when it was asked for the first time after a tenth of a second of rest
TRX_PAUSE = 0.2


def until(reached: Callable[[], T], awaited: str, pause: float = 0.01, seconds: float = SECONDS) -> T:
    """What ``reached`` answers, as soon as that is true. Raises: AssertionError, which says what never came."""
    deadline = time.monotonic() + seconds
    while not (found := reached()):
        assert time.monotonic() < deadline, f"not after {seconds:.0f} s: {awaited}"
        time.sleep(pause)
    return found


def until_at(root: Session, thread: int, state: str) -> None:
    """Return once another session of the server, by its connection's id, is in a state of its process list."""
    sql = raw("SELECT COUNT(*) FROM performance_schema.processlist WHERE ID = ") + parameter("thread")
    sql += raw(" AND STATE LIKE ") + parameter("state")
    values = {"thread": thread, "state": f"{state}%"}
    until(lambda: root.scalar(sql, values), f"connection {thread} in the state {state!r}")


def until_committed(writer: Workload, transactions: int) -> None:
    """Return once an application has committed so many more. Raises: as `Workload.check`."""
    wanted = writer.tally().committed + transactions

    def there() -> bool:
        writer.check()
        return writer.tally().committed >= wanted

    until(there, "the application goes on")
