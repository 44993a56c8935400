"""A private Airflow in one folder: all four components, SQLite, LocalExecutor, ports and secrets of its own.

Started in a session of its own, it outlives the process that started it, and any other process can take it up
or stop it by the folder alone. An instance counts as running only while its own process lives, whatever
answers on its port. It is for demos and tests; it refuses nothing and protects little.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local import LocalError, process, sessions
from local.airflow_client import AirflowClient, ConnectionParams
from local.airflow_config import HOST, USER, free_ports, keep_secrets, settings, write_config
from local.mysqld import write_private

START_SECONDS = 1800  # half a minute on a quiet machine, many on a busy one
COMING_UP_SECONDS = 120
ROOT = Path(__file__).parent.parent
MIGRATIONS = ROOT / "include" / "migrations"
WATCHED = ("*.py", "*.sql", "*.html", "*.js")


@dataclass(frozen=True, slots=True)
class Record:
    """One start: whose session, which API port, with which settings, and how new its code was (epoch
    seconds).
    """

    leader: sessions.Leader
    port: int
    fingerprint: str
    code: float
    at: float


class AirflowInstance:
    """An Airflow of `folder`; nothing runs before `start`."""

    def __init__(
        self,
        folder: Path,
        dags: Path,
        plugins: Path,
        connections: Mapping[str, ConnectionParams] | None = None,
        *,
        migrations: Path = MIGRATIONS,
        preferred_port: int | None = None,
        overrides: Mapping[str, Mapping[str, str]] | None = None,
        environment: Mapping[str, str] | None = None,
        program: tuple[str, ...] = ("airflow", "standalone"),
    ) -> None:
        """`overrides` are settings by section, `environment` variables of all components, `program` the module
        that starts them.
        """
        self.home = folder.resolve()
        self.dags = dags.resolve()
        self.plugins = plugins.resolve()
        self.connections = dict(connections or {})
        self.migrations = migrations.resolve()
        self.preferred_port = preferred_port
        self.overrides = overrides or {}
        self.environment = dict(environment or {})
        self.program = program
        self._client: AirflowClient | None = None

    @property
    def log_file(self) -> Path:
        """What the four components print."""
        return self.home / "airflow.log"

    @property
    def url(self) -> str:
        """Where the UI and the API are.

        Raises:
            LocalError: it was never started.
        """
        record = read_record(self.home)
        if record is None:
            raise LocalError(f"no Airflow was started in {self.home}")
        return f"http://{HOST}:{record.port}"

    @property
    def user(self) -> str:
        """The login's name."""
        return USER

    @property
    def password(self) -> str:
        """The login's password."""
        return keep_secrets(self.home).password

    @property
    def client(self) -> AirflowClient:
        """A REST client, logged in as the administrator."""
        if self._client is not None and self._client.url != self.url:
            self._client.close()
            self._client = None
        if self._client is None:
            self._client = AirflowClient(self.url, self.user, self.password)
        return self._client

    def is_running(self) -> bool:
        """Whether this folder's Airflow process lives."""
        record = read_record(self.home)
        return record is not None and sessions.is_alive(record.leader)

    def is_current(self) -> bool:
        """Whether what runs has these settings and today's code, and is healthy or still coming up."""
        record = read_record(self.home)
        if record is None or not self.is_running():
            return False
        same = record.fingerprint == self._fingerprint() and record.code >= self._newest_code()
        return same and (time.time() - record.at < COMING_UP_SECONDS or not self.client.unhealthy())

    def start(self) -> None:
        """Return once every component is healthy and the connections exist; what runs and is current is kept.

        Raises:
            LocalError: it did not become healthy; the text holds the end of its log.
        """
        self.begin()
        self.finish()

    def begin(self) -> None:
        """Start the processes, if need be, and return at once; `finish` must follow."""
        if not self.is_current():
            self.stop()
            self._launch()

    def finish(self) -> None:
        """Return once what `begin` started is healthy and the connections exist.

        Raises:
            LocalError: it did not become healthy; the text holds the end of its log.
        """
        self._await_healthy()
        self.client.warm_up()
        for connection_id, params in self.connections.items():
            self.client.put_connection(connection_id, params)

    def stop(self) -> None:
        """End every process of this folder's Airflow, also one that another shell left behind."""
        if self._client:
            self._client.close()
            self._client = None
        stop_folder(self.home)

    def remove(self) -> None:
        """Stop it and remove the folder."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def log_tail(self, lines: int = 40) -> str:
        """The end of what the components printed."""
        with suppress(FileNotFoundError):
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def _launch(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        known = keep_secrets(self.home)
        old = read_record(self.home)
        ports = free_ports(old.port if old else self.preferred_port)
        chosen = settings(self.home, self.dags, self.plugins, ports, known)
        for section, values in self.overrides.items():
            chosen.setdefault(section, {}).update(values)
        write_config(self.home, chosen, known)
        self.log_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", *self.program]
        pid = process.launch(command, self.log_file, self.variables())
        started = Record(sessions.leader_of(pid), ports.api, self._fingerprint(), self._newest_code(), time.time())
        write_record(self.home, started)

    def variables(self) -> dict[str, str]:
        """Environment of every component: ours without any Airflow setting; they are found beside this
        interpreter.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
        return {
            **kept,
            "PATH": path,
            "PYTHONPATH": f"{self.plugins}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "NO_COLOR": "1",
            "AIRFLOW_HOME": str(self.home),
            "AURORA_MIGRATIONS_FOLDER": str(self.migrations),
            **self.environment,
        }

    def _await_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while missing := self.client.unhealthy():
            if not self.is_running():
                raise LocalError(f"Airflow ended at once; see {self.log_file}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                tail = self.log_tail()
                self.stop()
                raise LocalError(
                    f"not healthy after {START_SECONDS} s: {', '.join(missing)}; see {self.log_file}:\n{tail}"
                )
            time.sleep(0.5)

    def _fingerprint(self) -> str:
        """Folders, overrides and environment: what cannot change while it runs."""
        parts = [self.dags, self.plugins, self.migrations, sys.executable, self.overrides, self.environment]
        parts += [self.program] if self.program[0] != "airflow" else []
        return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()

    def _newest_code(self) -> float:
        """When the code that the components hold in memory was last changed (epoch seconds)."""
        places = (self.dags, self.plugins, self.plugins.parent / "include" / "sql")
        times = [path.stat().st_mtime for place in places for kind in WATCHED for path in place.rglob(kind)]
        return max(times, default=0.0)


def read_record(home: Path) -> Record | None:
    """What the last start wrote down, None where there was none."""
    try:
        known = json.loads((home / "instance.json").read_text())
    except FileNotFoundError:
        return None
    leader = sessions.Leader(known["pid"], known["start"])
    # An older version of this project may have started it, with fewer facts: it can still be stopped.
    return Record(
        leader, known["port"], known.get("fingerprint", ""), known.get("code", 0.0), known.get("at", 0.0)
    )


def write_record(home: Path, record: Record) -> None:
    """Let other processes find the instance."""
    known = {
        "pid": record.leader.pid,
        "start": record.leader.start,
        "port": record.port,
        "fingerprint": record.fingerprint,
        "code": record.code,
        "at": record.at,
    }
    write_private(home / "instance.json", json.dumps(known))


def stop_folder(home: Path) -> None:
    """End every process of the Airflow of a folder; none is no error."""
    record = read_record(home)
    if record is not None:
        sessions.end(record.leader)
