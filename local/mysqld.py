"""One MySQL server in one folder: made once, started, stopped, killed and restarted by recorded PID.

The folder holds data, option file, error log, PID file, the login of root (mode 600) and a small record, so
that another process can take the server up again with `Server.create` on the same folder. The server
listens on 127.0.0.1 and a socket, and outlives the process that started it. Data directories are copied
from a template that is initialised once per MySQL and kept in the cache.
"""

import contextlib
import hashlib
import json
import logging
import os
import random
import secrets
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import pymysql

from local import LocalError
from local.datadir import copy_template
from local.distribution import Distribution, find_distribution
from local.process import end, launch, runs

__all__ = ["Distribution", "Server", "find_distribution"]

log = logging.getLogger(__name__)

# Below the range from which Linux gives ports to outgoing connections, so that a stopped server finds its
# port free when it comes back.
PORTS = range(20_000, 32_000)
# A Unix socket's path holds at most 107 bytes; leave room for mysqld's own ".lock".
SOCKET_PATH_LIMIT = 100
START_SECONDS = 90

DEFAULT_OPTIONS: Mapping[str, str] = {
    "bind_address": "127.0.0.1",
    "skip_name_resolve": "ON",
    "loose_mysqlx": "OFF",
    "secure_file_priv": "",
    "local_infile": "ON",
    "log_bin": "binlog",
    "gtid_mode": "ON",
    "enforce_gtid_consistency": "ON",
    "loose_log_bin_trust_function_creators": "ON",
    "innodb_flush_log_at_trx_commit": "1",
    "innodb_buffer_pool_size": "256M",
    "loose_innodb_redo_log_capacity": "512M",
    "max_connections": "150",
    "table_open_cache": "800",
    "performance_schema_digests_size": "2000",
}


class Server:
    """A mysqld in a folder of its own. `options` may be changed between a stop and a start."""

    def __init__(self, dist: Distribution, folder: Path, name: str, port: int, root_password: str) -> None:
        self.dist = dist
        self.folder = folder
        self.name = name
        self.port = port
        self.root_password = root_password
        self.options: dict[str, str] = {}
        self._port_chosen = False

    @classmethod
    def create(
        cls,
        dist: Distribution,
        folder: Path,
        name: str,
        options: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> "Server":
        """Return the server of `folder`, making its data directory if there is none; does not start it.

        A folder made earlier keeps its data, port and root password. `port` None takes a free one.
        `options` are mysqld's, by name, over `DEFAULT_OPTIONS`.

        Raises:
            LocalError: the data directory cannot be made.
        """
        folder = folder.resolve()
        record = folder / "server.json"
        if record.exists():
            known = json.loads(record.read_text())
            server = cls(dist, folder, name, port or known["port"], known["root_password"])
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(folder / "data", ignore_errors=True)
            copy_template(dist, folder / "data")
            server = cls(dist, folder, name, port or _free_port(), secrets.token_urlsafe(18))
            server._port_chosen = port is None
            server._write_first_start()
        server.options = dict(options or {})
        server._record()
        return server

    @property
    def socket(self) -> Path:
        """The Unix socket; in a short folder of its own where this one's path is too long for a socket."""
        beside = self.folder / "mysqld.sock"
        if len(os.fsencode(beside)) <= SOCKET_PATH_LIMIT:
            return beside
        short = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"mysql-to-aurora-{short}" / "mysqld.sock"

    @property
    def defaults_file(self) -> Path:
        """Option file (mode 600) with root's login over the socket, for `Distribution.client`."""
        return self.folder / "root.cnf"

    @property
    def _option_argument(self) -> str:
        """The argument that tells this folder's mysqld from every other process."""
        return f"--defaults-file={self.folder / 'my.cnf'}"

    @property
    def _first_start(self) -> Path:
        return self.folder / "first-start.sql"

    @property
    def error_log(self) -> Path:
        return self.folder / "error.log"

    @property
    def pid(self) -> int | None:
        """PID of the running mysqld of this folder, None where none runs."""
        try:
            pid = int((self.folder / "mysqld.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if runs(pid, self._option_argument) else None

    def is_running(self) -> bool:
        """Whether this folder's mysqld process is alive."""
        return self.pid is not None

    def start(self) -> None:
        """Start mysqld and return once root can log in; nothing to do where it already runs.

        Raises:
            LocalError: mysqld ended or did not answer in time; the text holds the end of its error log.
        """
        if self.is_running():
            self._await_ready(self.pid or 0)
            return
        for attempt in range(5):
            try:
                self._launch()
                return
            except _PortTakenError:
                if not self._port_chosen or attempt == 4:
                    raise
                self.port = _free_port()
                self._record()

    def stop(self) -> None:
        """Shut mysqld down in order and return once it has ended; kill it if that takes over a minute."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End mysqld at once by SIGKILL, as a power failure would: InnoDB recovers at the next start."""
        self._signal(signal.SIGKILL)

    def restart(self) -> None:
        """Stop, then start with the present `options`."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Kill the server and remove its folder with all data."""
        self.kill()
        if self.socket.parent != self.folder:
            shutil.rmtree(self.socket.parent, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _record(self) -> None:
        known = {"name": self.name, "port": self.port, "root_password": self.root_password}
        _write_private(self.folder / "server.json", json.dumps(known, indent=1))
        login = f'[client]\nuser=root\npassword="{self.root_password}"\nsocket="{self.socket}"\n'
        _write_private(self.defaults_file, login)

    def _launch(self) -> None:
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)
        # left by a killed server; mysqld would believe it if the PID in it lives again as something else
        Path(f"{self.socket}.lock").unlink(missing_ok=True)
        self._write_options()
        arguments = [self._option_argument]
        if self._first_start.exists():
            arguments.append(f"--init-file={self._first_start}")
        command = [*self.dist.launcher, str(self.dist.mysqld), *arguments]
        start_of_log = self.error_log.stat().st_size if self.error_log.exists() else 0
        pid = launch(command, self.error_log)
        (self.folder / "mysqld.pid").write_text(f"{pid}\n")
        self._await_ready(pid, start_of_log)
        self._first_start.unlink(missing_ok=True)
        log.info(
            "server started name=%s version=%s port=%d pid=%d", self.name, self.dist.version, self.port, pid
        )

    def _write_first_start(self) -> None:
        """The template has a root without a password: close that before the server takes a connection."""
        password = self.root_password
        _write_private(
            self._first_start,
            "SET sql_log_bin = 0;\n"
            f"ALTER USER root@localhost IDENTIFIED BY '{password}';\n"
            f"CREATE USER IF NOT EXISTS root@'127.0.0.1' IDENTIFIED BY '{password}';\n"
            "GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n"
            "GRANT PROXY ON ''@'' TO root@'127.0.0.1' WITH GRANT OPTION;\n",
        )

    def _write_options(self) -> None:
        own = {
            "datadir": str(self.folder / "data"),
            "socket": str(self.socket),
            # mysqld writes its PID too late for us: between its launch and that moment nobody could stop it.
            "pid_file": str(self.folder / "data" / "server.pid"),
            "port": str(self.port),
            "server_id": str(self.port),
        }
        as_root = {"user": "root"} if os.geteuid() == 0 else {}
        chosen = {**dict(self.dist.options), **DEFAULT_OPTIONS, **own, **as_root, **self.options}
        lines = "".join(f"{name}={value}\n" for name, value in chosen.items())
        (self.folder / "my.cnf").write_text(f"[mysqld]\n{lines}")

    def _await_ready(self, pid: int, start_of_log: int = 0) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not runs(pid, self._option_argument):
                raise self._failure("ended", start_of_log)
            with contextlib.suppress(pymysql.err.OperationalError):
                pymysql.connect(
                    unix_socket=str(self.socket), user="root", password=self.root_password
                ).close()
                return
            time.sleep(0.1)
        self.kill()
        raise self._failure(f"did not answer within {START_SECONDS} s", start_of_log)

    def _failure(self, what: str, start_of_log: int) -> LocalError:
        with self.error_log.open("rb") as handle:
            handle.seek(start_of_log)
            lines = handle.read().decode(errors="replace").splitlines()
        words = "\n".join([line for line in lines if "[ERROR]" in line][-8:] or lines[-8:])
        kind = _PortTakenError if "Address already in use" in words else LocalError
        return kind(
            f"the {self.name} MySQL server {what} on port {self.port}; see {self.error_log}:\n{words}"
        )

    def _signal(self, number: signal.Signals) -> None:
        pid = self.pid
        if pid is not None:
            end(pid, self._option_argument, number)
        (self.folder / "mysqld.pid").unlink(missing_ok=True)


class _PortTakenError(LocalError):
    """Another process took the port between our look and mysqld's."""


def _free_port() -> int:
    chooser = random.SystemRandom()
    for port in chooser.sample(PORTS, 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise LocalError(f"no free port between {PORTS.start} and {PORTS.stop} on 127.0.0.1")


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
