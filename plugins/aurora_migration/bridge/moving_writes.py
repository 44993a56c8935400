"""What a cutover does between the last write on one side and the first on the other, and what waits until then.

Nobody writes meanwhile, so one process does it all: between two tasks of Airflow lie the end of one process, a
turn of the scheduler and the start of another, which takes seconds. Steps that are recorded as done are passed
over, so that a process that died anywhere goes on when it is repeated. What fails for good is undone here, at
once; the task `release` does so for a process that could not.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from aurora_migration.bridge import cutting_over, following, going_back
from aurora_migration.bridge.endpoints import endpoint
from aurora_migration.bridge.run import Run
from aurora_migration.engine.schema import analyze_tables
from aurora_migration.errors import MigrationError, OutcomeUnknownError, RetryableError
from aurora_migration.model.cutover import CutoverState
from aurora_migration.mysql.session import Session
from aurora_migration.store import cutovers, load

_log = logging.getLogger(__name__)
_CATCH_UPS: Final = 5
_MOMENTS_SECONDS: Final = 2.0
_DECIDED: Final = frozenset({CutoverState.HANDED_OVER, CutoverState.OPEN})
_PROVED: Final = _DECIDED | {CutoverState.VERIFIED}
_BLOCKED: Final = _PROVED | {CutoverState.BLOCKED}


def move_writes(run: Run, approved_by: str) -> dict[str, Any]:
    """Catch up, block the writes, apply and prove the rest, open the target.

    Raises: RetryableError and OutcomeUnknownError, after which the recorded state says who has the writes; any
    other error of ours once the source takes them again.
    """
    with _undone_at_once(run):
        _block(run, approved_by)
        _step(run, "drain-and-verify", _PROVED, lambda: cutting_over.drain_and_verify(run))
        return _step(run, "hand-over", frozenset(), lambda: cutting_over.hand_over(run))


def block_writes(run: Run, approved_by: str) -> dict[str, Any]:
    """Block the writes alone, where something else has to happen before they move. Raises: as `move_writes`."""
    with _undone_at_once(run):
        return _block(run, approved_by)


def analyze(run: Run) -> dict[str, Any]:
    """Gather statistics of the tables that applications write to now; empty where nothing was cut over.

    What fails is warned of: the applications have moved already. Raises: RetryableError.
    """
    with Session.open(run.target) as target:
        found = cutovers.find(target, run.control, run.run_id) if run.control.exists(target) else None
        if found is None or found.state is not CutoverState.OPEN:
            return {}
        mappings = [state.mapping for state in load.tables(target, run.control)]
        with run.phase(target, "analyze") as summary:
            if found.direction == "forward":
                failed = analyze_tables(target, (mapping.target for mapping in mappings))
            else:
                admin = endpoint("source", run.config.cutover.connection or run.config.source.connection)
                with Session.open(admin) as source:
                    failed = analyze_tables(source, (mapping.source for mapping in mappings))
            summary.update(tables=len(mappings), failed=len(failed))
    return summary


def _block(run: Run, approved_by: str) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        _catch_up(run)
        return cutting_over.block(run, approved_by)

    return _step(run, "block-writes", _BLOCKED, work)


def _catch_up(run: Run) -> None:
    """Apply what came since readiness while writes still go on, until what is left takes moments.

    A person may have taken an hour to approve. Raises: DataMismatchError if a table is stopped, and what a sync
    raises; nothing is blocked then.
    """
    with Session.open(run.target) as target:
        found = cutovers.find(target, run.control, run.run_id)
        if found is None or found.state is not CutoverState.READY or going_back.dms_follows(run, target):
            return
    way = going_back.present_way(run)
    for _ in range(_CATCH_UPS):
        began = time.monotonic()
        following.check_stopped(way, following.sync_once(way))
        if time.monotonic() - began < _MOMENTS_SECONDS:
            return


def _step(
    run: Run, phase: str, passed: frozenset[CutoverState], work: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Do and record a step, unless an earlier try has done it."""
    with Session.open(run.target) as target:
        found = cutovers.find(target, run.control, run.run_id)
        if found is not None and found.state in passed:
            return {}
        with run.phase(target, phase) as summary:
            summary.update(work())
    return summary


@contextlib.contextmanager
def _undone_at_once(run: Run) -> Iterator[None]:
    """Release before the error goes on, unless another try, or the target's answer, may still lead to the end."""
    try:
        yield
    except (RetryableError, OutcomeUnknownError):
        raise
    except MigrationError:
        try:
            state = cutting_over.release(run)["state"]
        except Exception as error:
            _log.warning("Not undone yet, the task release does it reason=%s", error)
        else:
            _log.warning("The cutover failed and was ended at once state=%s", state)
        raise
