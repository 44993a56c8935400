"""The folder one server lives in: where its files are, whether its mysqld runs, and how both come to an end.

Needs no MySQL programs, so that servers can be stopped and removed even where those have gone since.
"""

import hashlib
import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local import process

# A Unix socket's path holds at most 107 bytes; leave room for mysqld's own ".lock".
SOCKET_PATH_LIMIT = 100


@dataclass(frozen=True, slots=True)
class ServerHome:
    """An absolute folder and the names of what is in it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def option_file(self) -> Path:
        return self.folder / "my.cnf"

    @property
    def root_login(self) -> Path:
        """Option file (mode 600) with root's login over the socket, for the client programs."""
        return self.folder / "root.cnf"

    @property
    def record(self) -> Path:
        return self.folder / "server.json"

    @property
    def first_start(self) -> Path:
        """Statements that the first start must run; gone once it has."""
        return self.folder / "first-start.sql"

    @property
    def pid_file(self) -> Path:
        return self.folder / "mysqld.pid"

    @property
    def error_log(self) -> Path:
        return self.folder / "error.log"

    @property
    def socket(self) -> Path:
        """The Unix socket; in a short folder of its own where this one's path is too long for a socket."""
        beside = self.folder / "mysqld.sock"
        if len(os.fsencode(beside)) <= SOCKET_PATH_LIMIT:
            return beside
        short = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"mysql-to-aurora-{short}" / "mysqld.sock"

    @property
    def option_argument(self) -> str:
        """The argument that tells this folder's mysqld from every other process."""
        return f"--defaults-file={self.option_file}"

    def pid(self) -> int | None:
        """PID of the running mysqld of this folder, None where none runs."""
        try:
            pid = int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if process.runs(pid, self.option_argument) else None

    def end(self, number: signal.Signals) -> None:
        """Send `number` to this folder's mysqld, if it runs, and return once it is gone."""
        pid = self.pid()
        if pid is not None:
            process.end(pid, self.option_argument, number)
        self.pid_file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Kill the server and remove the folder with all its data."""
        self.end(signal.SIGKILL)
        if self.socket.parent != self.folder:
            shutil.rmtree(self.socket.parent, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
