"""This project as people run it: the whole DAG under a real Airflow, from the trigger to the proving report.

The Airflow stands still (SIGSTOP) while others are measured, so that its idling costs them nothing; it is awake
and healthy before its own time is taken.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from bench.contestants import Outcome
from bench.dag_times import Span, epoch, execute_span, parts
from bench.load_tables import Data
from bench.processes import FailedError
from bench.session_watch import SessionWatch
from bench.stage import Stage
from bench.tables import DATABASE
from local import sessions
from local.airflow_client import ConnectionParams
from local.airflow_instance import ROOT, AirflowInstance, read_record
from local.servers import Pair

MIGRATION: Final = "bench"
DAG: Final = f"{MIGRATION}.migrate"
_TIMEOUT: Final = 3600.0  # seconds of a run
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
    """An Airflow with one migration; `run` is a contestant's.

    ``idle_sleep``: seconds between the looks of a scheduler that has nothing to do. ``parse_interval``: seconds
    until the DAG processor reads the same file again.
    """

    def __init__(self, folder: Path, pair: Pair, idle_sleep: float, parse_interval: int) -> None:
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
            folder / "airflow",
            ROOT / "dags",
            ROOT / "plugins",
            connections,
            migrations=migrations,
            overrides={
                "scheduler": {"scheduler_idle_sleep_time": str(idle_sleep)},
                "dag_processor": {"min_file_process_interval": str(parse_interval)},
            },
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
        with SessionWatch(record.leader) as watch:
            started = time.perf_counter()
            run_id = self._airflow.client.trigger(DAG)
            state = self._airflow.client.wait_for_run(DAG, run_id, _TIMEOUT)
            seconds = time.perf_counter() - started
        if state != "success":
            raise FailedError(f"the run of {DAG} ended as {state}")
        instances = self._airflow.client.task_instances(DAG, run_id)
        usages = watch.usages({one["id"]: one["task_id"] for one in instances})
        return Outcome(usages, {"seconds": seconds, **self._times(instances, run_id, seconds)})

    def wake(self) -> None:
        """Let it go on, and return once all components are healthy again."""
        self._signal(signal.SIGCONT)
        deadline = time.monotonic() + _AWAKE_SECONDS
        while self._airflow.client.unhealthy() and time.monotonic() < deadline:
            time.sleep(0.2)

    def sleep(self) -> None:
        """Let it stand still."""
        self._signal(signal.SIGSTOP)

    def _times(self, instances: list[dict[str, Any]], run_id: str, wall: float) -> dict[str, Any]:
        """Where the run's seconds went, and from the first start to the last end of each task."""
        spans: dict[str, list[Span]] = {}
        executes: list[Span] = []
        silent = repeated = 0
        for one in instances:
            if not one["start_date"] or not one["end_date"]:  # a task that was skipped
                continue
            spans.setdefault(str(one["task_id"]), []).append((epoch(one["start_date"]), epoch(one["end_date"])))
            found = execute_span(self._log(run_id, one))
            if found:
                executes.append(found)
            silent += found is None
            repeated += int(one["try_number"]) - 1
        lengths = {
            name: max(end for _, end in some) - min(begin for begin, _ in some) for name, some in spans.items()
        }
        tasks = [span for some in spans.values() for span in some]
        return {
            "tasks": len(tasks),
            "silent": silent,  # tasks whose log does not say when they were in our code: all Airflow's
            "repeated": repeated,
            **asdict(parts(wall, tasks, executes)),
            "spans": lengths,
        }

    def _log(self, run_id: str, one: dict[str, Any]) -> list[Any]:
        where = f"/api/v2/dags/{quote(DAG)}/dagRuns/{quote(run_id, safe='')}/taskInstances/{one['task_id']}"
        known = {"map_index": one["map_index"], "full_content": "true"}
        return list(self._airflow.client.get(f"{where}/logs/{one['try_number']}", known)["content"])

    def _signal(self, number: signal.Signals) -> None:
        record = read_record(self._airflow.home)
        for pid in sessions.members(record.leader) if record else ():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
