"""One thread's connection: what an error means, and how a transaction is run once."""

from __future__ import annotations

import contextlib
import time
from enum import Enum
from typing import Final

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from local.login import Login
from local.workload.transaction import Transaction

# duplicate key, NULL, foreign key (two ways), value out of range, unknown variable value
REFUSALS: Final = frozenset({1062, 1048, 1169, 1264, 1451, 1452, 1586, 1690})
# deadlock, lock wait, read only (two ways), killed statement, no such savepoint after a deadlock, XA's words
AGAIN: Final = frozenset({1205, 1213, 1290, 1317, 1305, 1402, 1613, 1614, 1836, 3024, 3572})
NO_SUCH_XID: Final = 1397
WRONG_LOGIN: Final = frozenset({1044, 1045, 1049})
TIME_ZONES: Final = ("+00:00", "+05:30", "-08:00", "+14:00")


class Outcome(Enum):
    """How one attempt ended."""

    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    REFUSED = "refused"
    AGAIN = "again"
    LOST = "lost"
    IN_DOUBT = "in doubt"


def connect(login: Login, database: str, thread: int, *, compress: bool) -> Connection[Cursor] | None:
    """A connection with settings that differ from thread to thread, as those of applications do; None where the
    server does not answer.

    Raises:
        pymysql.err.OperationalError: the account or the database is wrong.
    """
    isolation = "READ-COMMITTED" if thread % 3 == 2 else "REPEATABLE-READ"
    zone = TIME_ZONES[thread % len(TIME_ZONES)]
    try:
        return pymysql.connect(
            host=login.host,
            port=login.port,
            user=login.user,
            password=login.password,
            database=database,
            charset="utf8mb4",
            connect_timeout=10,
            init_command=f"SET SESSION transaction_isolation = '{isolation}', time_zone = '{zone}',"
            " innodb_lock_wait_timeout = 10, cte_max_recursion_depth = 10000000,"
            " sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'"
            + (", binlog_transaction_compression = ON" if compress else ""),
        )
    except (pymysql.err.MySQLError, OSError) as error:
        if error.args and error.args[0] in WRONG_LOGIN:
            raise
        return None


def attempt(connection: Connection[Cursor], transaction: Transaction) -> tuple[Outcome, int]:
    """Run a transaction once; returns how it ended and the rows that its statements changed.

    An XA transaction that ends in doubt may be prepared and is for `resolve`.

    Raises:
        pymysql.err.MySQLError: the server refuses a statement for a reason that no application expects.
    """
    committing = False
    try:
        with connection.cursor() as cursor:
            cursor.execute(_begin(transaction))
            rows = _run(cursor, transaction)
            if rows is None:
                _undo(cursor, transaction)
                return Outcome.REFUSED, 0
            for sql in _ending(transaction):
                committing = committing or not transaction.rollback or bool(transaction.xid)
                cursor.execute(sql)
    except (pymysql.err.MySQLError, OSError) as error:
        number = error.args[0] if error.args else 0
        if number in REFUSALS or number in AGAIN:
            try:
                with connection.cursor() as cursor:
                    _undo(cursor, transaction)
            except (pymysql.err.MySQLError, OSError):
                return Outcome.LOST, 0
            return (Outcome.REFUSED if number in REFUSALS else Outcome.AGAIN), 0
        if is_lost(error):
            return (Outcome.IN_DOUBT if committing else Outcome.LOST), 0
        raise
    return (Outcome.ROLLED_BACK, 0) if transaction.rollback else (Outcome.COMMITTED, rows)


def resolve(connection: Connection[Cursor], xid: str) -> bool:
    """Commit an XA transaction that may have stayed prepared; False where the connection is lost again.

    Raises:
        pymysql.err.MySQLError: the server refuses it.
    """
    for pause in (0.5, 0.0):  # the server may not have noticed yet that the connection which prepared it is gone
        try:
            with connection.cursor() as cursor:
                cursor.execute("XA COMMIT %s", (xid,))
            return True
        except (pymysql.err.MySQLError, OSError) as error:
            if is_lost(error):
                return False
            if error.args[0] != NO_SUCH_XID:
                raise
        time.sleep(pause)
    return True  # it was never prepared, or is committed


def _begin(transaction: Transaction) -> str:
    return f"XA START '{transaction.xid}'" if transaction.xid else "BEGIN"


def _run(cursor: Cursor, transaction: Transaction) -> int | None:
    """The rows that its statements changed, None if one has not changed as many as it must."""
    rows = 0
    for step in transaction.steps:
        changed = cursor.execute(step.sql, step.values)
        if step.rows is not None and changed != step.rows:
            return None
        rows += changed
    return rows


def _ending(transaction: Transaction) -> tuple[str, ...]:
    verb, xid = ("ROLLBACK" if transaction.rollback else "COMMIT"), transaction.xid
    if not xid:
        return (verb,)
    if transaction.one_phase:
        return f"XA END '{xid}'", f"XA COMMIT '{xid}' ONE PHASE"
    return f"XA END '{xid}'", f"XA PREPARE '{xid}'", f"XA {verb} '{xid}'"


def _undo(cursor: Cursor, transaction: Transaction) -> None:
    if not transaction.xid:
        cursor.execute("ROLLBACK")
        return
    with contextlib.suppress(pymysql.err.MySQLError):  # ended already, or because of a deadlock
        cursor.execute(f"XA END '{transaction.xid}'")
    cursor.execute(f"XA ROLLBACK '{transaction.xid}'")


def is_lost(error: Exception) -> bool:
    """Whether the error is about the connection and not about the statement."""
    if isinstance(error, OSError | pymysql.err.InterfaceError):
        return True
    number = error.args[0] if error.args else 0
    # 1053 shutdown, 1040 too many connections, 1152 and 1184 aborted, 3169 killed; from 2000 on: the client's own
    return isinstance(error, pymysql.err.MySQLError) and (
        number in {1053, 1040, 1152, 1184, 3169} or number >= 2000
    )
