"""Table statistics as DMS reports them → values, and → the `Progress` that every engine shows.

Tasks and serverless replications answer alike
(https://docs.aws.amazon.com/dms/latest/APIReference/API_TableStatistics.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from aurora_migration.model.names import TableName
from aurora_migration.model.progress import Progress

COMPLETED: Final = "Table completed"
FAILED_STATES: Final = frozenset({"Table error", "Table does not exist", "Table cancelled", "Error"})


@dataclass(frozen=True, slots=True)
class TableStatistics:
    """One table of a task: rows loaded, rows refused, changes applied, and what DMS's validation says."""

    table: TableName
    state: str
    rows: int = 0
    error_rows: int = 0
    check_failed_rows: int = 0
    validation: str = ""
    validation_details: str = ""
    validation_failed: int = 0
    validation_pending: int = 0
    validation_suspended: int = 0
    changes: int = 0
    changes_applied: int = 0
    seconds: float = 0.0

    @classmethod
    def from_api(cls, entry: Mapping[str, Any]) -> Self:
        """One entry of TableStatistics or ReplicationTableStatistics."""

        def number(key: str) -> int:
            return int(entry.get(key) or 0)

        return cls(
            table=TableName(str(entry.get("SchemaName", "")), str(entry.get("TableName", ""))),
            state=str(entry.get("TableState") or ""),
            rows=number("FullLoadRows"),
            error_rows=number("FullLoadErrorRows"),
            check_failed_rows=number("FullLoadCondtnlChkFailedRows"),
            validation=str(entry.get("ValidationState") or ""),
            validation_details=str(entry.get("ValidationStateDetails") or ""),
            validation_failed=number("ValidationFailedRecords"),
            validation_pending=number("ValidationPendingRecords"),
            validation_suspended=number("ValidationSuspendedRecords"),
            changes=sum(number(key) for key in ("Inserts", "Updates", "Deletes")),
            changes_applied=sum(number(key) for key in ("AppliedInserts", "AppliedUpdates", "AppliedDeletes")),
            seconds=_seconds(entry.get("FullLoadStartTime"), entry.get("FullLoadEndTime")),
        )

    @property
    def completed(self) -> bool:
        return self.state == COMPLETED

    @property
    def suspended(self) -> bool:
        return "suspend" in self.state.lower()

    @property
    def failed(self) -> bool:
        return self.state in FAILED_STATES or "error" in self.state.lower()


def progress(
    statistics: Iterable[TableStatistics], estimates: Mapping[str, int], seconds: float
) -> tuple[Progress, ...]:
    """How far each table is; ``estimates`` are rows by source table, ``seconds`` the time since the start."""
    return tuple(
        Progress(
            phase=f"dms {one.state.lower() or 'queued'}",
            table=str(one.table),
            rows=one.rows,
            row_estimate=max(one.rows, estimates.get(str(one.table), 0)),
            exact=one.completed,
            rows_per_second=one.rows / _spent(one, seconds),
            seconds=_spent(one, seconds),
        )
        for one in statistics
    )


def _spent(one: TableStatistics, seconds: float) -> float:
    return max(1e-3, one.seconds or seconds)


def _seconds(start: Any, end: Any) -> float:
    if isinstance(start, datetime) and isinstance(end, datetime):
        return max(0.0, (end - start).total_seconds())
    return 0.0
