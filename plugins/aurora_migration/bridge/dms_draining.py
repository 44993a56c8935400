"""The end of DMS's part in a cutover: drained, stopped, relieved; or resumed where the cutover was undone.

DMS's checkpoint only tells when it is time to stop; what it has applied is proved by comparing rows. From the
position that was drained to, this project's own engine reads the binlog: it finds any change that came although
writes were blocked, and follows on after the hand-over if there is to be a way back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from aurora_migration.bridge import going_back
from aurora_migration.bridge.dms_memory import finish, open_phase
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.bridge.run import Run
from aurora_migration.dms.health import behind
from aurora_migration.dms.observed import Observed
from aurora_migration.dms.replication import Replication
from aurora_migration.dms.waiting import Wait
from aurora_migration.engine.cdc.lag import source_position
from aurora_migration.errors import ConfigurationError, FatalError, RetryableError
from aurora_migration.model.cutover import CutoverState
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.position import Position
from aurora_migration.mysql.session import Session
from aurora_migration.store import cutovers, runs
from aurora_migration.store import dms as store

_log = logging.getLogger(__name__)
DRAIN, RESUME = "dms-drain", "dms-resume"
PATIENCE_SECONDS: Final = 180  # for a checkpoint that stands still, with writes blocked
_SETTLE_SECONDS: Final = 120
_NOT_BEHIND: Final = {"state": "DMS does not follow: nothing to do"}


def drain(dms_run: DmsRun) -> Wait | dict[str, Any]:
    """A `Wait` until DMS has passed the position at which the source stands still.

    Raises: FatalError, RetryableError.
    """
    run = dms_run.run
    with run.sessions() as (source, target):
        state = _state(run, target)
        if state is not CutoverState.BLOCKED:
            return {"state": str(state)} if state else _NOT_BEHIND
        runs.save_position(target, run.control, run.run_id, "drained", source_position(source))
        position = _drained(run, target)
        with open_phase(run, target, DRAIN) as summary:
            passed = _has_passed(dms_run, position, summary)
            if not passed:
                return dms_run.replication.wait()
            for key in ("checkpoint", "moved_at"):
                summary.pop(key, None)
            summary.update(drained_to=f"{position.file}:{position.offset}", seen_by=passed)
    with Session.open(run.target) as target:
        finish(run, target, DRAIN, summary)
    return summary


def stop(dms_run: DmsRun) -> Wait | dict[str, Any]:
    """Stop it and wait for that; only while a cutover goes forward, which nobody may resume then."""
    with Session.open(dms_run.run.target) as target:
        state = _state(dms_run.run, target)
    if state not in {CutoverState.BLOCKED, CutoverState.VERIFIED}:
        return {"state": str(state)} if state else _NOT_BEHIND
    return come_to_rest(dms_run.replication)


def come_to_rest(replication: Replication) -> Wait | dict[str, Any]:
    """Stop a replication, and wait for that; one that rests already is left alone."""
    observed = replication.observe()
    if observed.status == "running":
        replication.stop()
        return replication.wait()
    if observed.at_rest or observed.status == "absent":
        return {"status": observed.status, "stop_reason": observed.stop_reason}
    return replication.wait()


def resume(dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
    """Let it follow again where this run's cutover was undone; otherwise leave it. Raises: FatalError."""
    run, replication = dms_run.run, dms_run.replication
    with Session.open(run.target) as target:
        state = _state(run, target)
        if state is not CutoverState.RELEASED:
            return {"state": str(state)} if state else _NOT_BEHIND
        with open_phase(run, target, RESUME) as summary:
            observed = replication.observe()
            if observed.status != "running":
                if observed.at_rest:
                    _start_again(dms_run, observed, summary, fresh=fresh)
                return replication.wait()
            summary.update(status=observed.status)
        finish(run, target, RESUME, summary)
    return summary


def _start_again(dms_run: DmsRun, observed: Observed, summary: dict[str, Any], *, fresh: bool) -> None:
    """Once a try. Raises: FatalError."""
    if summary.get("resumed") and not fresh:
        raise FatalError(
            f"does not follow again: {observed}",
            subject=dms_run.replication.word,
            remedy=f"see its log; {dms_run.run.config.name}.sync resumes it",
        )
    summary["resumed"] = True
    dms_run.replication.start("resume-processing")


def check_at_rest(run: Run) -> None:
    """Before rows are compared, and before the target is decided for. Raises: RetryableError."""
    replication = DmsRun(run).replication
    observed = replication.observe()
    if not observed.at_rest and observed.status != "absent":
        raise RetryableError(
            f"is {observed.status} and may write to the target", subject=replication.word, remedy="clear dms_stop"
        )


def take_over(run: Run, plan: MigrationPlan, target: Session) -> None:
    """From the drained position on our own engine follows. Raises: ConfigurationError, RetryableError."""
    position = store.drained_position(target, run.control, run.run_id)
    if position is None:
        raise ConfigurationError(
            "DMS was not drained", subject=f"cutover {run.run_id}", remedy="clear dms_drain with downstream"
        )
    check_at_rest(run)
    going_back.begin_following(run, plan, position)


def settle(run: Run) -> Callable[[], None] | None:
    """What waits until DMS has passed the source's present position; None where DMS does not follow."""
    with Session.open(run.target) as target:
        if not going_back.dms_follows(run, target):
            return None
    replication = DmsRun(run).replication

    def caught_up() -> None:
        with Session.open(run.source) as source:
            position = source_position(source)
        until = time.monotonic() + _SETTLE_SECONDS
        while time.monotonic() < until:
            observed = replication.observe()
            if observed.status != "running" or not behind(observed.checkpoint, position):
                return
            time.sleep(min(2.0, run.config.dms.poll_seconds))

    return caught_up


def _state(run: Run, target: Session) -> CutoverState | None:
    """The state of this run's cutover; None where DMS has no part in it, or none any more."""
    if not going_back.dms_follows(run, target):
        return None
    found = cutovers.find(target, run.control, run.run_id)
    return found.state if found else CutoverState.READY


def _drained(run: Run, target: Session) -> Position:
    found = store.drained_position(target, run.control, run.run_id)
    assert found is not None
    return found


def _has_passed(dms_run: DmsRun, position: Position, summary: dict[str, Any]) -> str:
    """By what it is seen that everything is applied; empty while it is not."""
    replication, now = dms_run.replication, time.time()
    observed = replication.observe()
    _log.info("Draining position=%s:%s checkpoint=%s", position.file, position.offset, observed.checkpoint)
    if not behind(observed.checkpoint, position):
        return "its checkpoint"
    if observed.status != "running":
        raise FatalError(
            f"is {observed.status} and applies nothing ({observed.stop_reason or 'no stop reason'})",
            subject=replication.word,
            remedy=f"see its log; {dms_run.run.config.name}.sync resumes it; then start a new run",
        )
    if summary.get("checkpoint") != observed.checkpoint:
        summary.update(checkpoint=observed.checkpoint, moved_at=now)
    if now - summary["moved_at"] <= PATIENCE_SECONDS:
        return ""
    if dms_run.run.config.cutover.verification == "row-count":
        raise FatalError(
            f"its checkpoint stands still before {position.file}:{position.offset}",
            subject=replication.word,
            remedy="set cutover.verification to checksum, by which the comparison itself proves what is applied",
        )
    _log.warning(
        "The checkpoint stands still before the position seconds=%s What to do: nothing, the comparison decides",
        PATIENCE_SECONDS,
    )
    return "the comparison alone"
