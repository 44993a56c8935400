"""Cutovers under a running writer, killed at random moments: one side takes the writes in the end, never both.

``CUTOVER_KILLS`` says how many, ``CUTOVER_SEED`` which. Half of the kills come at a random time, half at a
recorded state and a random moment after it. Then either all tasks are cleared, or all have failed for good and
only the release runs. Between cutovers the migration is put back to where it followed the source.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from aurora_migration.bridge import following
from aurora_migration.bridge.run import Run
from aurora_migration.engine.verify.repair import drop_triggers
from aurora_migration.model.cutover import CutoverState
from aurora_migration.sql.quoting import raw
from local.workload import OPERATIONS, Size, Workload, WorkloadSettings, create
from tests.fresh_databases import Databases
from tests.integration.cutover.stage import LOCKED, STEPS, TABLES, Stage, cut_over

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(3600)]
ROOT = Path(__file__).resolve().parents[3]
SIZE = Size(rows=400, big_rows=1_000, keyless=True)
EVENT = "CREATE EVENT rest ON SCHEDULE EVERY 1 DAY STARTS '2100-01-01' DO INSERT INTO marks (word) VALUES ('up')"
# a prepared transaction whose session is ended stays undecided, and a cutover rightly stops at it
ONE_PHASE = tuple(one.__name__ for one in OPERATIONS if one.__name__ != "two_phase")
ALL = ("block", "drain", "hand_over", "release")
UNDONE = ("block", "drain", "release")  # as when the hand-over has failed for good
KILLED_AT = ("blocking", "blocked", "verified", "handed-over", "open", "releasing", "released")
SOON = {"blocking": 0.2, "blocked": 0.2, "verified": 0.2}  # seconds; the other states pass in an instant
DOWNTIME_SECONDS = 20.0


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

    def start(self, run: Run, steps: Sequence[str]) -> int:
        """Begin a cutover's steps; the process that does them."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"run_id": run.run_id, "steps": list(steps)}) + "\n")
        self._process.stdin.flush()
        return int(self._answer()["pid"])

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
    """Looks all the time whether both sides take the application's writes.

    The target is asked first: once it is open the source must stay closed.
    """

    def __init__(self, stage: Stage) -> None:
        super().__init__(daemon=True)
        self.both = 0
        self.looks = 0
        self.error: Exception | None = None
        self._stage = stage
        self._enough = threading.Event()

    def run(self) -> None:
        try:
            while not self._enough.wait(0.05):
                self.looks += 1
                if self._stage.refusal("target") == 0 and self._stage.refusal("source") == 0:
                    self.both += 1
        except Exception as error:
            self.error = error

    def end(self) -> None:
        self._enough.set()
        self.join(30)
        assert self.error is None, self.error
        assert self.looks
        assert not self.both, "both sides took writes"


@pytest.fixture
def prepared(databases: Callable[..., Databases]) -> Iterator[Stage]:
    """A migrated application under its own account, with triggers and an event."""
    made = databases()
    with made.pair.source.connect() as connection:
        create(connection, made.name, SIZE, 7)
    made.on_source(*TABLES, EVENT)
    stage = Stage.build(made)
    assert cut_over(stage.next_run(), ("readiness", "block", "release")) is None  # leaves the target closed
    yield stage
    stage.close()


@pytest.fixture
def forks(prepared: Stage, tmp_path: Path) -> Iterator[Forks]:
    made = Forks(prepared, tmp_path)
    yield made
    made.close()


def put_back(stage: Stage, run: Run) -> None:
    """As if the cutover had been undone: both sides are equal, and nobody has written to the target."""
    target, source = stage.made.target_root, stage.made.source_root
    target.execute(raw(f"ALTER USER {stage.user} ACCOUNT LOCK"))
    for planned in run.plan(source).tables:
        drop_triggers(target, planned.target)
    target.execute(raw(f"ALTER EVENT {stage.made.name}.rest DISABLE"))
    target.execute(raw(f"UPDATE control_{stage.made.key}.cutovers SET state = 'released'"))
    source.execute(raw(f"ALTER EVENT {stage.made.name}.rest ENABLE"))
    source.execute(raw(f"ALTER USER {stage.user} ACCOUNT UNLOCK"))


def kill(rng: Random, number: int, stage: Stage, run: Run, forks: Forks, usual: float) -> str:
    """Begin a cutover, kill it, and tell when that was."""
    state = KILLED_AT[(number // 2) % len(KILLED_AT)] if number % 2 else ""
    pid = forks.start(run, UNDONE if state in {"releasing", "released"} else ALL)
    after = rng.uniform(0, SOON.get(state, 0.02)) if state else rng.uniform(0, usual)
    deadline = time.monotonic() + 60
    while state and str(stage.recorded(run).state) != state and time.monotonic() < deadline:
        if str(stage.recorded(run).state) in {"open", "released"}:
            break  # it went by between two looks
        time.sleep(0.002)
    time.sleep(after)
    found = stage.recorded(run).state
    with contextlib.suppress(ProcessLookupError):  # it may have ended
        os.kill(pid, signal.SIGKILL)
    return f"{found}, status {forks.wait()}"


def check(stage: Stage, run: Run) -> str:
    """Which side has the writes; it is one, and it has everything that belongs to it."""
    found = stage.recorded(run)
    if found.state is CutoverState.OPEN:
        stage.assert_cut_over(run)
        stage.assert_equal()
        assert (stage.enabled_events("source"), stage.enabled_events("target")) == ([], ["rest"])
    else:
        stage.assert_released(run)
        assert (stage.enabled_events("source"), stage.enabled_events("target")) == (["rest"], [])
    return str(found.state)


def test_kills(prepared: Stage, forks: Forks) -> None:
    seed, count = int(os.environ.get("CUTOVER_SEED", "1")), int(os.environ.get("CUTOVER_KILLS", "6"))
    print(f"CUTOVER_SEED={seed} CUTOVER_KILLS={count}")
    rng, ended, downtimes = Random(seed), [], []
    settings = WorkloadSettings(prepared.made.name, seed, threads=4, rate=100, size=SIZE, only=ONE_PHASE)
    usual, kills, number, steps = 0.0, 0, -1, tuple[str, ...]()
    with Workload(prepared.login("source"), settings) as writer:
        while kills < count:  # the first one is left alone: it shows how long one takes
            assert number < 4 * count, "most have ended before they could be killed"
            run = prepared.next_run()
            STEPS["readiness"](run)
            rows = writer.tally().rows
            watch = Watch(prepared)
            watch.start()
            began = time.monotonic()
            if number < 0:
                forks.start(run, ALL)
                assert forks.wait() == 0, forks.log.read_text()[-4000:]
                usual, killed = time.monotonic() - began, "not killed"
            else:
                killed = kill(rng, number, prepared, run, forks, usual)
                if killed.endswith("-9"):
                    kills += 1
                else:
                    usual *= 0.8
                steps = ALL if rng.random() < 0.5 else ("release",)
                forks.start(run, steps)
                assert forks.wait() in {0, 3}, forks.log.read_text()[-4000:]
            watch.end()
            outcome = check(prepared, run)
            ended.append(outcome)
            seconds = prepared.recorded(run).downtime_seconds
            again = "all again" if len(steps) > 1 else "release alone" if steps else ""
            print(f"{number:3} killed at {killed}; {again}; {outcome}, {watch.looks} looks, writes down {seconds}")
            if outcome == "open":
                assert seconds is not None
                downtimes.append(seconds)
                put_back(prepared, run)
            number += 1
            writer.check()
            deadline = time.monotonic() + 60
            while writer.tally().rows == rows:
                assert time.monotonic() < deadline, "the writer does not write any more"
                time.sleep(0.05)
    following.sync_once(prepared.next_run())
    prepared.assert_equal()
    median = statistics.median(downtimes)
    median = statistics.median(downtimes)
    print(f"{ended.count('open')} open, {ended.count('released')} released; median {median:.2f} s")
    assert median < DOWNTIME_SECONDS
    if count >= 20:
        assert set(ended) == {"open", "released"}


def test_write_downtime(prepared: Stage, forks: Forks) -> None:
    """As the application sees it: from its last commit on the source to the first login that the target takes."""
    settings = WorkloadSettings(prepared.made.name, 3, threads=4, rate=100, size=SIZE, only=ONE_PHASE)
    recorded, seen = [], []
    with Workload(prepared.login("source"), settings):
        for _ in range(3):
            run = prepared.next_run()
            STEPS["readiness"](run)
            forks.start(run, ALL)
            _wait_until(lambda: prepared.refusal("source") == LOCKED)
            blocked = time.monotonic()
            _wait_until(lambda: prepared.refusal("target") == 0)
            seen.append(time.monotonic() - blocked)
            assert forks.wait() == 0, forks.log.read_text()[-4000:]
            check(prepared, run)
            recorded.append(prepared.recorded(run).downtime_seconds or 0.0)
            put_back(prepared, run)
            time.sleep(1)
    print(f"write downtime recorded {recorded}, seen from outside {seen}")
    assert statistics.median(recorded) < DOWNTIME_SECONDS
    assert all(outside < inside + 1 for outside, inside in zip(seen, recorded, strict=True))


def _wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)
