"""What became of a cutover, for people: where the writes go, or why they stay where they were."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any, Final

from aurora_migration.bridge.run import Run
from aurora_migration.errors import DataMismatchError
from aurora_migration.model.cutover import Cutover
from aurora_migration.mysql.session import Session
from aurora_migration.store import cutovers, runs

NOT_APPROVED: Final = "not approved"
_log = logging.getLogger(__name__)


def summary(run: Run, states: Mapping[str, str]) -> dict[str, Any]:
    """Record and tell what became of the run. Raises: DataMismatchError if it failed and was undone."""
    failed = sorted(task for task, state in states.items() if state == "failed")
    with Session.open(run.target) as target:
        found = cutovers.find(target, run.control, run.run_id) if run.control.exists(target) else None
        if run.control.exists(target):
            runs.finish_run(target, run.control, run.run_id, _run_state(found, failed))
    if found is not None and not found.state.ended:
        raise DataMismatchError(
            f"the cutover is {found.state}: neither side may be taking writes",
            remedy="clear release, until it ends",
        )
    if found is None or not found.state.decided:
        if _run_state(found, failed) == NOT_APPROVED:
            return {"state": NOT_APPROVED}
        what = f"{', '.join(failed)} failed" if failed else "it was ended from outside"
        raise DataMismatchError(
            f"no cutover: {what}; the source takes writes", remedy="see the log of the task; then start a new run"
        )
    return _moved(run, found)


def _run_state(found: Cutover | None, failed: Collection[str]) -> str:
    """A run in which a person said no, or nothing, has not failed."""
    if found is not None and found.state.decided:
        return "success"
    asked = found is not None and found.state.ended and not found.approved_by
    return NOT_APPROVED if asked and not failed else "failed"


def _moved(run: Run, found: Cutover) -> dict[str, Any]:
    seconds = found.downtime_seconds
    _log.info("CUT OVER write_downtime_seconds=%s approved_by=%s", seconds, found.approved_by)
    left, taken = run.config.source.connection, run.config.target.connection
    if found.direction == "back":
        left, taken = taken, left
    _log.info("Applications write to connection %s from now on, and no more to %s", taken, left)
    return {
        "state": str(found.state),
        "write_downtime_seconds": seconds,
        "approved_by": found.approved_by,
        "writes_go_to": taken,
        "writes_came_from": left,
    }
