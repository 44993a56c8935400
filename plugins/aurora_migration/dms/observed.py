"""A replication task, or a serverless replication, as one value: the two answer under different names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

# DMS takes a start command in these, and in no other.
AT_REST: Final = frozenset({"ready", "created", "stopped", "failed"})
_PREFIX: Final = "Stop Reason "


@dataclass(frozen=True, slots=True)
class Observed:
    """What DMS says of a task: ``started`` is the time of its last start as text, empty before the first."""

    status: str
    stop_reason: str = ""
    failure: str = ""
    started: str = ""
    percent: int = 0
    tables_loaded: int = 0
    tables_loading: int = 0
    tables_queued: int = 0
    tables_errored: int = 0
    checkpoint: str = ""

    @classmethod
    def from_api(cls, found: Mapping[str, Any] | None) -> Self:
        """From an entry of ReplicationTasks or Replications; None is the status "absent"."""
        if found is None:
            return cls("absent")
        stats = found.get("ReplicationTaskStats") or found.get("ReplicationStats") or {}
        failures = found.get("FailureMessages") or ()
        return cls(
            status=str(found.get("Status") or "").lower(),
            stop_reason=str(found.get("StopReason") or "").removeprefix(_PREFIX),
            failure=str(found.get("LastFailureMessage") or "; ".join(map(str, failures))),
            started=_text(stats.get("StartDate") or found.get("ReplicationTaskStartDate")),
            percent=int(stats.get("FullLoadProgressPercent") or 0),
            tables_loaded=int(stats.get("TablesLoaded") or 0),
            tables_loading=int(stats.get("TablesLoading") or 0),
            tables_queued=int(stats.get("TablesQueued") or 0),
            tables_errored=int(stats.get("TablesErrored") or 0),
            checkpoint=str(found.get("RecoveryCheckpoint") or ""),
        )

    @property
    def at_rest(self) -> bool:
        return self.status in AT_REST

    @property
    def never_started(self) -> bool:
        return not self.started

    @property
    def tables(self) -> int:
        return self.tables_loaded + self.tables_loading + self.tables_queued + self.tables_errored

    def __str__(self) -> str:
        reason = f" ({self.stop_reason})" if self.stop_reason else ""
        words = f"{self.status}{reason} percent={self.percent} loaded={self.tables_loaded}"
        return f"{words} loading={self.tables_loading} queued={self.tables_queued} errored={self.tables_errored}"


def _text(moment: Any) -> str:
    if isinstance(moment, datetime):
        return moment.isoformat()
    return str(moment) if moment else ""
