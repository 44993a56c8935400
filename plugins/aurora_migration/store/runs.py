"""Runs, their phases, findings and positions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from aurora_migration.model.finding import Finding, Severity
from aurora_migration.model.position import Position
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control


def start_run(
    session: Session,
    control: Control,
    run_id: str,
    kind: str,
    options: Mapping[str, Any],
    versions: Mapping[str, Any],
) -> None:
    """Record that a run has begun (again)."""
    control.execute(
        session, "save_run", run_id=run_id, kind=kind, options=json.dumps(options), versions=json.dumps(versions)
    )


def finish_run(session: Session, control: Control, run_id: str, state: str) -> None:
    control.execute(session, "finish_run", run_id=run_id, state=state)


def forget_syncs(session: Session, control: Control, days: int) -> None:
    """Forget syncs that are older, with all they recorded but incidents."""
    for path in ("forget_sync_phases", "forget_sync_samples", "forget_sync_runs"):
        control.execute(session, path, days=days)


def start_phase(session: Session, control: Control, run_id: str, phase: str) -> None:
    control.execute(session, "start_phase", run_id=run_id, phase=phase)


def finish_phase(
    session: Session, control: Control, run_id: str, phase: str, state: str, summary: Mapping[str, Any]
) -> None:
    control.execute(
        session, "finish_phase", run_id=run_id, phase=phase, state=state, summary=json.dumps(summary, default=str)
    )


def phases(session: Session, control: Control, run_id: str) -> list[dict[str, Any]]:
    """Phase, state, times and summary of a run, in order."""
    return control.query(session, "phases", run_id=run_id)


def save_findings(
    session: Session, control: Control, run_id: str, phase: str, findings: Iterable[Finding]
) -> None:
    """Keep a phase's findings in place of those of an earlier try."""
    with session.transaction():
        control.execute(session, "delete_findings", run_id=run_id, phase=phase)
        for number, finding in enumerate(findings, 1):
            control.execute(
                session,
                "insert_finding",
                run_id=run_id,
                phase=phase,
                number=number,
                severity=str(finding.severity),
                code=finding.code,
                subject=finding.subject[:512],
                observed=finding.observed,
                remedy=finding.remedy,
            )


def findings(session: Session, control: Control, run_id: str) -> tuple[Finding, ...]:
    """All findings of a run."""
    return tuple(
        Finding(Severity(row["severity"]), row["code"], row["subject"], row["observed"], row["remedy"])
        for row in control.query(session, "findings", run_id=run_id)
    )


def save_position(session: Session, control: Control, run_id: str, kind: str, position: Position) -> None:
    """Keep a position; the first one of a kind in a run stays."""
    control.execute(
        session,
        "save_position",
        run_id=run_id,
        kind=kind,
        gtid_set=position.gtid_set,
        file=position.file,
        offset=position.offset,
    )


def last_proved(session: Session, control: Control) -> tuple[datetime, datetime] | None:
    """Begin and end (UTC) of the last run that proved everything by checksum."""
    rows = control.query(session, "last_proved")
    return (rows[0]["started_at"], rows[0]["finished_at"]) if rows else None


def save_event_state(session: Session, control: Control, schema: str, name: str, state: str) -> None:
    """Remember which state an event had on the source."""
    control.execute(session, "save_event_state", schema=schema, name=name, state=state)
