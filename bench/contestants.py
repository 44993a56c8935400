"""Who takes part in `bench.load`: each gets the source full and the target empty, and leaves rows and indexes.

All log in with a migration's own accounts over TCP and TLS, with two threads or workers where they have them, and
with the options that a careful person would use; each docstring says which. Making the tables counts in
everybody's time. Nobody but a whole DAG run verifies.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from bench import peers
from bench.load_tables import DATA, Data, table_names
from bench.processes import Command, Usage, run, words
from bench.stage import FLOOR, Stage, as_root
from bench.tables import DATABASE
from local.login import Login
from local.mysqld import write_private

ROOT: Final = Path(__file__).parents[1]
PYTHON: Final = {**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}{os.pathsep}{ROOT}"}
_MYDUMPER_ROWS: Final = 100_000  # without, a single table keeps one thread of two busy


@dataclass(frozen=True, slots=True)
class Outcome:
    """The processes of a contestant that has ended, and what it says of itself."""

    processes: list[Usage]
    said: dict[str, Any] = field(default_factory=dict)


Run = Callable[[Stage, Data], Outcome]


@dataclass(frozen=True, slots=True)
class Contestant:
    """``data`` are the names of what it copies; ``missing`` says why it cannot take part.

    ``fetched`` ones are programs that this machine may have to fetch; ``warm`` is done before, outside its time.
    """

    name: str
    about: str
    run: Run
    data: tuple[str, ...] = tuple(DATA)
    fetched: bool = False
    missing: Callable[[], str] = lambda: ""
    warm: Callable[[Stage, Data], None] | None = None


def engine(stage: Stage, data: Data, compress: str = "") -> Outcome:
    """This project's engine, in its own processes: plan, tables, load units by two workers, indexes."""
    return engine_process(stage, "load", compress)


def engine_process(stage: Stage, what: str, compress: str = "") -> Outcome:
    """Run `bench.engine_process`; its workers are listed one by one. ``compress`` names the far end."""
    settings = _settings(stage, [], compress)
    command = Command("engine", words(sys.executable, "-m", "bench.engine_process", what, settings), PYTHON)
    (whole,), text = run(command)
    said = json.loads(text.splitlines()[-1])
    used = [Usage(f"worker {number}", one["cpu"], one["mib"]) for number, one in enumerate(said["workers"], 1)]
    rest = whole.cpu - sum(one.cpu for one in used)  # the first process has waited for its workers
    return Outcome([Usage("engine", rest, whole.peak_mib), *used], {"units": said["units"], **said["phases"]})


def mysqldump(stage: Stage, data: Data, options: tuple[str, ...] = ()) -> Outcome:
    """`mysqldump --single-transaction --no-tablespaces --set-gtid-purged=OFF | mysql`, both MySQL's own."""
    dist = stage.pair.source.dist
    kept = ("--single-transaction", "--no-tablespaces", "--set-gtid-purged=OFF", *options, "--databases", DATABASE)
    reading = Command("mysqldump", words(dist.client(stage.option_file("source"), "mysqldump"), kept))
    writing = Command("mysql", words(dist.client(stage.option_file("target"))))
    used, _ = run(reading, writing)
    return Outcome(used)


def mydumper(stage: Stage, data: Data) -> Outcome:
    """`mydumper` then `myloader`, two threads each, chunks of 100,000 rows, a snapshot, files on disk."""
    folder = stage.folder / "mydumper"
    shutil.rmtree(folder, ignore_errors=True)
    used: list[Usage] = []
    reading = ("--trx-consistency-only", "--rows", str(_MYDUMPER_ROWS), "--outputdir", str(folder))
    writing = ("--enable-binlog", "--directory", str(folder))
    for name, role, options in (("mydumper", "source", reading), ("myloader", "target", writing)):
        program = peers.mydumper(name)
        common = (f"--defaults-file={_mydumper_login(stage, role)}", "--ssl", "--threads", str(stage.workers))
        done, _ = run(
            Command(name, (*program.words, *common, "--database", DATABASE, *options), program.environment)
        )
        used += done
    shutil.rmtree(folder, ignore_errors=True)
    return Outcome(used)


def pandas(stage: Stage, data: Data) -> Outcome:
    """pandas: `read_sql` and `to_sql` in chunks of 10,000 rows, tables made beforehand, TIME made text again."""
    return _python(stage, "pandas")


def transfer(stage: Stage, data: Data) -> Outcome:
    """Airflow's GenericTransfer with `executemany` and a commit every 10,000 rows, tables made beforehand."""
    return _python(stage, "transfer")


def dlt(stage: Stage, data: Data) -> Outcome:
    """dlt: `sql_table` by pyarrow into its sqlalchemy destination, two workers; indexes are added afterwards."""
    settings = _settings(stage, _source_tables(stage))
    with as_root(stage, "target") as cursor:
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4")
    used, _ = run(Command("dlt", words(peers.dlt(), str(ROOT / "bench" / "peer_dlt.py"), settings)))
    with as_root(stage, "target") as cursor:
        for index in data.indexes:
            cursor.execute(f"ALTER TABLE {DATABASE}.{data.name} ADD {index.replace('(email)', '(email(120))')}")
    return Outcome(used)


def floor_in_place(stage: Stage, data: Data) -> Outcome:
    """The target alone: `INSERT … SELECT` from a table of its own that is in memory, indexes in place."""
    _copy_inside(stage, data, deferred=False)
    return Outcome([])


def floor_deferred(stage: Stage, data: Data) -> Outcome:
    """The same with the indexes added by one ALTER TABLE afterwards."""
    _copy_inside(stage, data, deferred=True)
    return Outcome([])


def warm_floor(stage: Stage, data: Data) -> None:
    """Read the table that is copied inside the target, as the source's is read by everybody before."""
    with as_root(stage, "target") as cursor:
        cursor.execute(f"CHECKSUM TABLE {FLOOR}.{data.name}")
        cursor.fetchall()


def make_tables(stage: Stage) -> None:
    """The source's tables on the target, indexes included, without rows."""
    with as_root(stage, "source") as source, as_root(stage, "target") as target:
        target.execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
        target.execute(f"USE {DATABASE}")
        for name in table_names(source):
            source.execute(f"SHOW CREATE TABLE {DATABASE}.{name}")
            target.execute(str((source.fetchone() or ("", ""))[1]))


def _copy_inside(stage: Stage, data: Data, *, deferred: bool) -> None:
    drop = [f"DROP INDEX {index.split()[1]}" for index in data.indexes]
    add = [f"ADD {index}" for index in data.indexes]
    table = f"{DATABASE}.{data.name}"
    make_tables(stage)
    with as_root(stage, "target") as cursor:
        if deferred:
            cursor.execute(f"ALTER TABLE {table} {', '.join(drop)}")
        cursor.execute(f"INSERT INTO {table} SELECT * FROM {FLOOR}.{data.name}")
        if deferred:
            cursor.execute(f"ALTER TABLE {table} {', '.join(add)}")


def _python(stage: Stage, peer: str) -> Outcome:
    make_tables(stage)
    settings = _settings(stage, _source_tables(stage))
    used, _ = run(Command(peer, words(sys.executable, "-m", "bench.peer_python", peer, settings), PYTHON))
    return Outcome(used)


def _source_tables(stage: Stage) -> list[str]:
    with as_root(stage, "source") as cursor:
        return table_names(cursor)


def _settings(stage: Stage, tables: list[str], compress: str = "") -> str:
    """A file, for its owner only, that tells a process where the servers are and what to copy."""

    def end(role: str, login: Login) -> dict[str, Any]:
        known = {"host": login.host, "port": login.port, "user": login.user, "password": login.password}
        return {**known, "compress": True} if role == compress else known

    path = stage.folder / "settings.json"
    known = {
        "source": end("source", stage.source),
        "target": end("target", stage.target),
        "database": DATABASE,
        "tables": tables,
        "workers": stage.workers,
    }
    write_private(path, json.dumps(known))
    return str(path)


def _mydumper_login(stage: Stage, role: str) -> Path:
    """It reads a group of its own name, and the quotes of a password as part of it."""
    login = stage.source if role == "source" else stage.target
    path = stage.folder / f"mydumper-{role}.cnf"
    body = f"host={login.host}\nport={login.port}\nuser={login.user}\npassword={login.password}\n"
    write_private(path, "".join(f"[{group}]\n{body}" for group in ("mydumper", "myloader", "client")))
    return path


def left_out(one: Contestant) -> Contestant:
    """It, kept from taking part; the result says so."""
    return replace(one, missing=lambda: "left out by --local")


ENGINE: Final = Contestant("engine", engine.__doc__ or "", engine)
_ONE_TABLE: Final = ("wide", "narrow", "skewed")
EVERYBODY: Final = (
    ENGINE,
    Contestant("mysqldump | mysql", mysqldump.__doc__ or "", mysqldump),
    Contestant(
        "mydumper + myloader",
        mydumper.__doc__ or "",
        mydumper,
        fetched=True,
        missing=lambda: peers.reason(lambda: peers.mydumper("mydumper")),
    ),
    Contestant("INSERT … SELECT", floor_in_place.__doc__ or "", floor_in_place, data=_ONE_TABLE, warm=warm_floor),
    Contestant(
        "INSERT … SELECT, indexes after",
        floor_deferred.__doc__ or "",
        floor_deferred,
        data=_ONE_TABLE,
        warm=warm_floor,
    ),
    Contestant("pandas", pandas.__doc__ or "", pandas, data=("wide",)),
    Contestant("GenericTransfer", transfer.__doc__ or "", transfer, data=("wide",)),
    Contestant(
        "dlt",
        dlt.__doc__ or "",
        dlt,
        data=("wide",),
        fetched=True,
        missing=lambda: peers.reason(peers.dlt),
    ),
)
