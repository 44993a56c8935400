"""A real Airflow API server alone, with users, connections and migration files of a test's choice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from local import process, sessions
from local.airflow_config import HOST, free_ports, keep_secrets, settings, write_config
from local.airflow_instance import ROOT
from local.login import Login
from local.mysqld import write_private

USERS = {"admin": "admin", "viewer": "viewer", "outsider": "viewer", "stranger": "viewer"}
START_SECONDS = 1200  # a quarter of a minute on a quiet machine
ANSWER_SECONDS = 240


class ApiServer:
    """Serves under a path, as behind a proxy; stopped as the session that it is."""

    def __init__(
        self, home: Path, migrations: Path, connections: Mapping[str, str], path: str = "/air/flow"
    ) -> None:
        self.home = home
        self.ports = free_ports()
        self.url = f"http://{HOST}:{self.ports.api}{path}"
        self.log = home / "api-server.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")},
            **{f"AIRFLOW_CONN_{name.upper()}": value for name, value in connections.items()},
            "AIRFLOW_HOME": str(home),
            "AURORA_MIGRATIONS_FOLDER": str(migrations),
            "PYTHONPATH": f"{ROOT / 'plugins'}{os.pathsep}{ROOT}",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "NO_COLOR": "1",
        }
        self._leader: sessions.Leader | None = None

    def start(self) -> None:
        """Return once it answers."""
        known = keep_secrets(self.home)
        chosen = settings(self.home, self.home / "dags", ROOT / "plugins", self.ports, known)
        chosen["api"]["base_url"] = self.url
        chosen["core"]["auth_manager"] = "tests.plugin.per_dag_auth.PerDagAuthManager"
        chosen["core"]["simple_auth_manager_users"] = ",".join(f"{name}:{role}" for name, role in USERS.items())
        write_config(self.home, chosen, known)
        write_private(self.home / "passwords.json", json.dumps(dict.fromkeys(USERS, known.password)))
        self._airflow("db", "migrate")
        command = [sys.executable, "-m", "airflow", "api-server"]
        self._leader = sessions.leader_of(process.launch(command, self.log, self._environment))
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, self.log_tail()
            assert sessions.is_alive(self._leader), self.log_tail()
            time.sleep(0.3)

    def stop(self) -> None:
        """End it, its workers included."""
        if self._leader is not None:
            sessions.end(self._leader)

    def pids(self) -> list[int]:
        """Its processes."""
        return sessions.members(self._leader) if self._leader else []

    def token(self, user: str) -> str:
        """What a user shows instead of a password."""
        login = {"username": user, "password": keep_secrets(self.home).password}
        answer = httpx.post(f"{self.url}/auth/token", json=login, trust_env=False, timeout=ANSWER_SECONDS)
        return str(answer.raise_for_status().json()["access_token"])

    def client(self, user: str | None) -> httpx.Client:
        """Requests to the page's application as somebody, or (None) as nobody."""
        headers = {"Authorization": f"Bearer {self.token(user)}"} if user else {}
        return httpx.Client(
            base_url=f"{self.url}/aurora-migration/",
            headers=headers,
            trust_env=False,
            timeout=ANSWER_SECONDS,
            follow_redirects=False,
        )

    def log_tail(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def _airflow(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "airflow", *arguments]
        subprocess.run(command, env=self._environment, check=True, capture_output=True)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/version", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False


def connection(login: Login) -> str:
    """A connection as Airflow reads it from the environment."""
    return json.dumps(
        {
            "conn_type": "mysql",
            "host": login.host,
            "port": login.port,
            "login": login.user,
            "password": login.password,
            "extra": {"ssl_mode": "REQUIRED"},
        }
    )
