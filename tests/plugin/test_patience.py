"""The page's server answers in time, whatever the targets do, and thousands of tables do not slow it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from tests.plugin.served import MANY, Served

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.slow]
LIMIT_SECONDS = 3.0
TABLES_SECONDS = 0.3


def processor_seconds(served: Served) -> float:
    """What the API server's processes and the target have used so far."""
    processes = [*served.server.pids(), served.pair.target.pid]
    times = [psutil.Process(pid).cpu_times() for pid in processes if pid]
    return sum(each.user + each.system for each in times)


def timed(ask: Callable[[], httpx.Response]) -> tuple[float, httpx.Response]:
    started = time.monotonic()
    answer = ask()
    return time.monotonic() - started, answer


@pytest.mark.parametrize(
    ("name", "states"), [("dead", {"down"}), ("mute", {"down", "slow"}), ("lost", {"refused"})]
)
@pytest.mark.parametrize("part", ["", "/tables", "/evidence?run_id=x"])
def test_a_target_that_is_no_use_is_told_in_time(served: Served, name: str, states: set[str], part: str) -> None:
    with served.server.client("viewer") as client:
        seconds, answer = timed(lambda: client.get(f"api/migrations/{name}{part}"))
        target = answer.raise_for_status().json()["target"]
        assert seconds < LIMIT_SECONDS
        assert target["state"] in states
        assert target["message"]
        again, _ = timed(lambda: client.get(f"api/migrations/{name}{part}"))
        assert again < LIMIT_SECONDS / 2, "a target that has just failed is not waited for again"


def test_the_list_waits_for_no_dead_target(served: Served) -> None:
    with served.server.client("viewer") as client:
        seconds, answer = timed(lambda: client.get("api/migrations"))
        listed = {one["migration"]["name"]: one for one in answer.json()["migrations"]}
    assert seconds < LIMIT_SECONDS
    assert listed["alpha"]["target"]["state"] == "ok"
    assert listed["alpha"]["totals"]["tables"] == 3
    assert listed["dead"]["target"]["state"] == "down"
    assert listed["mute"]["target"]["state"] in {"down", "slow"}


def test_many_people_at_a_mute_target_do_not_slow_airflow(served: Served) -> None:
    with served.server.client("viewer") as client, ThreadPoolExecutor(32) as people:
        waiting = [
            people.submit(timed, lambda number=number: client.get(f"api/migrations/mute?run_id=r{number}"))
            for number in range(64)
        ]
        health, answer = timed(lambda: client.get(f"{served.server.url}/api/v2/version"))
        good, other = timed(lambda: client.get("api/migrations/alpha"))
        assert answer.status_code == other.status_code == 200
        assert other.json()["target"]["state"] == "ok"
        assert max(health, good) < LIMIT_SECONDS
        assert max(each.result()[0] for each in waiting) < 2 * LIMIT_SECONDS  # of 64 at once, on two cores


def test_five_thousand_tables_are_told_in_less_than_300_ms(served: Served) -> None:
    """In processor time of API server and database together; the time that passes is printed beside it."""
    with served.server.client("viewer") as client:
        before = processor_seconds(served)
        asked = [
            timed(lambda run=run: client.get(f"api/migrations/many/tables?run_id={run}")) for run in range(12)
        ]
        # where the machine is very busy a target counts as slow at first: that is told, and no measurement
        found = [(seconds, answer) for seconds, answer in asked if answer.json()["target"]["state"] == "ok"]
        assert found, [answer.json()["target"] for _, answer in asked]
        used = (processor_seconds(served) - before) / len(found)
        assert {len(answer.json()["rows"]) for _, answer in found} == {MANY}
        best = min(seconds for seconds, _ in found)
        print(
            f"{MANY} tables: {best * 1000:.0f} ms at best, {used * 1000:.0f} ms of processor time each, not cached"
        )
        assert used < TABLES_SECONDS
        last = found[-1][1].json()["digest"], found[-1][1].url.params["run_id"]
        again = client.get(f"api/migrations/many/tables?run_id={last[1]}&known={last[0]}").json()
    assert again["unchanged"] is True
    assert "rows" not in again
