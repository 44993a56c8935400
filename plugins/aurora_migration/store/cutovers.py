"""Cutovers: their state, which moves by compare-and-set, and what they changed on the servers."""

from __future__ import annotations

from typing import Any

from aurora_migration.errors import RetryableError
from aurora_migration.model.cutover import Cutover, CutoverChanges, CutoverState
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control


def start(session: Session, control: Control, run_id: str, direction: str, policy: str) -> None:
    """Record a cutover; one that is recorded stays as it is."""
    control.execute(session, "start_cutover", run_id=run_id, direction=direction, policy=policy)


def find(session: Session, control: Control, run_id: str) -> Cutover | None:
    """The cutover of a run, if it has begun."""
    rows = control.query(session, "cutover", run_id=run_id)
    return _cutover(rows[0]) if rows else None


def all_of(session: Session, control: Control) -> tuple[Cutover, ...]:
    """The migration's cutovers, newest first."""
    return tuple(_cutover(row) for row in control.query(session, "cutovers"))


def move(session: Session, control: Control, found: Cutover, state: CutoverState, reason: str = "") -> Cutover:
    """Move a cutover on. Raises: RetryableError if another task has moved it."""
    affected = control.execute(
        session, "move_cutover", run_id=found.run_id, before=str(found.state), state=str(state), reason=reason
    )
    if affected != 1:
        raise RetryableError(
            f"it is not {found.state} any more", subject=f"cutover {found.run_id} of {control.migration}"
        )
    return found.at(state)


def save_changes(session: Session, control: Control, run_id: str, changes: CutoverChanges) -> None:
    """Keep what is about to be changed on the servers."""
    control.execute(session, "save_cutover_changes", run_id=run_id, changes=changes.text())


def approve(session: Session, control: Control, run_id: str, approved_by: str) -> None:
    """Keep who approved it."""
    control.execute(session, "approve_cutover", run_id=run_id, approved_by=approved_by[:250])


def _cutover(row: dict[str, Any]) -> Cutover:
    return Cutover(
        row["run_id"],
        row["direction"],
        CutoverState(row["state"]),
        row["policy"],
        row["approved_by"],
        CutoverChanges.parse(row["changes"]),
        row["reason"],
        row["started_at"],
        row["blocked_at"],
        row["opened_at"],
    )
