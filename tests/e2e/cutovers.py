"""Cutovers under the real scheduler: begin one, answer as a person does, see who may write."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pymysql

from local import LocalError
from local.airflow_instance import AirflowInstance
from local.login import Login
from local.workload import OPERATIONS
from tests.e2e.runs import RUN_SECONDS, begin, full_log, sql, states

SLOWER_SECONDS = 4.0
LOCKED = 3118  # MySQL's error number
NO_XA = tuple(one.__name__ for one in OPERATIONS if one.__name__ not in {"two_phase", "visits"})
ENDED = frozenset({"success", "failed", "skipped", "upstream_failed"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a person begins the cutovers of one migration and answers for them."""

    airflow: AirflowInstance
    dag: str

    def begin(self, **conf: Any) -> str:
        return begin(self.airflow, self.dag, conf or None)

    def states(self, run_id: str) -> dict[str, str]:
        return states(self.airflow, self.dag, run_id)

    def question(self, run_id: str) -> dict[str, Any] | None:
        """What the person is shown; None where nobody is asked."""
        with contextlib.suppress(LocalError):
            shown: dict[str, Any] = self.airflow.client.get(self._question(run_id))
            return shown
        return None

    def asked(self, run_id: str) -> dict[str, Any]:
        """What the person is shown, as soon as somebody is asked."""
        deadline = time.monotonic() + RUN_SECONDS
        while (shown := self.question(run_id)) is None:
            assert self.states(run_id).get("readiness") != "failed", self.log(run_id, "readiness")
            assert time.monotonic() < deadline, self.states(run_id)
            time.sleep(0.1)
        return shown

    def answer(self, run_id: str, word: str) -> int:
        """Answer at once, and again and more slowly as often as Airflow asks; how often that was."""
        answers, deadline = 0, time.monotonic() + RUN_SECONDS
        while (state := self.states(run_id).get("approve")) not in ENDED:
            assert time.monotonic() < deadline, state
            assert self.states(run_id).get("readiness") != "failed", self.log(run_id, "readiness")
            if state == "awaiting_input":
                time.sleep(answers * SLOWER_SECONDS)
                self.say(run_id, word)
                answers += 1
            time.sleep(0.1)
        assert state == "success", self.log(run_id, "approve")
        return answers

    def say(self, run_id: str, word: str) -> None:
        body = {"chosen_options": [word], "params_input": {}}
        self.airflow.client.send("PATCH", self._question(run_id), body)

    def end(self, run_id: str) -> tuple[str, dict[str, str]]:
        """Wait for the run: its state and those of its tasks; the logs of those that failed are printed."""
        state = self.airflow.client.wait_for_run(self.dag, run_id, RUN_SECONDS)
        found = self.states(run_id)
        print(state, found)
        for task in sorted(found):
            if found[task] == "failed":
                print(self.log(run_id, task))
        return state, found

    def log(self, run_id: str, task: str, try_number: int = 1) -> str:
        return full_log(self.airflow, self.dag, run_id, task, try_number)

    def task(self, run_id: str, name: str) -> Mapping[str, Any]:
        """The task instance as the API tells it: state, try_number, pid, times."""
        return next(one for one in self.airflow.client.task_instances(self.dag, run_id) if one["task_id"] == name)

    def _question(self, run_id: str) -> str:
        return f"/api/v2/dags/{self.dag}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails"


def refusal(login: Login, schema: str) -> int:
    """0 if the application may write to ``marks`` of the schema, else MySQL's number."""
    try:
        with login.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {schema}.marks WHERE FALSE")
    except pymysql.err.MySQLError as error:
        return int(error.args[0])
    return 0


def wait_until(done: Callable[[], bool], seconds: float = RUN_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Records:
    """What the control schema says, asked as root on the target."""

    root: Login
    schema: str

    def state(self, run_id: str) -> str | None:
        """How far the cutover is; None before it has begun."""
        rows = self._rows("cutovers", "state", f"run_id = '{run_id}'")
        return str(rows[0][0]) if rows else None

    def run_state(self, run_id: str) -> str:
        return str(self._rows("runs", "state", f"run_id = '{run_id}'")[0][0])

    def writes_down(self, run_id: str) -> float:
        """Seconds between the block and the first write that was taken again."""
        seconds = "TIMESTAMPDIFF(MICROSECOND, blocked_at, opened_at) / 1e6"
        return float(self._rows("cutovers", seconds, f"run_id = '{run_id}'")[0][0])

    def was_blocked(self, run_id: str) -> bool:
        """Whether the cutover has ever begun to block writes."""
        return bool(self._rows("cutovers", "blocked_at IS NOT NULL", f"run_id = '{run_id}'")[0][0])

    def taken_again_at(self, run_id: str) -> float:
        """When writes were let in again, seconds since the epoch."""
        at = "UNIX_TIMESTAMP(NOW(6)) - TIMESTAMPDIFF(MICROSECOND, opened_at, UTC_TIMESTAMP(6)) / 1e6"
        return float(self._rows("cutovers", at, f"run_id = '{run_id}'")[0][0])

    def failed_at(self, run_id: str, phase: str) -> float:
        """When a phase failed, seconds since the epoch."""
        at = "UNIX_TIMESTAMP(NOW(6)) - TIMESTAMPDIFF(MICROSECOND, finished_at, UTC_TIMESTAMP(6)) / 1e6"
        failed = f"run_id = '{run_id}' AND phase = '{phase}' AND state = 'failed'"
        return float(self._rows("phases", at, failed)[0][0])

    def lag_seconds(self, run_id: str) -> float:
        """How far behind the target was when the cutover began."""
        lag = "summary->>'$.lag_seconds'"
        return float(self._rows("phases", lag, f"run_id = '{run_id}' AND phase = 'readiness'")[0][0])

    def side(self) -> str:
        """Which side the applications write to, by the last cutover that was decided."""
        decided = "state IN ('handed-over', 'open') ORDER BY started_at DESC LIMIT 1"
        found = self._rows("cutovers", "direction", decided)
        return "target" if found and found[0][0] == "forward" else "source"

    def _rows(self, table: str, column: str, where: str) -> list[tuple[Any, ...]]:
        return sql(self.root, f"SELECT {column} FROM {self.schema}.{table} WHERE {where}")


class Gaps(threading.Thread):
    """An application that writes all the time: how long, at most, no write was taken, and when one was again."""

    def __init__(self, login: Login, schema: str) -> None:
        super().__init__(daemon=True)
        self.longest = 0.0
        self.last_refused: float | None = None
        self.taken_again: float | None = None  # seconds since the epoch, after the last refusal
        self.taken = 0
        self._login, self._schema = login, schema
        self._enough = threading.Event()

    def run(self) -> None:
        last = time.monotonic()
        while not self._enough.wait(0.02):
            if refusal(self._login, self._schema):
                self.last_refused, self.taken_again = time.time(), None
            else:
                self.taken += 1
                self.longest = max(self.longest, time.monotonic() - last)
                self.taken_again = self.taken_again or time.time()
                last = time.monotonic()

    def __enter__(self) -> Gaps:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self.join(600)
