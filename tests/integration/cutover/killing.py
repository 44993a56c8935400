"""Cutovers that are killed: processes that carry them out, and somebody who looks all the time who may write."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from aurora_migration.bridge.run import Run
from aurora_migration.engine.verify.repair import drop_triggers
from aurora_migration.model.cutover import CutoverState
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from aurora_migration.store import cutovers
from tests.fresh_databases import endpoint
from tests.integration.cutover.stage import Stage
from tests.patience import until

ROOT = Path(__file__).resolve().parents[3]
ALL = ("move", "release")
UNDONE = ("block", "drain", "release")  # as when the hand-over has failed for good
KILLED_AT = ("blocking", "blocked", "verified", "handed-over", "open", "releasing", "released")
FAILED = 3  # a step failed for good, and the side that was left was released
SOON = {"blocking": 0.2, "blocked": 0.2, "verified": 0.2}  # seconds; the other states pass in an instant
_SHUT = frozenset({CutoverState.BLOCKED, CutoverState.VERIFIED, CutoverState.RELEASING, CutoverState.RELEASED})
_BLOCKED = frozenset({CutoverState.BLOCKED, CutoverState.VERIFIED})


class Forks:
    """The process that carries cutovers out."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        settings = folder / "settings.json"
        settings.write_text(json.dumps({"config": stage.run("x").config.model_dump(mode="json")}))
        self.log = folder / "cutovers.log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.cutover.cutover_process", str(settings)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": "plugins:.", "AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def start(self, run: Run, steps: Sequence[str], halt: str = "") -> int:
        """Begin a cutover's steps; the process that does them, which stops itself at a recorded state."""
        assert self._process.stdin
        order = {
            "run_id": run.run_id,
            "steps": list(steps),
            "direction": run.options.direction,
            "cutover": run.config.cutover.model_dump(mode="json"),
            "halt": halt,
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._answer()["pid"])

    def await_halt(self, pid: int) -> None:
        """Return once the process has stopped itself."""

        def halted() -> bool:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            assert state not in "ZX", self.log.read_text()[-8000:]
            return state == "T"

        until(halted, f"process {pid} has stopped itself")

    def wait(self) -> int:
        return int(self._answer()["status"])

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, self.log.read_text()[-4000:]
        answer: dict[str, Any] = json.loads(line)
        return answer


class Watch(threading.Thread):
    """Looks all the time who takes the application's writes, and what is recorded meanwhile.

    The side that is taken is asked first: once it is open the other one must stay closed. Under ``external``
    nobody but the person who stopped the application closes the side that is left.
    """

    def __init__(self, stage: Stage, run: Run) -> None:
        super().__init__(daemon=True)
        self.looks = 0
        self.wrong: list[str] = []
        self.error: Exception | None = None
        self._stage = stage
        self._run = run
        self._left, self._taken = sides(run)
        self._ours = run.config.cutover.write_block != "external"
        self._enough = threading.Event()

    def begin(self) -> None:
        """Return when it has looked for the first time."""
        self.start()
        until(lambda: self.looks or self.error, "the watch looks")

    def run(self) -> None:
        try:
            with Session.open(endpoint("target", self._stage.made.pair.target.root_login)) as session:
                shut, last = self._stage.refusal(self._taken) != 0, False
                while not last:
                    last = self._enough.wait(0.05)
                    shut = self._look(session, shut) or shut
                    self.looks += 1
        except Exception as error:
            self.error = error

    def _look(self, session: Session, shut: bool) -> bool:
        """``shut``: the side that is taken was closed when it was looked at before."""
        states = {self._state(session)}
        taken, left = self._stage.refusal(self._taken), self._stage.refusal(self._left)
        states.add(self._state(session))
        if taken == 0 and left == 0 and shut and self._ours:
            self.wrong.append(f"both sides took writes, {states}")
        if taken == 0 and states <= _SHUT and shut:
            self.wrong.append(f"the {self._taken} took writes, {states}")
        if left == 0 and states <= _BLOCKED and self._ours:
            self.wrong.append(f"the {self._left} took writes, {states}")
        return taken != 0

    def _state(self, session: Session) -> CutoverState | None:
        found = cutovers.find(session, self._run.control, self._run.run_id)
        return found.state if found else None

    def end(self) -> None:
        """Look for the last time."""
        self._enough.set()
        self.join(120)
        assert not self.is_alive(), "the watch does not end"
        assert self.error is None, self.error
        assert not self.wrong, self.wrong


def sides(run: Run) -> tuple[str, str]:
    """The side that is left and the one that is taken."""
    return ("source", "target") if run.options.direction == "forward" else ("target", "source")


def kill(rng: Random, number: int, stage: Stage, run: Run, forks: Forks, usual: float, *, surely: bool) -> str:
    """Begin a cutover, kill it, and tell when that was; ``surely``: not at a moment at which it may have ended."""
    state = KILLED_AT[(number // 2) % len(KILLED_AT)] if surely or number % 2 else ""
    pid = forks.start(run, UNDONE if state in {"releasing", "released"} else ALL, state)
    after = rng.uniform(0, SOON.get(state, 0.02)) if state else rng.uniform(0, usual)
    if state:
        forks.await_halt(pid)
    if state and not surely:
        os.kill(pid, signal.SIGCONT)
    time.sleep(after)
    found = stage.recorded(run).state
    with contextlib.suppress(ProcessLookupError):  # it may have ended
        os.kill(pid, signal.SIGKILL)
    status = forks.wait()
    assert status in {-signal.SIGKILL, 0, FAILED}, forks.log.read_text()[-8000:]
    return f"{found}, status {status}"


def put_back(stage: Stage, run: Run) -> None:
    """As if a cutover forward had been undone: both sides are equal, and nobody has written to the target."""
    target, source = stage.made.target_root, stage.made.source_root
    target.execute(raw(f"ALTER USER {stage.user} ACCOUNT LOCK"))
    for planned in run.plan(source).tables:
        drop_triggers(target, planned.target)
    target.execute(raw(f"ALTER EVENT {stage.made.name}.rest DISABLE"))
    target.execute(
        raw(f"UPDATE control_{stage.made.key}.cutovers SET state = 'released' WHERE run_id = '{run.run_id}'")
    )
    take_writes(source)
    source.execute(raw(f"ALTER EVENT {stage.made.name}.rest ENABLE"))
    source.execute(raw(f"ALTER USER {stage.user} ACCOUNT UNLOCK"))


def take_writes(server: Session) -> None:
    """Not read-only any more."""
    for variable in ("super_read_only", "read_only"):
        server.execute(raw(f"SET GLOBAL {variable} = OFF"))
