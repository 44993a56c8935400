"""What AWS DMS said last of a migration, as the page gets it: from the control schema, never from AWS."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from aurora_migration.mysql.session import Session
from aurora_migration.store import overview
from aurora_migration.store.control import Control
from aurora_migration.web.times import utc


def load_dms(session: Session, control: Control, _: Any) -> dict[str, Any] | None:
    """Resources, states, latencies and table statistics with a digest; None where DMS has no part."""
    row = overview.dms_document(session, control)
    if row is None:
        return None
    digest = hashlib.sha256(row["document"].encode()).hexdigest()[:24]
    return {
        "digest": digest,
        "seen_at": utc(row["seen_at"]),
        "run_id": row["run_id"],
        **json.loads(row["document"]),
    }


def shown_dms(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """In short: whether there is something to ask for, and since when it is as it is."""
    return None if row is None else {"status": row["status"], "seen_at": utc(row["seen_at"])}


def dms_lag(row: Mapping[str, Any], samples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Lag and work of a replication in the form of our own syncs; ``samples`` are what CloudWatch told."""
    return {
        "state": row["status"],
        "words": "",
        "committed_at": None,
        "transactions": 0,
        "row_changes": int(row["row_changes"]),
        "stopped_tables": int(row["stopped_tables"]),
        "updated_at": utc(row["seen_at"]),
        "lag_seconds": samples[-1]["lag_seconds"] if samples else None,
        "times": [float(one["sampled_at"]) for one in samples],
        "seconds": [one["lag_seconds"] for one in samples],
        "changes": [int(one["row_changes"]) for one in samples],
    }
