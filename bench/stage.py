"""Where contestants meet: a source, and a target that is laid anew from one image before each of them starts.

The image is the target's data directory, copied while its server was down: the same pages, the same redo log, and
after the start the same empty buffer pool for everybody. Where somebody needs it, it holds a copy of the table in
``floor``, from which the target copies to itself; laying the target anew then writes the whole table, too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from bench.load_tables import table_names
from bench.processes import Usage, Watched
from bench.tables import DATABASE
from local.login import Login
from local.mysqld import write_private
from local.servers import Pair

FLOOR: Final = "floor"
_FLOATING: Final = ("float", "double")


@dataclass(frozen=True, slots=True)
class Stage:
    """Both servers, where a contestant may write, and the logins that it gets (a migration's own)."""

    pair: Pair
    folder: Path
    source: Login
    target: Login
    workers: int = 2

    @classmethod
    def of(cls, pair: Pair, folder: Path) -> Stage:
        """The stage of a running pair."""
        folder.mkdir(parents=True, exist_ok=True)
        stage = cls(pair, folder.resolve(), pair.source_login, pair.target_login)
        stage.write_logins()
        return stage

    def through(self, role: str, port: int) -> Stage:
        """The same, with the source or the target behind another port (a proxy's)."""
        login = replace(self.source if role == "source" else self.target, port=port)
        here = replace(self, folder=self.folder / f"port-{port}")
        stage = replace(here, source=login) if role == "source" else replace(here, target=login)
        stage.folder.mkdir(exist_ok=True)
        stage.write_logins()
        return stage

    def write_logins(self) -> None:
        """Option files of the two logins, for client programs."""
        for role, login in (("source", self.source), ("target", self.target)):
            text = f'host={login.host}\nport={login.port}\nuser={login.user}\npassword="{login.password}"\n'
            write_private(self.option_file(role), f"[client]\n{text}")

    def option_file(self, role: str) -> Path:
        """Login of ``source`` or ``target`` for MySQL's client programs."""
        return self.folder / f"{role}.cnf"

    @property
    def image(self) -> Path:
        """The target's data directory as everybody finds it."""
        return self.pair.folder / "image"

    def keep_image(self) -> None:
        """Let the target as it is now be what everybody starts from."""
        target = self.pair.target
        target.stop()
        shutil.rmtree(self.image, ignore_errors=True)
        _copy(target.home.data, self.image)
        target.start()

    def restore(self) -> None:
        """Lay the target anew."""
        target = self.pair.target
        target.kill()
        shutil.rmtree(target.home.data)
        _copy(self.image, target.home.data)
        os.sync()  # or the copy would be written to disk in the contestant's time
        target.start()

    def watch(self) -> list[Watched]:
        """Both servers, from now on."""
        servers = (("source server", self.pair.source), ("target server", self.pair.target))
        return [Watched(name, server.pid or 0) for name, server in servers]


def written_mb(stage: Stage) -> float:
    """What the target has written of its tables' pages since its start; the rest may follow a run's end."""
    with as_root(stage, "target") as cursor:
        cursor.execute("SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_pages_written', 'Innodb_page_size')")
        pages, size = (int(value) for _, value in sorted(cursor.fetchall(), reverse=True))
    return pages * size / 1e6


def usages(watched: list[Watched]) -> list[Usage]:
    """What they have used."""
    return [one.usage() for one in watched]


@contextmanager
def as_root(stage: Stage, role: str) -> Iterator[Cursor]:
    """A cursor of the administrator of ``source`` or ``target``."""
    server = stage.pair.source if role == "source" else stage.pair.target
    connection: Connection[Cursor] = server.connect()
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


Sums = dict[str, tuple[Any, ...]]


def sums(stage: Stage, role: str) -> Sums:
    """For each table its rows, and for each column a sum over its values, each bound to its row's key."""
    found: Sums = {}
    with as_root(stage, role) as cursor:
        known, present = _columns(stage, "source"), _columns(stage, role)
        for name in table_names(cursor):
            columns, there = known.get(name, []), {column for column, _, _ in present[name]}
            texts = [
                _sum(column, kind, [key for key, _, is_key in columns if is_key]) for column, kind, _ in columns
            ]
            if not {column for column, _, _ in columns} <= there:
                found[name] = ("columns", *sorted(there))
                continue
            cursor.execute(f"SELECT COUNT(*), {', '.join(texts)} FROM {DATABASE}.{name}")
            found[name] = tuple(cursor.fetchone() or ())
    return found


def wrong(stage: Stage, expected: Sums) -> str:
    """What of the source's rows did not arrive as they are, in words; empty if all did."""
    found = sums(stage, "target")
    lost = sorted(set(expected) - set(found))
    if lost:
        return f"{len(lost)} tables are missing, {lost[0]} among them"
    for name, values in expected.items():
        there = found[name]
        if there == values:
            continue
        if len(there) != len(values):
            return f"{name}: other columns"
        if there[0] != values[0]:
            return f"{name}: {there[0]} rows instead of {values[0]}"
        columns = [column for column, _, _ in _columns(stage, "source")[name]]
        differ = [one for one, a, b in zip(columns, there[1:], values[1:], strict=True) if a != b]
        return f"{name}: other values in {', '.join(differ)}"
    return ""


def missing_indexes(stage: Stage) -> str:
    """Secondary indexes of the source that the target does not have, in words; empty if there are none."""
    query = (
        "SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME FROM information_schema.STATISTICS "
        "WHERE TABLE_SCHEMA = %s"
    )
    found = []
    for role in ("source", "target"):
        with as_root(stage, role) as cursor:
            cursor.execute(query, (DATABASE,))
            found.append(set(cursor.fetchall()))
    lost = sorted({str(row[1]) for row in found[0] - found[1]})
    return f"no index {', '.join(lost)}" if lost else ""


def _columns(stage: Stage, role: str) -> dict[str, list[tuple[str, str, bool]]]:
    """The columns of all tables: name, type, whether it is of the primary key."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    with as_root(stage, role) as cursor:
        cursor.execute(
            "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_KEY = 'PRI' FROM information_schema.COLUMNS "
            "WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME, ORDINAL_POSITION",
            (DATABASE,),
        )
        for table, column, kind, key in cursor.fetchall():
            found.setdefault(str(table), []).append((str(column), str(kind).lower(), bool(key)))
    return found


def _sum(column: str, kind: str, key: list[str]) -> str:
    """FLOAT's own text keeps six digits, so it is read as DOUBLE."""
    value = f"CAST({column} AS DOUBLE)" if kind in _FLOATING else column
    return f"SUM(CRC32(CONCAT({', '.join(key)}, '/', IFNULL(HEX(CAST({value} AS BINARY)), 'NULL'))))"


def _copy(origin: Path, to: Path) -> None:
    # most of a new server's redo log is zeros, which would otherwise be written to disk before each contestant
    subprocess.run(["cp", "-a", "--sparse=always", str(origin), str(to)], check=True)
