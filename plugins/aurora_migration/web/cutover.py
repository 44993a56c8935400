"""A cutover as the page shows it: how far it is, who approved it, how long nobody could write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aurora_migration.web.times import utc


def shown_cutover(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The recorded cutover of a run, None for other runs and before readiness has recorded it."""
    if row is None:
        return None
    blocked, opened = utc(row["blocked_at"]), utc(row["opened_at"])
    return {
        "state": row["state"],
        "direction": row["direction"],
        "write_block": row["policy"],
        "approved_by": row["approved_by"] or None,
        "blocked_at": blocked,
        "opened_at": opened,
        "downtime_seconds": (opened - blocked).total_seconds() if blocked and opened else None,
    }
