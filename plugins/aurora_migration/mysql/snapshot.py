"""Positions that are exact: what a reader sees is what was committed up to there, no more and no less.

The executed GTID set holds a transaction once its rows can be seen, so it may be read before a load as it is. File
and offset are ahead of that by a moment: without GTIDs they are read while commits stand still, or before a pause.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

from aurora_migration.errors import MissingPrivilegeError, RetryableError
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.mysql.position import read_facts, read_position
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import qualified, raw

_LOCK_SECONDS: Final = 10  # while a lock waits for a long transaction, new writers wait behind it
_PAUSE_SECONDS: Final = 3.0  # from a commit's binlog write to its rows can be seen: milliseconds


def position_before_load(source: Session, sleep: Callable[[float], None] = time.sleep) -> Position | None:
    """A position such that every SELECT after it sees all that was committed up to it; None without a binlog."""
    if read_facts(source).by_gtid:
        return read_position(source)
    with contextlib.suppress(MissingPrivilegeError, RetryableError), _short_waits(source):
        source.execute(statement("position/lock_commits"))
        try:
            return read_position(source)
        finally:
            source.execute(raw("UNLOCK TABLES"))
    found = read_position(source)
    sleep(_PAUSE_SECONDS)
    return found


@contextlib.contextmanager
def exact_snapshot(source: Session, reader: RowReader, table: TableName) -> Iterator[Position | None]:
    """Within it ``reader`` sees ``table`` as of the position; its writers wait only while that is set up.

    Raises: RetryableError if a long transaction holds the table, MissingPrivilegeError without LOCK TABLES.
    """
    with _short_waits(source):
        source.execute(statement("position/lock_table", table=qualified(table)))
        try:
            reader.start_snapshot()
            position = read_position(source)
        finally:
            source.execute(raw("UNLOCK TABLES"))
    yield position
    reader.end_snapshot()


@contextlib.contextmanager
def _short_waits(session: Session) -> Iterator[None]:
    before = session.scalar(statement("position/lock_wait_timeout"))
    session.set_variable("lock_wait_timeout", _LOCK_SECONDS)
    try:
        yield
    finally:
        session.set_variable("lock_wait_timeout", int(before))
