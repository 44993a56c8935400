"""A private Redis in one folder: Debian's package, unpacked and not installed, with its own password and port.

It holds Celery's queue for the trial of CeleryExecutor (`local.celery_cluster`). Nothing is written to disk but
its configuration; what it held is gone when it stops.
"""

from __future__ import annotations

import secrets
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from local import LocalError, debian, process
from local.airflow_config import HOST, free_ports
from local.distribution import cache_folder
from local.mysqld import write_private

REDIS = debian.Download(
    what="Redis",
    folder="debian-redis",
    packages=("redis-server",),
    megabytes=12,
    otherwise="It is needed for the trial of CeleryExecutor only.",
)
_START_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Redis:
    """A running server; ``url`` holds the password."""

    pid: int
    port: int
    password: str
    config: Path

    @property
    def url(self) -> str:
        """Address without the number of a database."""
        return f"redis://:{self.password}@{HOST}:{self.port}"

    def stop(self) -> None:
        """End it; what it held is lost."""
        process.end(self.pid, str(self.config), signal.SIGTERM)


def start(folder: Path) -> Redis:
    """Start a Redis in ``folder`` and return once it answers.

    Raises:
        LocalError: there is none to be had, or it does not start.
    """
    root = debian.unpacked(cache_folder(), REDIS)
    folder.mkdir(parents=True, exist_ok=True)
    port, password = free_ports().api, secrets.token_urlsafe(18)
    config = folder.resolve() / "redis.conf"
    write_private(
        config,
        f"bind {HOST}\nport {port}\nrequirepass {password}\ndir {folder.resolve()}\n"
        # a command line that is rewritten would not be recognised as ours
        'save ""\nappendonly no\nset-proc-title no\n',
    )
    command = [*debian.launcher(root), str(root / "usr/bin/redis-server"), str(config)]
    made = Redis(process.launch(command, folder / "redis.log"), port, password, config)
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(port, password):
        if time.monotonic() > deadline:
            made.stop()
            raise LocalError(f"Redis does not answer; see {folder / 'redis.log'}")
        time.sleep(0.1)
    return made


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while not answer.endswith(b"PONG\r\n") and (part := connection.recv(200)):
                answer += part
            return answer.endswith(b"PONG\r\n")
    except OSError:
        return False
