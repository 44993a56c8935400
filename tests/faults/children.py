"""The child processes that migrate: started again and again as Airflow would, and there to be killed.

A task that fails with an error worth another try is cleared, and so is one that was killed. Any other failure
would need a person: it ends the loop and is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.exit_status import RETRY

ROOT = Path(__file__).resolve().parents[2]


class Children:
    """Runs ``python -m MODULE SETTINGS.json`` over and over. The logs lie in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ended: list[int] = []  # exit statuses, negative: by that signal
        self.fatal = ""
        self._number = 0
        self._lock = threading.Lock()
        self._living: list[subprocess.Popen[bytes]] = []
        self._stopping = threading.Event()

    def repeat(self, module: str, settings: dict[str, Any], until: Callable[[int], bool], seconds: float) -> None:
        """Start a process, wait for its end, and start the next, until ``until(status)``, a stop, or a fatal end.

        Raises: AssertionError at a fatal end, or after ``seconds``.
        """
        deadline = time.monotonic() + seconds
        while not self._stopping.is_set():
            assert time.monotonic() < deadline, f"{module} has not come to its end: {self.ended[-20:]}"
            status = self.run(module, settings)
            assert not self.fatal, self.fatal
            if until(status):
                return
            if status:
                self._stopping.wait(0.3)

    def run(self, module: str, settings: dict[str, Any]) -> int:
        """Run one process to its end; its exit status."""
        process, log = self._start(module, settings)
        status = process.wait()
        with self._lock:
            self._living.remove(process)
            self.ended.append(status)
            if status not in {0, RETRY, -signal.SIGKILL}:
                self.fatal = f"{module} ended with {status}:\n{log.read_text(errors='replace')[-6000:]}"
        return status

    def living(self, seconds: float) -> subprocess.Popen[bytes] | None:
        """The process that runs, waiting up to ``seconds`` for one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self._lock:
                if self._living:
                    return self._living[0]
            time.sleep(0.01)
        return None

    def stop(self) -> None:
        """Start no more processes; the one that runs ends by itself."""
        self._stopping.set()

    def go_on(self) -> None:
        self._stopping.clear()

    def kill(self) -> None:
        """End what still runs."""
        self.stop()
        with self._lock:
            for process in self._living:
                process.kill()

    def lines(self) -> list[dict[str, Any]]:
        """What all processes have told so far, a JSON object a line."""
        found = []
        for path in sorted(self.folder.glob("*.out")):
            for line in path.read_text(errors="replace").splitlines():
                with contextlib.suppress(json.JSONDecodeError):  # a killed process may leave half a line
                    found.append(json.loads(line))
        return [line for line in found if isinstance(line, dict)]

    def disturbances(self) -> int:
        """How often a process was killed, ended early, or began again from its checkpoint by itself."""
        again = sum(path.read_text(errors="replace").count("is tried again") for path in self.folder.glob("*.log"))
        return again + sum(status != 0 for status in self.ended)

    def _start(self, module: str, settings: dict[str, Any]) -> tuple[subprocess.Popen[bytes], Path]:
        with self._lock:
            self._number += 1
            path = self.folder / f"{self._number:04d}.json"
            path.write_text(json.dumps(settings))
            path.chmod(0o600)
            log = path.with_suffix(".log")
            with path.with_suffix(".out").open("wb") as out, log.open("wb") as errors:
                process = subprocess.Popen(
                    [sys.executable, "-m", module, str(path)],
                    cwd=ROOT,
                    env={**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}"},
                    stdout=out,
                    stderr=errors,
                )
            self._living.append(process)
        return process, log
