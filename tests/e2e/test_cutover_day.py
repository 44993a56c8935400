"""Cutovers there and back under the real scheduler: how long nobody can write, and what becomes of killed tasks.

The application writes on the side that has it, all the time, and moves when the cutover says so.
"""

from __future__ import annotations

import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from aurora_migration.store.control import Control
from local.airflow_client import ConnectionParams
from local.airflow_instance import AirflowInstance
from local.login import Login
from local.servers import Pair
from local.workload import Size, Workload, WorkloadSettings, create
from tests.e2e.cutovers import LOCKED, NO_XA, Desk, Records, refusal, wait_until
from tests.e2e.gates import Gate, before_the_phase, closed, until
from tests.e2e.runs import assert_equal, full_log, run, sql
from tests.processor import delayed

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.airflow,
    pytest.mark.servers,
    pytest.mark.timeout(21600),
]
SCHEMA, CONTROL, USER, PASSWORD = "day", "aurora_migration_day", "app_day", "let me in"
SIZE = Size(rows=400, big_rows=1_000)
CUTOVERS = int(os.environ.get("CUTOVERS", "6"))
DOWNTIME_SECONDS = 20.0  # on a machine that has a usual processor for it
_MIGRATION = f"""
name: {SCHEMA}
source: {{connection: source_mysql}}
target: {{connection: target_aurora}}
type: full-load-and-cdc
control_schema: {CONTROL}
selection:
  - include: "{SCHEMA}.*"
accounts: {{mode: skip}}
load: {{parallel_units: 2}}
sync: {{schedule: null}}
cutover:
  connection: source_admin
  accounts: ["{USER}@*"]
  rollback_window: true
"""


@dataclass(slots=True)
class Day:
    """The migrated application and its two sides."""

    desk: Desk
    records: Records
    root: Mapping[str, Login]
    app: Mapping[str, Login]
    writers: Mapping[str, Workload]
    side: str = ""

    @property
    def other(self) -> str:
        return "target" if self.side == "source" else "source"

    def begin(self) -> str:
        """Begin the cutover to the other side, while the application writes where it is."""
        self.side = self.records.side()
        self.writers[self.other].pause()
        self.writers[self.side].resume()
        return self.desk.begin(direction="forward" if self.side == "source" else "back")

    def who_writes(self) -> tuple[int, int]:
        """How the side that has the application, and the other one, answer to its writes."""
        return refusal(self.app[self.side], SCHEMA), refusal(self.app[self.other], SCHEMA)

    def check_moved(self) -> None:
        """The application is to write to the other side, which is equal to the one it leaves."""
        assert self.who_writes() == (LOCKED, 0)
        assert_equal(self.root, SCHEMA, structure=False)


@pytest.fixture(scope="module")
def day(
    start_airflow: Callable[..., AirflowInstance],
    pair_connections: Mapping[str, ConnectionParams],
    server_pair: Pair,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Day]:
    servers = {"source": server_pair.source, "target": server_pair.target}
    root = {role: Login("127.0.0.1", one.port, "root", one.root_password) for role, one in servers.items()}
    for login in root.values():
        sql(login, f"CREATE USER {USER} IDENTIFIED BY '{PASSWORD}'", f"GRANT ALL ON {SCHEMA}.* TO {USER}")
    app = {role: Login(login.host, login.port, USER, PASSWORD) for role, login in root.items()}
    with root["source"].connect() as connection:
        create(connection, SCHEMA, SIZE, 7)
    sql(
        root["source"],
        f"CREATE TABLE {SCHEMA}.marks (id INT PRIMARY KEY, word VARCHAR(20))",
        f"INSERT INTO {SCHEMA}.marks VALUES (1, 'one'), (2, 'two')",
    )
    admin = root["source"]
    connections = dict(pair_connections) | {
        "source_admin": ConnectionParams(
            admin.host, admin.port, admin.user, admin.password, extra='{"ssl_mode": "REQUIRED"}'
        )
    }
    folder = tmp_path_factory.mktemp("migrations")
    (folder / f"{SCHEMA}.yaml").write_text(_MIGRATION)
    airflow = start_airflow(connections, migrations=folder)
    run_id, found = run(airflow, f"{SCHEMA}.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, f"{SCHEMA}.migrate", run_id, "report")
    writers = {
        role: Workload(login, WorkloadSettings(SCHEMA, number, threads=4, size=SIZE, rate=60, only=NO_XA))
        for number, (role, login) in enumerate(app.items(), 7)
    }
    for writer in writers.values():
        writer.pause()
    with writers["source"], writers["target"]:
        yield Day(Desk(airflow, f"{SCHEMA}.cutover"), Records(root["target"], CONTROL), root, app, writers)


def test_writes_are_down_for_less_than_twenty_seconds(day: Day) -> None:
    downtimes, paces = [], []
    for _ in range(CUTOVERS):
        paces.append(delayed())
        run_id = day.begin()
        answers = day.desk.answer(run_id, "Approve")
        state, found = day.desk.end(run_id)
        assert (state, set(found.values())) == ("success", {"success"})
        lag, seconds = day.records.lag_seconds(run_id), day.records.writes_down(run_id)
        summary = day.desk.airflow.client.xcom(day.desk.dag, run_id, "summary")
        assert summary["approved_by"] == "admin"
        assert summary["write_downtime_seconds"] == pytest.approx(seconds, abs=0.01)
        print(f"to the {day.other}: {seconds:.2f} s without writes, {lag:.2f} s of lag, asked {answers} times")
        downtimes.append(seconds)
        day.check_moved()
    print(f"median of {len(downtimes)} cutovers through Airflow: {statistics.median(downtimes):.2f} s")
    assert statistics.median(downtimes) < DOWNTIME_SECONDS * max(paces)


def test_a_task_that_is_killed_while_writes_are_blocked_goes_on(day: Day) -> None:
    run_id = day.begin()
    with held(day, run_id) as gate:
        kill(day, run_id, 1, gate)
        assert day.who_writes() == (LOCKED, LOCKED)
    state, found = day.desk.end(run_id)
    assert (state, set(found.values())) == ("success", {"success"})
    assert day.desk.task(run_id, "move_writes")["try_number"] == 2
    print(f"killed once: {day.records.writes_down(run_id):.2f} s without writes")
    day.check_moved()


def test_a_task_that_is_killed_each_time_gives_the_writes_back(day: Day) -> None:
    run_id = day.begin()
    with held(day, run_id) as gate:
        for number in range(1, 6):
            kill(day, run_id, number, gate)
            killed_at = time.monotonic()
            assert day.who_writes() == (LOCKED, LOCKED)
    wait_until(lambda: refusal(day.app[day.side], SCHEMA) == 0)
    print(f"writes were taken again {time.monotonic() - killed_at:.2f} s after the last kill")
    state, found = day.desk.end(run_id)
    assert (state, found["move_writes"], found["release"]) == ("failed", "failed", "success")
    assert (day.records.state(run_id), day.records.run_state(run_id)) == ("released", "failed")
    assert "takes writes" in day.desk.log(run_id, "release")
    assert day.who_writes() == (0, LOCKED)


def test_a_run_that_somebody_marks_as_failed_gives_the_writes_back(day: Day) -> None:
    run_id = day.begin()
    with held(day, run_id):
        task = day.desk.task(run_id, "move_writes")
        day.desk.airflow.client.fail_run(day.desk.dag, run_id)
        marked_at = time.monotonic()
        wait_until(lambda: not Path(f"/proc/{task['pid']}").exists())
        assert day.who_writes() == (LOCKED, LOCKED)
    wait_until(lambda: refusal(day.app[day.side], SCHEMA) == 0)
    print(f"writes were taken again {time.monotonic() - marked_at:.2f} s after the run was marked as failed")
    state, found = day.desk.end(run_id)
    assert (state, found["move_writes"], found["release"]) == ("failed", "failed", "success")
    assert (day.records.state(run_id), day.records.run_state(run_id)) == ("released", "failed")
    assert day.who_writes() == (0, LOCKED)


@contextmanager
def held(day: Day, run_id: str) -> Iterator[Gate]:
    """Approve, and hold the cutover while writes are blocked: tries that move the writes wait at the gate.

    The row that says how far it is stays locked too, so that nobody undoes it meanwhile.
    """
    target = day.root["target"]
    day.desk.asked(run_id)
    with before_the_phase(target, Control(CONTROL, SCHEMA), run_id, "drain-and-verify") as gate:
        day.desk.answer(run_id, "Approve")
        until(gate.waiting, "a cutover that has blocked the writes")
        row = f"SELECT state FROM {CONTROL}.cutovers WHERE run_id = '{run_id}' FOR UPDATE"
        with closed(target, ("BEGIN", row)):
            assert day.records.state(run_id) == "blocked"
            yield gate


def kill(day: Day, run_id: str, number: int, gate: Gate) -> None:
    """SIGKILL to the process of a try of the task while it waits; return once Airflow knows."""

    def waits() -> int:
        task = day.desk.task(run_id, "move_writes")
        there = (task["try_number"], task["state"]) == (number, "running") and task["pid"] in gate.waiting()
        return int(task["pid"]) if there else 0

    os.kill(until(waits, f"try {number} at the gate"), signal.SIGKILL)
    wait_until(lambda: _try(day, run_id) != (number, "running"))


def _try(day: Day, run_id: str) -> tuple[int, str]:
    task = day.desk.task(run_id, "move_writes")
    return task["try_number"], str(task["state"])
