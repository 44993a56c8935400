"""What a person wants to see of a run: reads alone, each one statement, aggregated by the server.

A control schema that is not there, or that an older version made with fewer tables, reads as nothing. Rows are
those of ``include/sql/store/overview_*.sql``.
"""

from __future__ import annotations

import json
from typing import Any, Final

from aurora_migration.errors import StatementError
from aurora_migration.model.report import DifferenceKind
from aurora_migration.model.sync import TableMode
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control

Row = dict[str, Any]
_NOT_THERE: Final = frozenset({1049, 1146})  # no such database, no such table
RECENT_SECONDS: Final = 30  # what the statements call recent


def newest_runs(session: Session, control: Control, most: int) -> list[Row]:
    """The newest runs, newest first, ``most`` at most."""
    return _rows(session, control, "runs", most=most)


def run(session: Session, control: Control, run_id: str) -> Row | None:
    """One run, or None where the control schema does not know it (a dry run, or one that preflight stopped)."""
    found = _rows(session, control, "run", run_id=run_id)
    return found[0] if found else None


def phases(session: Session, control: Control, run_id: str) -> list[Row]:
    """Phase, state, times and summary (JSON) in the order of their start."""
    return _rows(session, control, "phases", run_id=run_id)


def account_plan(session: Session, control: Control, run_id: str) -> list[Row] | None:
    """What was planned for each account, without any hash; None where the run has not compared accounts."""
    found = _rows(session, control, "accounts", run_id=run_id)
    text = found[0]["account_plan"] if found else None
    return list(json.loads(text)) if text else None


def spans(session: Session, control: Control, run_id: str) -> dict[str, Row]:
    """First and last moment, and number, of what the run loaded and verified: by "load" and "verify-rows"."""
    return {row["phase"]: row for row in _rows(session, control, "spans", run_id=run_id)}


def totals(session: Session, control: Control) -> Row | None:
    """The load as a whole."""
    found = _rows(session, control, "totals")
    return found[0] if found else None


def throughput(session: Session, control: Control, run_id: str, seconds: int) -> list[Row]:
    """Rows and bytes that the run committed, in buckets of ``seconds``."""
    return _rows(session, control, "throughput", run_id=run_id, seconds=seconds)


def counts(session: Session, control: Control, run_id: str) -> list[Row]:
    """How many findings, differences and incidents the run has, by kind."""
    return _rows(session, control, "counts", run_id=run_id, on_purpose=str(DifferenceKind.ON_PURPOSE))


def pauses(session: Session, control: Control, run_id: str) -> Row | None:
    """How the load of the run was throttled; None where it never was."""
    found = _rows(session, control, "pauses", run_id=run_id)
    return found[0] if found and found[0]["pauses"] else None


def findings(session: Session, control: Control, run_id: str, most: int) -> list[Row]:
    """The run's findings, blockers first."""
    return _rows(session, control, "findings", run_id=run_id, most=most)


def differences(session: Session, control: Control, run_id: str, most: int) -> list[Row]:
    """The run's differences, unexplained ones first."""
    on_purpose = str(DifferenceKind.ON_PURPOSE)
    return _rows(session, control, "differences", run_id=run_id, most=most, on_purpose=on_purpose)


def incidents(session: Session, control: Control, run_id: str) -> list[Row]:
    """The run's incidents."""
    try:
        return control.query(session, "incidents", run_id=run_id)
    except StatementError as error:
        return _nothing(error)


def cutover(session: Session, control: Control, run_id: str) -> Row | None:
    """What is recorded of the run's cutover, or None: it is none, or has not begun."""
    try:
        found = control.query(session, "cutover", run_id=run_id)
    except StatementError as error:
        found = _nothing(error)
    return found[0] if found else None


def checkpoint(session: Session, control: Control) -> Row | None:
    """How far change apply has come, or None where no changes are followed."""
    found = _rows(session, control, "checkpoint", stopped=str(TableMode.STOPPED))
    return found[0] if found else None


def lag_samples(session: Session, control: Control, most: int) -> list[Row]:
    """The newest samples of lag and work, oldest of them first."""
    return _rows(session, control, "lag", most=most)[::-1]


def dms(session: Session, control: Control) -> Row | None:
    """What AWS DMS said last, in short; None where it has no part in the migration, or none yet."""
    found = _rows(session, control, "dms")
    return found[0] if found else None


def dms_document(session: Session, control: Control) -> Row | None:
    """What AWS DMS said last, with its document (JSON)."""
    found = _rows(session, control, "dms_document")
    return found[0] if found else None


def _rows(session: Session, control: Control, name: str, **values: Any) -> list[Row]:
    try:
        return control.query(session, f"overview_{name}", **values)
    except StatementError as error:
        return _nothing(error)


def _nothing(error: StatementError) -> list[Row]:
    if error.errno in _NOT_THERE:
        return []
    raise error
