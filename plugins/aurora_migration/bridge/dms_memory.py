"""What the phases of a DMS run remember between deferrals and tries: a small summary in the control schema.

A deferred task keeps nothing in memory, and a killed one neither. What they need to go on is in the phase's own
row, under the run's id, and goes with the run.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from aurora_migration.bridge.run import Run
from aurora_migration.errors import MigrationError
from aurora_migration.mysql.session import Session
from aurora_migration.store import runs


def recall(run: Run, target: Session, phase: str) -> dict[str, Any]:
    """The summary of a phase so far; empty before its first try."""
    for row in runs.phases(target, run.control, run.run_id):
        if row["phase"] == phase:
            found = json.loads(row["summary"] or "{}")
            return found if isinstance(found, dict) else {}
    return {}


def moment(run: Run, target: Session, phase: str) -> str:
    """When a phase last ended in this run (or began, if it has not), as text; empty if never."""
    rows = runs.phases(target, run.control, run.run_id)
    return next((str(row["finished_at"] or row["started_at"]) for row in rows if row["phase"] == phase), "")


def keep(run: Run, target: Session, phase: str, summary: dict[str, Any]) -> None:
    """Keep a summary; the phase goes on."""
    if not any(row["phase"] == phase for row in runs.phases(target, run.control, run.run_id)):
        runs.start_phase(target, run.control, run.run_id, phase)
    runs.finish_phase(target, run.control, run.run_id, phase, "running", summary)


@contextlib.contextmanager
def open_phase(run: Run, target: Session, phase: str) -> Iterator[dict[str, Any]]:
    """A phase that several tries share: its summary may be changed, and is kept; an error of ours ends it."""
    summary = recall(run, target, phase)
    keep(run, target, phase, summary)
    try:
        yield summary
    except MigrationError:
        with contextlib.suppress(Exception), Session.open(run.target) as fresh:
            runs.finish_phase(fresh, run.control, run.run_id, phase, "failed", summary)
        raise
    keep(run, target, phase, summary)


def finish(run: Run, target: Session, phase: str, summary: dict[str, Any]) -> None:
    """The phase has succeeded."""
    runs.finish_phase(target, run.control, run.run_id, phase, "success", summary)
