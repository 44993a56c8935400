"""This project as people run it: the whole DAG under a real Airflow, from the trigger to the proving report.

The Airflow stands still (SIGSTOP) while others are measured, so that its idling costs them nothing; it is awake
and healthy before its own time is taken.
"""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bench.contestants import Outcome
from bench.load_tables import Data
from bench.processes import FailedError, SessionWatch
from bench.stage import Stage
from bench.tables import DATABASE
from local import sessions
from local.airflow_client import ConnectionParams
from local.airflow_instance import ROOT, AirflowInstance, read_record
from local.servers import Pair

MIGRATION: Final = "bench"
DAG: Final = f"{MIGRATION}.migrate"
_TIMEOUT: Final = 1800.0  # seconds of a run
_AWAKE_SECONDS: Final = 120.0
_FILE: Final = f"""name: {MIGRATION}
source: {{connection: source_mysql}}
target: {{connection: target_aurora}}
type: full-load
selection: [{{include: "{DATABASE}.*"}}]
accounts: {{mode: skip}}
load: {{parallel_units: 2}}
"""


class WholeRun:
    """An Airflow with one migration; `run` is a contestant's."""

    def __init__(self, folder: Path, pair: Pair) -> None:
        self.failed = ""  # why it did not start
        migrations = folder / "migrations"
        migrations.mkdir(parents=True, exist_ok=True)
        (migrations / f"{MIGRATION}.yaml").write_text(_FILE, encoding="utf-8")
        logins = {"source_mysql": pair.source_login, "target_aurora": pair.target_login}
        connections = {
            name: ConnectionParams(end.host, end.port, end.user, end.password, extra='{"ssl_mode": "REQUIRED"}')
            for name, end in logins.items()
        }
        self._airflow = AirflowInstance(
            folder / "airflow", ROOT / "dags", ROOT / "plugins", connections, migrations=migrations
        )

    def start(self) -> None:
        """Bring it up, let it read the migration, and put it to sleep."""
        self._airflow.start()
        self._airflow.client.wait_for_dag(DAG)
        self._airflow.client.unpause(DAG)
        self._signal(signal.SIGSTOP)

    def stop(self) -> None:
        """End it and remove its folder."""
        self._signal(signal.SIGCONT)
        self._airflow.remove()

    def run(self, stage: Stage, data: Data) -> Outcome:
        """A whole run of `bench.migrate` under Airflow (LocalExecutor, SQLite): with preflight, objects,
        verification of every row, and report. Two load units at a time; no accounts."""
        record = read_record(self._airflow.home)
        if record is None:
            raise FailedError("Airflow is not there")
        with SessionWatch("Airflow and its tasks", record.leader) as watch:
            started = time.perf_counter()
            run_id = self._airflow.client.trigger(DAG)
            state = self._airflow.client.wait_for_run(DAG, run_id, _TIMEOUT)
            seconds = time.perf_counter() - started
        usage = watch.usage()
        if state != "success":
            raise FailedError(f"the run of {DAG} ended as {state}")
        return Outcome([usage], {"seconds": seconds, **self._phases(run_id)})

    def wake(self) -> None:
        """Let it go on, and return once all components are healthy again."""
        self._signal(signal.SIGCONT)
        deadline = time.monotonic() + _AWAKE_SECONDS
        while self._airflow.client.unhealthy() and time.monotonic() < deadline:
            time.sleep(0.2)

    def sleep(self) -> None:
        """Let it stand still."""
        self._signal(signal.SIGSTOP)

    def _phases(self, run_id: str) -> dict[str, Any]:
        """Seconds of work in tasks, and from the first task's start to the last one's end, of each task."""
        spans: dict[str, list[tuple[float, float]]] = {}
        for one in self._airflow.client.task_instances(DAG, run_id):
            with suppress(TypeError):  # a task that was skipped has no start
                span = (_epoch(one["start_date"]), _epoch(one["end_date"]))
                spans.setdefault(str(one["task_id"]), []).append(span)
        lengths = {
            name: max(end for _, end in some) - min(begin for begin, _ in some) for name, some in spans.items()
        }
        busy = _covered([span for some in spans.values() for span in some])
        return {"tasks": sum(map(len, spans.values())), "busy": busy, "spans": json.loads(json.dumps(lengths))}

    def _signal(self, number: signal.Signals) -> None:
        record = read_record(self._airflow.home)
        for pid in sessions.members(record.leader) if record else ():
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _covered(spans: list[tuple[float, float]]) -> float:
    """Seconds in which at least one of the spans was open."""
    total, reached = 0.0, 0.0
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total
