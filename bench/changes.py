"""Times change apply against MySQL's own replica over the same binlog: ``python -m bench.changes``.

It starts three servers of its own: a source, a target, and a replica of the source with four workers. In every
round the source writes while the others stand still; then the replica catches up, and this project's engine, in a
process of its own as a task has it, and they take turns in who is first. Each must end with the source's rows.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from bench import page
from local.login import Login
from local.mysqld import Server
from local.servers import Pair, pair_down, pair_up

RESULT: Final = Path(__file__).parent / "results" / "changes.json"
DATABASE: Final = "bench"
MIGRATION: Final = "bench_changes"
CONTROL: Final = "bench_control"
ROWS: Final = 200_000
WORKERS: Final = 4
_TABLE: Final = (
    f"CREATE TABLE {DATABASE}.t (id INT PRIMARY KEY, k INT NOT NULL, c CHAR(120) NOT NULL, pad CHAR(60) NOT NULL, "
    "KEY k (k))"
)
_FILL: Final = (
    f"INSERT INTO {DATABASE}.t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
    "SELECT i, i * 7 % 100000, LEFT(SHA2(i, 512), 120), SHA2(i, 224) FROM n"
)
_SUM: Final = f"SELECT COUNT(*), SUM(CRC32(CONCAT_WS('/', id, k, c, pad))) FROM {DATABASE}.t"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the source writes in a round; ``changes`` is how many rows that changes."""

    name: str
    about: str
    changes: int
    write: Callable[[Login], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One shape's figures, a value a round: seconds, processor seconds, MiB."""

    shape: str
    about: str
    changes: int
    replica: list[float] = field(default_factory=list)
    engine: list[float] = field(default_factory=list)
    replica_cpu: list[float] = field(default_factory=list)
    engine_target_cpu: list[float] = field(default_factory=list)
    engine_cpu: list[float] = field(default_factory=list)
    engine_mib: list[float] = field(default_factory=list)


def single_rows(login: Login, transactions: int = 40_000, threads: int = 8) -> None:
    """Transactions of one row each, by several clients."""

    def client(number: int) -> None:
        with login.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET SESSION autocommit = 1")
            for step in range(number, transactions, threads):
                key = step * 7919 % ROWS + 1
                cursor.execute(f"UPDATE {DATABASE}.t SET k = k + 1, c = CONCAT('{step} ', k) WHERE id = {key}")

    clients = [threading.Thread(target=client, args=(number,)) for number in range(threads)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()


def one_update(login: Login) -> None:
    """One statement that changes every row."""
    run(login, f"UPDATE {DATABASE}.t SET k = k + 1")


SHAPES: Final = {
    "single": Shape("single", "40,000 transactions of one row, 8 clients", 40_000, single_rows),
    "bulk": Shape("bulk", f"one UPDATE of {ROWS:,} rows", ROWS, one_update),
}


def run(login: Login, *statements: str) -> Any:
    """Run statements; the first row of the last."""
    with login.connect() as connection, connection.cursor() as cursor:
        for text in statements:
            cursor.execute(text)
        row = cursor.fetchone()
        connection.commit()
    return row


class Contest:
    """The three servers, with the same rows on each."""

    def __init__(self, pair: Pair, replica: Server, folder: Path) -> None:
        self.pair, self.replica, self._folder = pair, replica, folder
        deep = "SET SESSION cte_max_recursion_depth = 10000000"
        create = f"CREATE DATABASE {DATABASE}"
        run(pair.source.root_login, create, deep, _TABLE, _FILL)
        run(pair.target.root_login, create, deep, _TABLE, _FILL)
        run(replica.root_login, "SET SESSION sql_log_bin = 0", create, deep, _TABLE, _FILL)
        self._make_replica()
        self._engine("begin")

    def _make_replica(self) -> None:
        source = self.pair.source
        (executed,) = run(source.root_login, "SELECT @@GLOBAL.gtid_executed")
        login = self.pair.source_login
        run(
            self.replica.root_login,
            "RESET BINARY LOGS AND GTIDS",
            f"SET GLOBAL gtid_purged = '{executed}'",
            f"SET GLOBAL replica_parallel_workers = {WORKERS}",
            f"CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = {source.port}, "
            f"SOURCE_USER = '{login.user}', SOURCE_PASSWORD = '{login.password}', SOURCE_AUTO_POSITION = 1, "
            "SOURCE_SSL = 1",
        )

    def replicate(self) -> tuple[float, float]:
        """Let the replica catch up: seconds, and processor seconds of its server."""
        (executed,) = run(self.pair.source.root_login, "SELECT @@GLOBAL.gtid_executed")
        before, started = cpu(self.replica), time.perf_counter()
        wait = f"SELECT WAIT_FOR_EXECUTED_GTID_SET('{executed}', 600)"
        (late,) = run(self.replica.root_login, "START REPLICA", wait)
        seconds = time.perf_counter() - started
        used = cpu(self.replica) - before
        run(self.replica.root_login, "STOP REPLICA")
        if late:
            raise RuntimeError("the replica did not catch up")
        return seconds, used

    def sync(self) -> tuple[float, float, float, float]:
        """Let the engine catch up: seconds, processor seconds of the target's server and of its own, MiB."""
        before = cpu(self.pair.target)
        found = self._engine("follow")
        return found["seconds"], cpu(self.pair.target) - before, found["cpu"], found["mib"]

    def check(self) -> None:
        """Raises: RuntimeError unless all three have the same rows."""
        sums = {run(server.root_login, _SUM) for server in (self.pair.source, self.pair.target, self.replica)}
        if len(sums) != 1:
            raise RuntimeError(f"the servers differ: {sums}")

    def _engine(self, what: str) -> dict[str, float]:
        ends = {
            role: {"host": end.host, "port": end.port, "user": end.user, "password": end.password}
            for role, end in (("source", self.pair.source_login), ("target", self.pair.target_login))
        }
        settings = self._folder / "engine.json"
        settings.touch(mode=0o600)
        settings.write_text(json.dumps(ends), encoding="utf-8")
        command = [sys.executable, "-m", "bench.changes_process", what, str(settings)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def cpu(server: Server) -> float:
    """Processor seconds of a server since it started."""
    fields = Path(f"/proc/{server.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(contest: Contest, shape: Shape, rounds: int) -> Measured:
    """Time one shape, after a round that is not counted."""
    found = Measured(shape.name, shape.about, shape.changes)
    for number in range(rounds + 1):
        shape.write(contest.pair.source.root_login)
        if number % 2:
            replica, engine = contest.replicate(), contest.sync()
        else:
            engine = contest.sync()
            replica = contest.replicate()
        contest.check()
        print(f"{shape.name}: replica {replica[0]:.2f} s, engine {engine[0]:.2f} s", flush=True)
        if number:
            lists = (found.replica, found.replica_cpu, found.engine, found.engine_target_cpu, found.engine_cpu)
            for one, value in zip((*lists, found.engine_mib), (*replica, *engine), strict=True):
                one.append(value)
    return found


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.changes", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--result", type=Path, default=RESULT)
    chosen = parser.parse_args(arguments)
    options = {"innodb_buffer_pool_size": "1G", "innodb_flush_log_at_trx_commit": "2", "sync_binlog": "0"}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        replica = None
        try:
            pair = pair_up(Path(folder), source_options=options, target_options=options)
            replica = Server.create(pair.source.dist, Path(folder) / "replica", "replica", options)
            replica.start()
            contest = Contest(pair, replica, Path(folder))
            shapes = [measure(contest, SHAPES[name], chosen.rounds) for name in chosen.shapes]
            found = {
                "machine": page.machine(),
                "load_average": round(os.getloadavg()[1], 1),
                "python": platform.python_version(),
                "mysql": pair.source.dist.version,
                "rounds": chosen.rounds,
                "workers": WORKERS,
                "shapes": [asdict(shape) for shape in shapes],
            }
        finally:
            if replica is not None:
                replica.remove()
            pair_down(Path(folder))
    chosen.result.parent.mkdir(parents=True, exist_ok=True)
    chosen.result.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(page.changes_table(found))
    if chosen.result == RESULT:
        page.write()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
