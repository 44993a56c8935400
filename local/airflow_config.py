"""The configuration of a private Airflow: one `airflow.cfg` (mode 600), from which all four components read.

Secrets stand in that file and nowhere else, so neither the environment nor a command line shows them. They
are made once for each folder: the connections in the metadata database are encrypted with them. Values that
matter, with the reason, are in `settings`.
"""

from __future__ import annotations

import configparser
import contextlib
import json
import random
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

from local import LocalError
from local.mysqld import write_private

USER = "admin"
HOST = "127.0.0.1"
# Below the range from which Linux gives ports to outgoing connections.
PORTS = range(20_000, 32_000)

Settings = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Ports:
    """The three ports an instance listens on; a stale server on one of them would answer in its place."""

    api: int
    worker_log: int
    trigger_log: int


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only this instance may know."""

    fernet_key: str = field(repr=False)
    jwt_secret: str = field(repr=False)
    api_secret: str = field(repr=False)
    password: str = field(repr=False)


def free_ports(preferred_api: int | None = None) -> Ports:
    """Three free ports, the API's as preferred where that one is free.

    Raises:
        LocalError: there are none.
    """
    candidates = random.SystemRandom().sample(PORTS, 300)
    free = [port for port in [*([preferred_api] if preferred_api else []), *candidates] if is_free(port)]
    if len(free) < 3:
        raise LocalError(f"no free ports between {PORTS.start} and {PORTS.stop} on {HOST}")
    return Ports(*free[:3])


def is_free(port: int) -> bool:
    """Whether nothing listens on the port, on any address of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("0.0.0.0", port))
            return True
    return False


def keep_secrets(home: Path) -> Secrets:
    """The folder's secrets, made when it has none."""
    path = home / "secrets.json"
    if path.exists():
        return Secrets(**json.loads(path.read_text()))
    made = {
        "fernet_key": Fernet.generate_key().decode(),
        # HS512 wants 64 bytes; with fewer, PyJWT writes a warning for each request into every log
        "jwt_secret": secrets.token_hex(48),
        "api_secret": secrets.token_hex(32),
        "password": secrets.token_urlsafe(9),
    }
    write_private(path, json.dumps(made))
    return Secrets(**made)


def settings(home: Path, dags: Path, plugins: Path, ports: Ports, known: Secrets) -> dict[str, dict[str, str]]:
    """Everything that differs from Airflow's defaults."""
    url = f"http://{HOST}:{ports.api}"
    return {
        "core": {
            "executor": "LocalExecutor",
            "parallelism": "8",
            "dags_folder": str(dags),
            "plugins_folder": str(plugins),
            "load_examples": "False",
            # seconds on a quiet machine; a busy one would lose DAGs by the default of 30 s
            "dagbag_import_timeout": "600",
            "execution_api_server_url": f"{url}/execution/",
            "fernet_key": known.fernet_key,
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": str(home / "passwords.json"),
        },
        "database": {
            # seconds for which a writer waits for another one, instead of 5
            "sql_alchemy_conn": f"sqlite:///{home / 'airflow.db'}?timeout=60",
            "load_default_connections": "False",
        },
        "api": {
            "host": HOST,
            "port": str(ports.api),
            "base_url": url,
            "secret_key": known.api_secret,
            "instance_name": "MySQL to Aurora",
        },
        "api_auth": {"jwt_secret": known.jwt_secret},
        # With the default of 5 s the slow first answer of a cold server is asked for twice, and SQLite lets the
        # late one write `running` over a task that has finished.
        "workers": {"execution_api_timeout": "60"},
        # a DAG file that was not there at the start would be seen after 300 s only
        "dag_processor": {
            "refresh_interval": "10",
            "min_file_process_interval": "15",
            "dag_file_processor_timeout": "900",
        },
        "logging": {
            "base_log_folder": str(home / "logs"),
            "worker_log_server_port": str(ports.worker_log),
            "trigger_log_server_port": str(ports.trigger_log),
        },
        "usage_data_collection": {"enabled": "False"},
    }


def write_config(home: Path, chosen: Settings, known: Secrets) -> None:
    """Write `airflow.cfg` and the file with the login's password, both for this user's eyes only."""
    parser = configparser.RawConfigParser()
    # Airflow reads the file with interpolation, where a percent sign stands for itself only when doubled
    parser.read_dict(
        {
            name: {key: value.replace("%", "%%") for key, value in section.items()}
            for name, section in chosen.items()
        }
    )
    lines: list[str] = []
    for name in parser.sections():
        lines += [f"[{name}]", *[f"{key} = {value}" for key, value in parser.items(name)], ""]
    write_private(home / "airflow.cfg", "\n".join(lines))
    write_private(home / "passwords.json", json.dumps({USER: known.password}))
