"""One MySQL server in one folder: made once, started, stopped, killed and restarted by recorded PID.

The folder holds data, option file, error log, PID file, the login of root (mode 600) and a small record, so
that another process can take the server up again with `Server.create` on the same folder. The server listens
on 127.0.0.1 and a socket, and outlives the process that started it. Binlog and GTIDs are on, TLS is on with
certificates of its own, and InnoDB is as durable as on a real server.
"""

import contextlib
import json
import logging
import os
import random
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Mapping
from pathlib import Path

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from local import LocalError, process
from local.datadir import copy_template
from local.distribution import Distribution, find_distribution
from local.home import ServerHome
from local.login import Login

__all__ = ["Distribution", "Server", "find_distribution", "write_private"]

log = logging.getLogger(__name__)

# Below the range from which Linux gives ports to outgoing connections, so that a stopped server finds its
# port free when it comes back.
PORTS = range(20_000, 32_000)
START_SECONDS = 600  # seconds on a quiet machine, minutes on a slow one that recovers

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
    # Aurora MySQL 3 still takes it; 8.4 knows it but starts without, 9 has it no more
    "loose_mysql_native_password": "ON",
    "max_connections": "150",
    "table_open_cache": "800",
    "performance_schema_digests_size": "2000",
}


class Server:
    """A mysqld in a folder of its own. `options` may be changed between a stop and a start."""

    def __init__(self, dist: Distribution, home: ServerHome, name: str, port: int, root_password: str) -> None:
        self.dist = dist
        self.home = home
        self.name = name
        self.port = port
        self.root_password = root_password
        self.options: dict[str, str] = {}
        self._may_change_port = False

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
        home = ServerHome(folder.resolve())
        if home.record.exists():
            known = json.loads(home.record.read_text())
            server = cls(dist, home, name, port or known["port"], known["root_password"])
        else:
            home.folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(home.data, ignore_errors=True)
            copy_template(dist, home.data)
            server = cls(dist, home, name, port or _free_port(), secrets.token_urlsafe(18))
            server._write_first_start()
        server._may_change_port = port is None
        server.options = dict(options or {})
        server._write_record()
        return server

    @property
    def folder(self) -> Path:
        return self.home.folder

    @property
    def socket(self) -> Path:
        """The Unix socket, for root and for client programs."""
        return self.home.socket

    @property
    def defaults_file(self) -> Path:
        """Option file (mode 600) with root's login over the socket, for `Distribution.client`."""
        return self.home.root_login

    @property
    def pid(self) -> int | None:
        """PID of the running mysqld, None where none runs."""
        return self.home.pid()

    def is_running(self) -> bool:
        """Whether this folder's mysqld process is alive."""
        return self.pid is not None

    @property
    def root_login(self) -> Login:
        """root's login over TCP: every privilege."""
        return Login("127.0.0.1", self.port, "root", self.root_password)

    def connect(self) -> "Connection[Cursor]":
        """Return a connection as root over the socket, in autocommit mode; the caller closes it.

        Raises:
            pymysql.err.OperationalError: the server does not run.
        """
        return pymysql.connect(
            unix_socket=str(self.socket),
            user="root",
            password=self.root_password,
            charset="utf8mb4",
            autocommit=True,
        )

    def start(self) -> None:
        """Start mysqld and return once root can log in; nothing to do where it already runs.

        Where the port that was chosen earlier is taken by now, another one is chosen; once this object has
        started it, the server keeps its port, since others know it.

        Raises:
            LocalError: mysqld ended or did not answer in time; the text holds the end of its error log.
        """
        pid = self.pid
        if pid is not None:
            self._await_ready(pid, start_of_log=0)
            self._may_change_port = False
            return
        for attempt in range(5):
            try:
                self._launch()
                self._may_change_port = False
                return
            except _PortTakenError:
                if not self._may_change_port or attempt == 4:
                    raise
                self.port = _free_port()
                self._write_record()

    def stop(self) -> None:
        """Shut mysqld down in order and return once it has ended; kill it if that takes over a minute."""
        self.home.end(signal.SIGTERM)

    def kill(self) -> None:
        """End mysqld at once by SIGKILL, as a power failure would: InnoDB recovers at the next start."""
        self.home.end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop, then start with the present `options`."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Kill the server and remove its folder with all data."""
        self.home.remove()

    def _write_record(self) -> None:
        known = {"name": self.name, "port": self.port, "root_password": self.root_password}
        write_private(self.home.record, json.dumps(known, indent=1))
        login = f'[client]\nuser=root\npassword="{self.root_password}"\nsocket="{self.socket}"\n'
        write_private(self.home.root_login, login)

    def _write_first_start(self) -> None:
        """The template has a root without a password: close that before the server takes a connection."""
        password = self.root_password
        write_private(
            self.home.first_start,
            "SET sql_log_bin = 0;\n"
            f"ALTER USER root@localhost IDENTIFIED BY '{password}';\n"
            f"CREATE USER IF NOT EXISTS root@'127.0.0.1' IDENTIFIED BY '{password}';\n"
            "GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n"
            "GRANT PROXY ON ''@'' TO root@'127.0.0.1' WITH GRANT OPTION;\n",
        )

    def _write_options(self) -> None:
        own = {
            "datadir": str(self.home.data),
            "socket": str(self.socket),
            # mysqld writes its PID too late for us: until it has, nobody could stop it.
            "pid_file": str(self.home.data / "server.pid"),
            "port": str(self.port),
            "server_id": str(self.port),
        }
        if not _native_aio_is_free():
            own["innodb_use_native_aio"] = "OFF"
        as_root = {"user": "root"} if os.geteuid() == 0 else {}
        chosen = {**dict(self.dist.options), **DEFAULT_OPTIONS, **own, **as_root, **self.options}
        lines = "".join(f"{name}={value}\n" for name, value in chosen.items())
        self.home.option_file.write_text(f"[mysqld]\n{lines}")

    def _launch(self) -> None:
        home = self.home
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)
        # Left by a killed server; mysqld would believe it if the PID in it lives again as something else.
        Path(f"{self.socket}.lock").unlink(missing_ok=True)
        self._write_options()
        command = [*self.dist.launcher, str(self.dist.mysqld), home.option_argument]
        if home.first_start.exists():
            command.append(f"--init-file={home.first_start}")
        start_of_log = home.error_log.stat().st_size if home.error_log.exists() else 0
        pid = process.launch(command, home.error_log)
        home.pid_file.write_text(f"{pid}\n")
        self._await_ready(pid, start_of_log)
        home.first_start.unlink(missing_ok=True)
        log.info("server started name=%s version=%s port=%d pid=%d", self.name, self.dist.version, self.port, pid)

    def _await_ready(self, pid: int, start_of_log: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not process.runs(pid, self.home.option_argument):
                raise self._failure("ended", start_of_log)
            if self._listens():
                with contextlib.suppress(pymysql.err.OperationalError):
                    self.connect().close()
                    return
            time.sleep(0.1)
        self.kill()
        raise self._failure(f"did not answer within {START_SECONDS} s", start_of_log)

    def _listens(self) -> bool:
        """Whether the socket takes connections; asked first, as PyMySQL leaks its own socket when refused."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def _failure(self, what: str, start_of_log: int) -> LocalError:
        with self.home.error_log.open("rb") as handle:
            handle.seek(start_of_log)
            lines = handle.read().decode(errors="replace").splitlines()
        words = "\n".join([line for line in lines if "[ERROR]" in line][-8:] or lines[-8:])
        kind = _PortTakenError if "Address already in use" in words else LocalError
        return kind(f"the {self.name} server {what} on port {self.port}; see {self.home.error_log}:\n{words}")


class _PortTakenError(LocalError):
    """Another process took the port between our look and mysqld's."""


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whatever its mode was; never readable in between."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
    fresh.replace(path)


def _native_aio_is_free() -> bool:
    """Whether the machine has asynchronous I/O to spare: a mysqld takes some 2,500 of it, all of them 65,536."""
    try:
        used, allowed = (int(Path(f"/proc/sys/fs/aio-{name}").read_text()) for name in ("nr", "max-nr"))
    except OSError:
        return False
    return allowed - used > 16_000


def _free_port() -> int:
    for port in random.SystemRandom().sample(PORTS, 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise LocalError(f"no free port between {PORTS.start} and {PORTS.stop} on 127.0.0.1")
