"""What to do with a replication task next: one pure function of what DMS says, what was claimed, and who asks.

A load is *claimed* in the control schema before it is started: with the time of the task's last start, so that a
repeated operator knows whether its start arrived, and with the moment of the first wave, so that a load from
before the tables were emptied never counts. "Fresh" is a new try of the Airflow task, which may act once on a bad
end that an earlier try has reported; a try that has waited only reports it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aurora_migration.dms.observed import Observed
from aurora_migration.model.config import MigrationType


class Action(StrEnum):
    """Start types are DMS's own words."""

    WAIT = "wait"
    START = "start-replication"
    RESUME = "resume-processing"
    RELOAD = "reload-target"
    STOP = "stop"
    JUDGE = "judge"
    RETRY = "retry"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Claim:
    """A load that a run has asked for: the first wave it follows, and the task's last start before it."""

    wave: str
    started_before: str


@dataclass(frozen=True, slots=True)
class Decision:
    """An action and why."""

    action: Action
    reason: str


FINISHED: Final = {
    MigrationType.FULL_LOAD: frozenset({"FULL_LOAD_ONLY_FINISHED"}),
    MigrationType.FULL_LOAD_AND_CDC: frozenset({"STOPPED_AFTER_CACHED_EVENTS"}),
    MigrationType.CDC: frozenset[str](),
}
_PASSING: Final = frozenset({"RECOVERABLE_ERROR", "RECONFIGURATION_RESTART", "RECYCLE_TASK"})


def decide_load(
    observed: Observed, claim: Claim | None, wave: str, migration_type: MigrationType, *, fresh: bool
) -> Decision:
    """The next step of a full load."""
    if observed.status in {"absent", "deleting"}:
        return Decision(Action.FAIL, f"the replication is {observed.status}: somebody deletes it")
    ours = claim is not None and claim.wave == wave
    started = (
        ours and claim is not None and observed.started != claim.started_before and not observed.never_started
    )
    if not started:
        if observed.status == "running":
            if ours:  # the start has arrived and the time of it has not yet
                return Decision(Action.WAIT, "is starting")
            return Decision(Action.STOP, "is running a load that is not this run's")
        if not observed.at_rest:
            return Decision(Action.WAIT, f"is {observed.status}")
        if ours and not fresh:  # this try has started it, and DMS does not show that yet
            return Decision(Action.FAIL if observed.status == "failed" else Action.WAIT, _words(observed))
        return _start(observed, "the load of this run has not begun")
    if not observed.at_rest:
        return Decision(Action.WAIT, f"is {observed.status}")
    return _ended(observed, migration_type, fresh=fresh)


def decide_changes(observed: Observed, *, fresh: bool) -> Decision:
    """The next step of following changes: a task that runs is left running."""
    if observed.status in {"absent", "deleting"}:
        return Decision(Action.FAIL, f"the replication is {observed.status}: somebody deletes it")
    if observed.status == "running":
        return Decision(Action.JUDGE, "follows the changes")
    if not observed.at_rest:
        return Decision(Action.WAIT, f"is {observed.status}")
    if observed.never_started:
        return Decision(Action.START, "has never been started")
    if observed.stop_reason in FINISHED[MigrationType.FULL_LOAD_AND_CDC]:
        return Decision(Action.RESUME, "has applied the changes of the load's own time")
    if fresh:
        return Decision(Action.RESUME, f"had stopped: {_words(observed)}")
    passing = observed.stop_reason in _PASSING
    return Decision(Action.RETRY if passing else Action.FAIL, f"stopped: {_words(observed)}")


def _start(observed: Observed, reason: str) -> Decision:
    if observed.never_started:
        return Decision(Action.START, reason)
    return Decision(Action.RELOAD, reason)


def _ended(observed: Observed, migration_type: MigrationType, *, fresh: bool) -> Decision:
    """A load that was started for this run, and rests."""
    if observed.status == "stopped" and observed.stop_reason in FINISHED[migration_type]:
        return Decision(Action.JUDGE, observed.stop_reason)
    words = _words(observed)
    if fresh:  # a load cannot be resumed in the middle of a table: DMS loads all of them again
        return Decision(Action.RELOAD, f"the last try ended: {words}")
    if observed.stop_reason in _PASSING:
        return Decision(Action.RETRY, words)
    return Decision(Action.FAIL, words)


def _words(observed: Observed) -> str:
    reason = observed.stop_reason or "no stop reason"
    return f"{observed.status}, {reason}" + (f": {observed.failure}" if observed.failure else "")
