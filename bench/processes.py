"""Processor time and peak memory of whole processes, from the kernel's own books: wait4 and /proc.

A client's figures come from its end (`run`), a server's from before and after (`Watched`); for a session whose
processes come and go there is `bench.session_watch`. Seconds and MiB.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")
_WORDS: Final = 600  # characters of what a failed program said


class FailedError(Exception):
    """A program of a contestant ended with an error; the text holds its last words."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run; in a pipeline it reads what the one before it writes."""

    name: str
    words: tuple[str, ...]
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process used. With the processor time of children that it waited for; the peak is of one process."""

    name: str
    cpu: float
    peak_mib: float


def run(*pipeline: Command) -> tuple[list[Usage], str]:
    """Run programs at the same time, each reading the one before; returns their usage and what the last one wrote.

    Raises: FailedError.
    """
    started: list[tuple[Command, subprocess.Popen[bytes]]] = []
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        before = None
        for number, command in enumerate(pipeline, 1):
            last = number == len(pipeline)
            one = subprocess.Popen(
                command.words,
                stdin=before if before is not None else subprocess.DEVNULL,
                stdout=output if last else subprocess.PIPE,
                stderr=errors,
                env=dict(command.environment) if command.environment is not None else None,
            )
            if before is not None:
                before.close()  # the writer must learn when its reader has gone
            before = one.stdout
            started.append((command, one))
        with _Peaks([one.pid for _, one in started]) as peaks:
            ended = [_wait(command.name, one, peaks) for command, one in started]
        errors.seek(0)
        output.seek(0)
        text = output.read().decode(errors="replace")
        failed = [usage.name for usage, status in ended if status]
        if failed:
            words = (errors.read().decode(errors="replace") or text).strip()
            raise FailedError(f"{', '.join(failed)}: {words[-_WORDS:]}")
    return [usage for usage, _ in ended], text


def _wait(name: str, started: subprocess.Popen[bytes], peaks: _Peaks) -> tuple[Usage, int]:
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    return Usage(name, used.ru_utime + used.ru_stime, peaks.of(started.pid)), started.returncode


class _Peaks:
    """Peak memory of processes by looking again and again; wait4's is at least that of whoever started them."""

    def __init__(self, pids: list[int]) -> None:
        self._peaks = dict.fromkeys(pids, 0.0)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def of(self, pid: int) -> float:
        """The kernel's high-water mark, when last looked at."""
        return self._peaks[pid]

    def __enter__(self) -> _Peaks:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            for pid, known in self._peaks.items():
                self._peaks[pid] = max(known, status_mib(pid, "VmHWM"))
            if self._end.wait(0.05):
                return


class Watched:
    """A running server: its processor time from now on, and its peak memory from now on."""

    def __init__(self, name: str, pid: int) -> None:
        self.name, self._pid = name, pid
        with suppress(OSError):  # without the right to, the peak is that since its start
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        self._before = _cpu(pid)

    def usage(self) -> Usage:
        """What it has used since this was made."""
        return Usage(self.name, _cpu(self._pid) - self._before, status_mib(self._pid, "VmHWM"))


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:13])) / TICKS


def status_mib(pid: int | str, field: str) -> float:
    """A field of /proc/PID/status (PID may be ``self``), 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:")), 0.0)


def words(*parts: str | Path | Sequence[str]) -> tuple[str, ...]:
    """A command line of texts, paths and lists of texts."""
    flat: list[str] = []
    for part in parts:
        flat += [str(part)] if isinstance(part, (str, Path)) else list(part)
    return tuple(flat)
