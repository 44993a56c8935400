"""Cutovers under a running writer, killed at random moments: one side takes the writes in the end, never both.

``CUTOVER_KILLS`` says how many, ``CUTOVER_SEED`` which. They go through every policy and both directions; half
come at a random time, half at a recorded state and a random moment after it; where that was too late, the next one
comes while the process stands still at a recorded state. Then either all tasks are cleared, or all have failed for
good and only the release runs. The application moves to the side that it is told to write to;
under ``external`` it is stopped first, as the person who approves promises.
"""

from __future__ import annotations

import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from aurora_migration.bridge import following, going_back
from aurora_migration.bridge.run import Run
from aurora_migration.model.cutover import CutoverState
from aurora_migration.sql.quoting import raw
from local.workload import OPERATIONS, Size, Workload, WorkloadSettings, create
from tests.fresh_databases import Databases
from tests.integration.cutover.killing import ALL, Forks, Watch, kill, put_back, sides, take_writes
from tests.integration.cutover.stage import LOCKED, READ_ONLY, STEPS, TABLES, Stage, cut_over
from tests.patience import until

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(3600)]
SIZE = Size(rows=400, big_rows=1_000, keyless=True)
EVENT = "CREATE EVENT rest ON SCHEDULE EVERY 1 DAY STARTS '2100-01-01' DO INSERT INTO marks (word) VALUES ('up')"
# a prepared transaction whose session is ended stays undecided, and a cutover rightly stops at it
ONE_PHASE = tuple(one.__name__ for one in OPERATIONS if one.__name__ != "two_phase")
KINDS = (
    ("read-only", "forward"),  # there is no way back to a source that takes no changes
    ("lock-accounts", "forward"),
    ("external", "back"),
    ("external", "forward"),
    ("lock-accounts", "back"),
)
REFUSED = {"lock-accounts": LOCKED, "read-only": READ_ONLY, "external": 0}
DOWNTIME_SECONDS = 120.0


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
    take_writes(made.source_root)
    stage.close()


@pytest.fixture
def forks(prepared: Stage, tmp_path: Path) -> Iterator[Forks]:
    made = Forks(prepared, tmp_path)
    yield made
    made.close()


class Moves:
    """An application that writes to the side it is told to, and cutovers that move it or are killed."""

    def __init__(self, stage: Stage, forks: Forks, rng: Random, stack: ExitStack, seed: int) -> None:
        self.stage, self.forks, self.rng = stage, forks, rng
        self.triggers = stage.triggers("source")
        self.side, self.usual = "source", 0.0
        self.writers = {}
        for number, role in enumerate(("source", "target")):
            settings = WorkloadSettings(
                stage.made.name, seed + 1000 * number, threads=4, rate=100, size=SIZE, only=ONE_PHASE
            )
            self.writers[role] = Workload(stage.login(role), settings)
        self.writers["target"].pause()
        for writer in self.writers.values():
            stack.enter_context(writer)

    def cutover(
        self, policy: str, direction: str, killed: int | None, *, surely: bool = False
    ) -> tuple[str, float | None, bool]:
        """A cutover, killed as number ``killed``: its end, the seconds without writes, and whether it died."""
        self.stage.settings |= {"write_block": policy, "rollback_window": policy != "read-only"}
        run = self.stage.next_run(direction)
        STEPS["readiness"](run)
        if policy == "external":
            self.writers[self.side].pause()
        open_before = self.stage.refusal(sides(run)[1]) == 0
        watch = Watch(self.stage, run)
        watch.begin()
        words, died = self._carry_out(run, killed, surely)
        watch.end()
        outcome = self.check(run, open_before)
        seconds = self.stage.recorded(run).downtime_seconds
        print(f"{policy} {direction}: {words}; {outcome}, {watch.looks} looks, writes down {seconds}")
        self._move(run, outcome)
        return outcome, seconds, died

    def _carry_out(self, run: Run, killed: int | None, surely: bool) -> tuple[str, bool]:
        if killed is None:
            self.forks.start(run, ALL)
            began = time.monotonic()
            assert self.forks.wait() == 0, self.forks.log.read_text()[-4000:]
            self.usual = time.monotonic() - began
            return "not killed", False
        words = kill(self.rng, killed, self.stage, run, self.forks, self.usual, surely=surely)
        died = words.endswith("-9")
        assert died or not surely, words
        if not died:
            self.usual *= 0.8
        steps = ALL if self.rng.random() < 0.5 else ("release",)
        self.forks.start(run, steps)
        assert self.forks.wait() in {0, 3}, self.forks.log.read_text()[-4000:]
        again = "all again" if len(steps) > 1 else "release alone"
        return f"{killed:3} killed at {words}; {again}", died

    def check(self, run: Run, open_before: bool) -> str:
        """Which side has the writes; it is one, and it has everything that belongs to it."""
        stage, state = self.stage, self.stage.recorded(run).state
        left, taken = sides(run)
        found = (stage.refusal(left), stage.refusal(taken))
        events = (stage.enabled_events(left), stage.enabled_events(taken))
        if state is CutoverState.OPEN:
            assert found == (REFUSED[run.config.cutover.write_block], 0), found
            assert events == ([], ["rest"])
            assert stage.triggers(taken) == self.triggers
            stage.assert_equal()
        else:
            assert state is CutoverState.RELEASED
            # what a person closed by stopping the application is closed by us from the block on only
            assert found == (0, LOCKED) or (open_before and found == (0, 0)), found
            assert events == (["rest"], [])
            assert stage.triggers(taken) == []
        return str(state)

    def _move(self, run: Run, outcome: str) -> None:
        """The application goes on where it is told to write."""
        if outcome == "open" and run.config.cutover.rollback_window:
            self.writers[self.side].pause()
            self.side = sides(run)[1]
        elif outcome == "open":
            put_back(self.stage, run)
        writer = self.writers[self.side]
        rows = writer.tally().rows
        writer.resume()
        await_more(writer, rows)


def await_more(writer: Workload, rows: int) -> None:
    """Return once the writer has changed more rows than these."""

    def there() -> bool:
        writer.check()
        return writer.tally().rows > rows

    until(there, "the writer writes on")


def test_kills(prepared: Stage, forks: Forks) -> None:
    seed, count = int(os.environ.get("CUTOVER_SEED", "1")), int(os.environ.get("CUTOVER_KILLS", "5"))
    print(f"CUTOVER_SEED={seed} CUTOVER_KILLS={count}")
    kills, tries, missed = 0, 0, set[tuple[str, str]]()
    downtimes, ended = list[float](), Counter[tuple[str, str, str]]()
    with ExitStack() as stack:
        moves = Moves(prepared, forks, Random(seed), stack, seed)
        moves.cutover("lock-accounts", "forward", None)  # shows how long one takes
        left = list[tuple[str, str]]()
        while kills < count:
            left = left or list(KINDS)
            away = "forward" if moves.side == "source" else "back"
            if away not in {direction for _, direction in left}:
                moves.cutover("lock-accounts", away, None)
                continue
            policy, direction = next(kind for kind in left if kind[1] == away)
            surely = (policy, direction) in missed
            outcome, seconds, died = moves.cutover(policy, direction, tries, surely=surely)
            tries += 1
            missed ^= {(policy, direction)} if surely or not died else set()
            if died:
                kills += 1
                left.remove((policy, direction))
            ended[policy, direction, outcome] += 1
            if outcome == "open":
                assert seconds is not None
                downtimes.append(seconds)
    following.sync_once(going_back.present_way(prepared.next_run()))
    prepared.assert_equal()
    for (policy, direction, outcome), number in sorted(ended.items()):
        print(f"{policy} {direction}: {number} {outcome}")
    assert count < len(KINDS) or {(policy, direction) for policy, direction, _ in ended} == set(KINDS)
    if downtimes:
        print(f"median of {len(downtimes)} cutovers: {statistics.median(downtimes):.2f} s without writes")
        assert statistics.median(downtimes) < DOWNTIME_SECONDS
    if count >= 20:
        assert {outcome for _, _, outcome in ended} == {"open", "released"}


def test_write_downtime(prepared: Stage, forks: Forks) -> None:
    """What is recorded holds every moment at which the application was refused, on the source or on the target."""
    settings = WorkloadSettings(prepared.made.name, 3, threads=4, rate=100, size=SIZE, only=ONE_PHASE)
    recorded, seen = [], []
    with Workload(prepared.login("source"), settings) as writer:
        for _ in range(3):
            await_more(writer, writer.tally().rows)
            run = prepared.next_run()
            STEPS["readiness"](run)
            forks.start(run, ALL)
            first, last = _refused(prepared)
            assert forks.wait() == 0, forks.log.read_text()[-4000:]
            prepared.assert_cut_over(run)
            prepared.assert_equal()
            found = prepared.recorded(run)
            assert found.blocked_at is not None
            assert found.opened_at is not None
            assert found.blocked_at <= first, "the source took no writes before"
            assert last <= found.opened_at, "the target took no writes after"
            recorded.append(found.downtime_seconds or 0.0)
            seen.append((last - first).total_seconds())
            put_back(prepared, run)
    print(f"write downtime recorded {recorded}, seen from outside at least {seen}")
    assert statistics.median(recorded) < DOWNTIME_SECONDS


def _refused(stage: Stage) -> tuple[datetime, datetime]:
    """When the source had first refused the application, and when the target was last about to; by its clock."""

    def now() -> datetime:
        found = stage.made.target_root.scalar(raw("SELECT UTC_TIMESTAMP(6)"))
        assert isinstance(found, datetime)
        return found

    until(lambda: stage.refusal("source") == LOCKED, "the source is blocked")
    first = last = now()

    def taken() -> bool:
        nonlocal last
        began = now()
        if stage.refusal("target") == 0:
            return True
        last = began
        return False

    until(taken, "the target is open")
    return first, last
