"""Airflow with CeleryExecutor: the four components, a Redis, and workers as processes that can be killed.

The packages that Celery needs are unpacked into the cache and put on the components' PYTHONPATH, so the project's
environment stays as it is. Every part lies in one folder and is ended by `CeleryCluster.remove`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local import LocalError, process, redis, sessions
from local.airflow_client import ConnectionParams
from local.airflow_instance import ROOT, AirflowInstance
from local.debian import exclusive
from local.distribution import cache_folder

REQUIREMENTS = ROOT / "requirements-celery.txt"
_WORKER_SECONDS = 1200
_READY = "ready."  # what Celery prints last


@dataclass(frozen=True, slots=True)
class Worker:
    """One `airflow celery worker` and everything it has started."""

    name: str
    leader: sessions.Leader

    def kill(self) -> None:
        """SIGKILL the worker and its tasks at once, as when a machine is gone."""
        for pid in sessions.members(self.leader):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


class CeleryCluster:
    """A cluster of ``folder``; nothing runs before `start`."""

    def __init__(
        self,
        folder: Path,
        connections: Mapping[str, ConnectionParams],
        migrations: Path,
        overrides: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.folder = folder
        self.workers: list[Worker] = []
        self._connections = connections
        self._migrations = migrations
        self._overrides = overrides or {}
        self._redis: redis.Redis | None = None
        self.airflow: AirflowInstance

    def start(self) -> None:
        """Return once the components are healthy; workers are added by `add_worker`.

        Raises:
            LocalError: a part is not to be had, or does not start.
        """
        self._redis = redis.start(self.folder / "redis")
        chosen = {
            "core": {"executor": "CeleryExecutor"},
            "celery": {
                "broker_url": f"{self._redis.url}/0",
                "result_backend": f"{self._redis.url}/1",
                "worker_prefetch_multiplier": "1",
                "task_acks_late": "True",
            },
        }
        for section, values in self._overrides.items():
            chosen.setdefault(section, {}).update(values)
        places = (str(packages()), str(ROOT / "plugins"), str(ROOT))
        self.airflow = AirflowInstance(
            self.folder / "airflow",
            ROOT / "dags",
            ROOT / "plugins",
            self._connections,
            migrations=self._migrations,
            overrides=chosen,
            environment={"PYTHONPATH": os.pathsep.join(places)},
            program=("local.airflow_components",),
        )
        self.airflow.start()

    def add_worker(self, name: str, at_once: int) -> Worker:
        """Start a worker that runs ``at_once`` tasks at a time; returns when it takes tasks.

        Raises:
            LocalError: it does not start.
        """
        log = self.folder / f"{name}.log"
        command = [sys.executable, "-m", "airflow", "celery", "worker", "--skip-serve-logs"]
        command += ["--concurrency", str(at_once), "--celery-hostname", f"{name}@%h"]
        pid = process.launch(command, log, self.airflow.variables())
        worker = Worker(name, sessions.leader_of(pid))
        self.workers.append(worker)
        deadline = time.monotonic() + _WORKER_SECONDS
        while not (log.exists() and _READY in log.read_text(errors="replace")):
            if time.monotonic() > deadline or not sessions.is_alive(worker.leader):
                raise LocalError(f"worker {name} does not start; see {log}")
            time.sleep(0.5)
        return worker

    def remove(self) -> None:
        """End every part and remove Airflow's folder."""
        for worker in self.workers:
            sessions.end(worker.leader)
        if hasattr(self, "airflow"):
            self.airflow.remove()
        if self._redis is not None:
            self._redis.stop()


def packages() -> Path:
    """The folder of what `requirements-celery.txt` names, fetched the first time; complete or absent.

    Raises:
        LocalError: the packages are not to be had.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"celery-{wanted}"
    with exclusive(cache / "celery.lock"):
        if not folder.exists():
            scratch = cache / f"fetching-celery-{os.getpid()}"
            command = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
            ]
            command += ["--target", str(scratch), "--requirement", str(REQUIREMENTS)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise LocalError("the packages of requirements-celery.txt are not to be had from this machine")
            scratch.rename(folder)
    return folder
