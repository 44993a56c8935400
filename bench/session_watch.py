"""Processor time and peak memory of a session whose processes come and go, by what each of them is.

The kernel's books of a process are gone with it, so it is looked at again and again; what it used between the last
look and its end is in its parent's books and told as a remainder. Seconds and MiB.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.processes import TICKS, Usage, status_mib
from local import sessions

REST: Final = "ended between two looks"
OTHER: Final = "others"
_ROLES: Final = {
    "standalone": "standalone",
    "scheduler": "scheduler",
    "api_server": "API server",
    "dag-processor": "DAG processor",
    "triggerer": "triggerer",
    "serve-logs": "log servers",
    "supervisor:": "executor and supervisors",
    "worker": "executor and supervisors",
}
_TASK: Final = re.compile(r"airflow worker -- ([0-9a-f]{8}-[0-9a-f-]{27})\b")
_WORDS: Final = re.compile(r"\bairflow (\S+)")


def role(command: str, tasks: Mapping[str, str] | None = None) -> str:
    """What a process of Airflow is, by its command line or the title that it has given itself.

    ``tasks`` names the tasks by the id of their instance, which is what their title tells.
    """
    found = _TASK.search(command)
    if found:
        return f"task {(tasks or {}).get(found[1], 'of another run')}"
    words = _WORDS.search(command)
    return _ROLES.get(words[1], OTHER) if words else OTHER


@dataclass(slots=True)
class _Process:
    """What was seen of a process: its last command line, processor seconds since the beginning, largest memory."""

    command: str = ""
    cpu: float = 0.0
    peak_mib: float = 0.0
    begun: float = 0.0


class SessionWatch:
    """All processes of a session of Airflow's; use as a context manager, then ask for `usages`."""

    def __init__(self, leader: sessions.Leader, interval: float = 0.2) -> None:
        self._leader, self._interval = leader, interval
        self._seen: dict[tuple[int, str], _Process] = {}
        self._total = 0.0
        self._look(first=True)
        self._before = self._total
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> SessionWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._look()

    def usages(self, tasks: Mapping[str, str]) -> list[Usage]:
        """By role: processor time of all its processes, and the largest memory that one of them was seen with.

        ``tasks`` as for `role`. Together they make up all that the session has used.
        """
        found: dict[str, Usage] = {}
        for process in self._seen.values():
            name = role(process.command, tasks)
            known = found.get(name, Usage(name, 0.0, 0.0))
            found[name] = Usage(name, known.cpu + process.cpu, max(known.peak_mib, process.peak_mib))
        told = sorted((one for one in found.values() if one.peak_mib), key=lambda one: -one.cpu)
        rest = self._total - self._before - sum(one.cpu for one in told)
        return [*told, Usage(REST, max(0.0, rest), 0.0)]

    def _watch(self) -> None:
        while not self._end.wait(self._interval):
            self._look()

    def _look(self, *, first: bool = False) -> None:
        total = 0.0
        for pid in sessions.members(self._leader):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:  # it has ended meanwhile
                continue
            own = sum(map(int, fields[11:13])) / TICKS
            total += sum(map(int, fields[11:15])) / TICKS
            process = self._seen.setdefault((pid, fields[19]), _Process(begun=own if first else 0.0))
            process.command = command.strip() or process.command  # one that is ending has none
            process.cpu = own - process.begun
            if not first:
                process.peak_mib = max(process.peak_mib, status_mib(pid, "VmRSS"))
        self._total = total
