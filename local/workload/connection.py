"""One thread's connection: what an error means, and how a transaction is run once."""

from __future__ import annotations

from enum import Enum
from typing import Final

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from local.login import Login
from local.workload.transaction import Transaction

# duplicate key, NULL, foreign key (two ways), value out of range, unknown variable value
REFUSALS: Final = frozenset({1062, 1048, 1169, 1264, 1451, 1452, 1586, 1690})
# deadlock, lock wait, read only (two ways), killed statement, no such savepoint after a deadlock
AGAIN: Final = frozenset({1205, 1213, 1290, 1317, 1305, 1836, 3024, 3572})
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


def connect(login: Login, database: str, thread: int) -> Connection[Cursor] | None:
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
            " sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
        )
    except (pymysql.err.MySQLError, OSError) as error:
        if error.args and error.args[0] in WRONG_LOGIN:
            raise
        return None


def attempt(connection: Connection[Cursor], transaction: Transaction) -> tuple[Outcome, int]:
    """Run a transaction once; returns how it ended and the rows that its statements changed.

    Raises:
        pymysql.err.MySQLError: the server refuses a statement for a reason that no application expects.
    """
    rows, committing = 0, False
    try:
        connection.begin()
        with connection.cursor() as cursor:
            for step in transaction.steps:
                changed = cursor.execute(step.sql, step.values)
                if step.rows is not None and changed != step.rows:
                    connection.rollback()
                    return Outcome.REFUSED, 0
                rows += changed
        if transaction.rollback:
            connection.rollback()
            return Outcome.ROLLED_BACK, 0
        committing = True
        connection.commit()
    except (pymysql.err.MySQLError, OSError) as error:
        number = error.args[0] if error.args else 0
        if number in REFUSALS or number in AGAIN:
            try:
                connection.rollback()
            except (pymysql.err.MySQLError, OSError):
                return Outcome.LOST, 0
            return (Outcome.REFUSED if number in REFUSALS else Outcome.AGAIN), 0
        if is_lost(error):
            return (Outcome.IN_DOUBT if committing else Outcome.LOST), 0
        raise
    return Outcome.COMMITTED, rows


def is_lost(error: Exception) -> bool:
    """Whether the error is about the connection and not about the statement."""
    if isinstance(error, OSError | pymysql.err.InterfaceError):
        return True
    number = error.args[0] if error.args else 0
    # 1053 shutdown, 1040 too many connections, 1152 and 1184 aborted, 3169 killed; from 2000 on: the client's own
    return isinstance(error, pymysql.err.MySQLError) and (
        number in {1053, 1040, 1152, 1184, 3169} or number >= 2000
    )
