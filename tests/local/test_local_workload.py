"""The writer: the same for the same seed, every operation does something, and nothing stops it but a stop."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

import pymysql
import pytest

from local.login import Login
from local.mysqld import Server, find_distribution
from local.workload import OPERATIONS, Size, Workload, WorkloadSettings, create, money, tables, transactions

SMALL = Size(rows=300, big_rows=1_000, keyless=True)
ROOT = Path(__file__).resolve().parents[2]
# without those that the server begins by itself, for its statistics
OPEN = "SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> 0"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A source of its own: it is killed."""
    made = Server.create(find_distribution(), tmp_path_factory.mktemp("workload") / "source", "source")
    made.start()
    yield made
    made.remove()


@pytest.fixture
def workload(server: Server, request: pytest.FixtureRequest) -> Callable[..., Workload]:
    name = request.node.name.partition("[")[0][:60]

    def make(size: Size = SMALL, **settings: object) -> Workload:
        with server.connect() as connection:
            create(connection, name, size, seed=1)
        return Workload(server.root_login, WorkloadSettings(name, seed=1, size=size, **settings))

    return make


def ask(server: Server, sql: str) -> tuple[object, ...]:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
        assert row is not None
        return tuple(row)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_thread_sends_the_same_for_the_same_seed() -> None:
    first, again, other_thread, other_seed = (
        [*islice(transactions(seed, thread, SMALL), 500)] for seed, thread in ((5, 1), (5, 1), (5, 2), (6, 1))
    )
    assert first == again
    assert first != other_thread
    assert first != other_seed


def test_only_named_operations_are_taken() -> None:
    names = {one.name for one in islice(transactions(1, 0, SMALL, ("transfer", "fee")), 100)}
    assert names == {"transfer", "fee"}
    with pytest.raises(ValueError, match="nonsense"):
        next(transactions(1, 0, SMALL, ("nonsense",)))


@pytest.mark.servers
def test_every_operation_commits_and_the_money_stays(server: Server, workload: Callable[..., Workload]) -> None:
    names: dict[str, set[str]] = {
        operation.__name__: {operation(Random(number), SMALL).name for number in range(300)}
        for operation in OPERATIONS
    }
    wanted = set().union(*names.values())
    with workload() as running:
        wait_for(lambda: wanted <= set(running.tally().by_name) and running.tally().rolled_back > 0)
        tally = running.stop()
    database = running.settings.database
    assert ask(server, f"SELECT SUM(cents) FROM {database}.accounts") == (money(SMALL),)
    assert tally.rows > tally.committed > 0
    assert tally.refused < tally.committed / 2, f"the application mostly fails: {tally}"
    for table in tables(SMALL):
        assert ask(server, f"SELECT COUNT(*) > 0 FROM {database}.{table}") == (1,), f"{table} ran empty"


@pytest.mark.servers
def test_a_pause_stands_still_and_a_resume_goes_on(server: Server, workload: Callable[..., Workload]) -> None:
    with workload() as running:
        for _ in range(5):
            wait_for(lambda: running.tally().committed > 0)
            running.pause()
            before, count = ask(server, "SELECT @@gtid_executed"), running.tally().committed
            time.sleep(0.2)
            assert ask(server, "SELECT @@gtid_executed") == before
            assert running.tally().committed == count
            assert ask(server, OPEN) == (0,)
            running.resume()
            wait_for(lambda count=count: running.tally().committed > count)


@pytest.mark.servers
def test_a_killed_source_is_survived_and_nothing_is_half_done(
    server: Server, workload: Callable[..., Workload]
) -> None:
    with workload(only=("transfer", "several_transfers", "two_phase", "close", "split", "fee")) as running:
        wait_for(lambda: running.tally().connections == 8)
        for kills in range(1, 4):
            before = running.tally()
            wait_for(lambda before=before: running.tally().committed > before.committed + 200)
            server.kill()
            server.start()
            wait_for(lambda kills=kills: running.tally().connections >= 8 * (kills + 1))
        running.stop()
    database = running.settings.database
    with server.connect() as connection, connection.cursor() as cursor:
        assert cursor.execute("XA RECOVER") == 0, "transactions stayed prepared"
    assert ask(server, f"SELECT SUM(cents) FROM {database}.accounts") == (money(SMALL),)


@pytest.mark.servers
def test_no_commit_is_counted_that_is_not_there(server: Server, workload: Callable[..., Workload]) -> None:
    """One row for each counted commit, more only for those in doubt, through a kill of the server."""
    with workload(only=("log",)) as running:
        database = running.settings.database
        wait_for(lambda: running.tally().committed > 300)
        server.kill()
        server.start()
        wait_for(lambda: running.tally().connections >= 16)
        tally = running.stop()
    (rows,) = ask(server, f"SELECT COUNT(*) FROM {database}.events WHERE thread >= 0")
    assert tally.rows <= rows <= tally.rows + 5 * tally.in_doubt


@pytest.mark.servers
def test_deadlocks_are_tried_again(server: Server, workload: Callable[..., Workload]) -> None:
    with workload(Size(rows=20, big_rows=10), only=("several_transfers", "fee")) as running:
        wait_for(lambda: running.tally().retried > 3)


@pytest.mark.servers
def test_two_phases_are_ended_through_kills_in_between(server: Server, workload: Callable[..., Workload]) -> None:
    with workload(only=("two_phase",)) as running:
        kills = 0
        while kills < 2 or running.tally().in_doubt == 0:
            before, kills = running.tally(), kills + 1
            wait_for(lambda before=before: running.tally().committed > before.committed + 100)
            server.kill()
            server.start()
            wait_for(lambda before=before: running.tally().connections >= before.connections + 8)
            assert kills < 20, "no kill came between the phases"
        running.stop()
    with server.connect() as connection, connection.cursor() as cursor:
        assert cursor.execute("XA RECOVER") == 0, "transactions stayed prepared"
    assert ask(server, f"SELECT SUM(cents) FROM {running.settings.database}.accounts") == (money(SMALL),)


@pytest.mark.servers
def test_the_rate_is_kept(server: Server, workload: Callable[..., Workload]) -> None:
    began = time.monotonic()
    with workload(rate=80, only=("log",)) as running:
        wait_for(lambda: _done(running) >= 240)
        running.stop()
    seconds = time.monotonic() - began
    # a second's worth may be made up for, and each thread may just have begun one
    assert _done(running) <= 80 * seconds + 80 + 8


def _done(running: Workload) -> int:
    tally = running.tally()
    return tally.committed + tally.rolled_back


@pytest.mark.servers
def test_an_error_that_no_application_expects_is_told(server: Server, workload: Callable[..., Workload]) -> None:
    running = workload(only=("log",))
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {running.settings.database}.events")
    running.start()
    with pytest.raises(RuntimeError, match="events' doesn't exist"):
        wait_for(lambda: running.check() is not None)
    with pytest.raises(RuntimeError, match="events' doesn't exist"):
        running.stop()


@pytest.mark.servers
def test_a_wrong_password_is_an_error_and_not_waited_for(server: Server) -> None:
    login = Login("127.0.0.1", server.port, "root", "wrong")
    running = Workload(login, WorkloadSettings("mysql", seed=1, threads=1))
    running.start()
    with pytest.raises(RuntimeError, match="Access denied") as caught:
        wait_for(lambda: running.check() is not None)
    assert isinstance(caught.value.__cause__, pymysql.err.OperationalError)


@pytest.mark.servers
def test_it_runs_as_a_process_and_stops_on_a_signal(server: Server, tmp_path: Path) -> None:
    login = server.root_login
    (tmp_path / "endpoints.json").write_text(
        f'{{"source": {{"host": "127.0.0.1", "port": {login.port}, "root_user": "root", '
        f'"root_password": "{login.password}"}}}}'
    )
    command = [sys.executable, "-m", "local.workload", "--folder", str(tmp_path), "--seconds", "3600"]
    options = ["--rows", "100", "--big-rows", "100", "--database", "as_process", "--rate", "100"]
    process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as output:
        assert "transactions" in output.readline()
        process.terminate()
        assert "stopped: " in output.read()
    assert process.wait(timeout=240) == 0
