"""What the report of a cutover says beyond that of any run: who approved it, what changed, how long nobody wrote.

A pure function of the migration file and of what is recorded. The sides are named by the id of their Airflow
connection and by their version, and never by an address or a login.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from aurora_migration.bridge.cutover_outcome import NOT_APPROVED
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.cutover import CutoverChanges, CutoverState
from aurora_migration.store.reports import Evidence

Row = Mapping[str, Any]
_BLOCK: Final = "block-writes"  # the phase whose summary has the proofs


def cutover_verdict(run_state: str, row: Row | None) -> str:
    """What a cutover that has ended came to; ``row`` is None where readiness stopped it."""
    if row is not None and CutoverState(row["state"]).decided:
        return "cut over"
    return NOT_APPROVED if run_state == NOT_APPROVED else "not cut over"


def cutover_facts(config: MigrationConfig, evidence: Evidence) -> dict[str, Any] | None:
    """The facts of a cutover that has begun, None for any other run."""
    row = evidence.cutover
    if row is None:
        return None
    changes = CutoverChanges.parse(row["changes"])
    left, taken = _sides(config, evidence.run, row["direction"])
    decided = CutoverState(row["state"]).decided
    return {
        "state": row["state"],
        "direction": row["direction"],
        "approval": config.cutover.approval,
        "approved_by": row["approved_by"] or None,
        "write_block": row["policy"],
        "verification": config.cutover.verification,
        "started_at": _moment(row["started_at"]),
        "blocked_at": _moment(row["blocked_at"]),
        "opened_at": _moment(row["opened_at"]),
        "write_downtime_seconds": _seconds(row["blocked_at"], row["opened_at"]),
        "writes_came_from": left,
        "writes_go_to": taken if decided else left,
        "accounts_locked": list(changes.source_accounts),
        "accounts_opened": list(changes.target_accounts) if decided else [],
        "events_moved": [str(name) for name in changes.source_events] if decided else [],
        "proofs": _proofs(evidence),
    }


def _sides(config: MigrationConfig, run: Row | None, direction: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The side that is left and the side that takes over."""
    versions = json.loads(run["versions"] or "{}") if run else {}
    source, target = (
        {"side": side, "connection": connection, "version": versions.get(side)}
        for side, connection in (("source", config.source.connection), ("target", config.target.connection))
    )
    return (target, source) if direction == "back" else (source, target)


def _proofs(evidence: Evidence) -> list[str]:
    """How it is known that nobody wrote; what was compared then is told table by table."""
    texts = (row["summary"] for row in evidence.phases if row["phase"] == _BLOCK)
    found: Row = json.loads(next(texts, None) or "{}")
    return [str(words) for words in found.get("proofs", ())]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.isoformat(timespec='milliseconds')}Z"


def _seconds(started: datetime | None, ended: datetime | None) -> float | None:
    return None if started is None or ended is None else round((ended - started).total_seconds(), 3)
