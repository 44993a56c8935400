"""Incidents: rows of the target that differed and what was done about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control


def save_incident(
    session: Session,
    control: Control,
    run_id: str,
    scope: str,
    kind: str,
    detail: Sequence[str],
    statements: Sequence[str],
) -> None:
    """Keep an incident; ``kind`` is "review" or "applied". Takes part in an open transaction."""
    control.execute(
        session,
        "save_incident",
        run_id=run_id,
        scope=scope[:200],
        kind=kind,
        detail="\n".join(detail),
        statements="\n".join(statements),
    )


def incidents(session: Session, control: Control, run_id: str) -> list[dict[str, Any]]:
    """The incidents of a run."""
    return control.query(session, "incidents", run_id=run_id)
