"""Daemons by recorded PID: launched into a session of their own, recognised by an argument, ended by signal.

A PID in a file may since belong to somebody else's process, so nothing is ever signalled whose command line
does not hold the argument that only ours has.
"""

import contextlib
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

END_SECONDS = 60


def launch(command: list[str], output: Path, environment: Mapping[str, str] | None = None) -> int:
    """Start `command` detached from this process, its output appended to `output`; return its PID.

    Without `environment` it gets PATH and TZ only.
    """
    with output.open("ab") as handle:
        return os.posix_spawn(
            command[0],
            command,
            environment or {name: value for name, value in os.environ.items() if name in ("PATH", "TZ")},
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, handle.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, handle.fileno(), 2),
            ],
        )


def runs(pid: int, argument: str) -> bool:
    """Whether `pid` is a living process with `argument` on its command line."""
    patience = time.monotonic() + 60
    while True:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)  # where we are its parent, an ended process would stay a zombie
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
        except (FileNotFoundError, ProcessLookupError):
            return False
        # A process has no command line for a moment while it starts, and again while its threads end and
        # still hold files and port: neither is an answer.
        if line or time.monotonic() > patience:
            return os.fsencode(argument) in line.split(b"\0")
        if state in "ZX" and threads <= 1 and not _is_child(pid):
            return False
        time.sleep(0.005)


def _is_child(pid: int) -> bool:
    """Whether it is for us to wait for `pid`: if so, it is not gone before we have."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return False


def end(pid: int, argument: str, number: signal.Signals) -> None:
    """Send `number` to our process `pid` and return once it is gone; SIGKILL if that takes over a minute."""
    deadline = time.monotonic()
    while runs(pid, argument):
        if time.monotonic() >= deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            number, deadline = signal.SIGKILL, time.monotonic() + END_SECONDS
        time.sleep(0.05)
