"""Gates at which a load stops, by locks on the target, until a test lets it go on.

So a process can be killed, or an application can write, while a load is in the middle, however fast it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control
from local.login import Login
from tests import patience
from tests.e2e.runs import sql
from tests.fresh_databases import endpoint

T = TypeVar("T")
SECONDS = 900.0  # costs nothing where all is well
# the system's numbers of the clients that wait for a lock of one transaction
_WAITING = """
SELECT DISTINCT client.ATTR_VALUE FROM performance_schema.data_lock_waits waits
  JOIN performance_schema.threads theirs ON theirs.THREAD_ID = waits.REQUESTING_THREAD_ID
  JOIN performance_schema.session_connect_attrs client
    ON client.PROCESSLIST_ID = theirs.PROCESSLIST_ID AND client.ATTR_NAME = '_pid'
 WHERE waits.BLOCKING_ENGINE_TRANSACTION_ID = {number}
"""
# were it REPEATABLE READ, a page that splits beside a locked row would lock the gap before the row as well
_AROUND_ROWS = ("SET SESSION transaction_isolation = 'READ-COMMITTED'", "BEGIN")
_NUMBER = """
SELECT ENGINE_TRANSACTION_ID FROM performance_schema.data_locks WHERE THREAD_ID = PS_CURRENT_THREAD_ID() LIMIT 1
"""


def until(reached: Callable[[], T], awaited: str, seconds: float = SECONDS) -> T:
    """As `patience.until`, with the time that a whole Airflow may take."""
    return patience.until(reached, awaited, 0.05, seconds)


class Gate:
    """A transaction that root has begun on the target and that holds locks; opened, it is rolled back."""

    def __init__(self, root: Login, *statements: str) -> None:
        self._root = root
        self._connection: Connection[Cursor] = root.connect()
        with self._connection.cursor() as cursor:
            for text in statements:
                cursor.execute(text)
            cursor.execute(_NUMBER)
            self._number = int(cursor.fetchall()[0][0])

    def waiting(self) -> frozenset[int]:
        """The processes that wait at it; one that was killed does so no more, though its session still does."""
        rows = sql(self._root, _WAITING.format(number=self._number))
        return frozenset(int(pid) for (pid,) in rows if _lives(pid))

    def open(self) -> None:
        """Let everybody through, for good."""
        with suppress(pymysql.err.MySQLError):
            self._connection.rollback()
            self._connection.close()


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def closed(root: Login, *gates: tuple[str, ...]) -> Iterator[list[Gate]]:
    """Gates of these statements, opened at the end. Who comes later waits as long as it takes."""
    waits = "SET GLOBAL innodb_lock_wait_timeout ="
    sql(root, f"{waits} 86400")
    made: list[Gate] = []
    try:
        made.extend(Gate(root, *statements) for statements in gates)
        yield made
    finally:
        for gate in made:
            gate.open()
        sql(root, f"{waits} DEFAULT")


@contextmanager
def before_the_first_chunk(target: Login, root: Login, control: Control) -> Iterator[Gate]:
    """A gate before each claim of a chunk of a migration; to be made before its load begins."""
    with Session.open(endpoint("target", target)) as session:
        control.ensure(session)
    claims = f"SELECT * FROM {control.schema}.chunks WHERE migration = '{control.migration}' FOR UPDATE"
    begin = "SET SESSION transaction_isolation = 'REPEATABLE-READ'", "BEGIN"
    with closed(root, (*begin, claims)) as (gate,):
        yield gate


@contextmanager
def before_rows(root: Login, table: str, keys: Iterable[int], *, together: bool = False) -> Iterator[list[Gate]]:
    """Gates before rows of a table on the target that has none of them yet, each of its own or one for all.

    The table's key is ``id``, and the other columns take NULL.
    """
    texts = [[f"INSERT INTO {table} (id) VALUES ({key})", _locked(f"{table} WHERE id = {key}")] for key in keys]
    if together:
        texts = [[text for each in texts for text in each]]
    with closed(root, *((*_AROUND_ROWS, *each) for each in texts)) as gates:
        yield gates


@contextmanager
def before_the_phase(root: Login, control: Control, run_id: str, phase: str) -> Iterator[Gate]:
    """A gate before a phase of a run is recorded as begun."""
    table, key = f"{control.schema}.phases", f"'{control.migration}', '{run_id}', '{phase}'"
    insert = (
        f"INSERT INTO {table} (migration, run_id, phase, state, started_at, summary) "
        f"VALUES ({key}, 'running', UTC_TIMESTAMP(6), '{{}}')"
    )
    lock = _locked(f"{table} WHERE (migration, run_id, phase) = ({key})")
    with closed(root, (*_AROUND_ROWS, insert, lock)) as (gate,):
        yield gate


def _locked(rows: str) -> str:
    """The lock as an explicit one, so that the server can name its holder."""
    return f"SELECT 1 FROM {rows} FOR UPDATE"


def keys_within_ranges(root: Login, control: Control, last: int, parts: int, table: str = "%") -> list[int]:
    """Keys that cut each key range of a table, whose keys are 1 to ``last``, into equal parts."""
    asked = (
        f"SELECT lower_bound, upper_bound FROM {control.schema}.key_ranges "
        f"WHERE migration = '{control.migration}' AND source_table LIKE '{table}' ORDER BY number"
    )
    found: list[int] = []
    for lower, upper in sql(root, asked):
        first, end = _key(lower, 0), _key(upper, last)
        found += [first + (end - first) * part // parts for part in range(1, parts)]
    return found


def _key(bound: Any, otherwise: int) -> int:
    return otherwise if bound is None else int(json.loads(bound)[0])
