"""Whole process sessions: found by the recorded PID of their leader, ended together.

Airflow's parent does not end its children, and each running task has a process group of its own; all of them
stay in the session in which the parent was started. A PID alone may since belong to somebody else, so the
leader's start time is part of its name, and where the leader is gone, only processes of Airflow are touched.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

POLITE_SECONDS = 15
MARK = b"airflow"


@dataclass(frozen=True, slots=True)
class Leader:
    """A session's first process: its PID, which is the session's id, and its start in clock ticks since boot."""

    pid: int
    start: int


def leader_of(pid: int) -> Leader:
    """The name of a session whose leader runs now.

    Raises:
        ProcessLookupError: there is no such process.
    """
    stat = _stat(pid)
    if stat is None:
        raise ProcessLookupError(pid)
    return Leader(pid, int(stat[19]))


def is_alive(leader: Leader) -> bool:
    """Whether the leader itself runs."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(leader.pid, os.WNOHANG)  # our own child would stay a zombie
    stat = _stat(leader.pid)
    return stat is not None and stat[0] != "Z" and int(stat[19]) == leader.start


def members(leader: Leader) -> list[int]:
    """The PIDs of the session's living processes."""
    first = _stat(leader.pid)
    if first is not None and int(first[19]) != leader.start:
        return []  # the PID, and with it the session's id, belongs to somebody else
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        stat = _stat(int(entry.name))
        if stat is None or stat[0] in "ZX" or int(stat[3]) != leader.pid:
            continue
        if first is not None or _is_airflow(entry):
            found.append(int(entry.name))
    return found


def end(leader: Leader) -> None:
    """End every process of the session: politely, and after `POLITE_SECONDS` by SIGKILL."""
    number, deadline = signal.SIGTERM, time.monotonic()
    while alive := _living(leader):
        if time.monotonic() >= deadline:
            for pid in alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            number, deadline = signal.SIGKILL, time.monotonic() + POLITE_SECONDS
        time.sleep(0.1)


def _living(leader: Leader) -> list[int]:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(leader.pid, os.WNOHANG)
    return members(leader)


def _is_airflow(entry: Path) -> bool:
    try:
        return MARK in (entry / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the third (state) on: [1] parent, [3] session, [19] start."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
