"""Whether a replication that follows changes is well: its tables, its control tables, how far behind it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from aurora_migration.dms.statistics import TableStatistics
from aurora_migration.dms.verdict import ControlRow, control_findings
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.position import Position

LATE_SECONDS: Final = 300
_LOG: Final = "see the task's log in CloudWatch; reload the table with aws dms reload-tables"
# such as checkpoint:V1#27#mysql-bin.157832:1975:-1:2002:677883278264080:mysql-bin.157832:1876#0#0#*#0#93
_PLACE: Final = re.compile(r"([^#:*\s]+\.\d{6,}):(\d+)")


def health(
    statistics: Iterable[TableStatistics], control: Iterable[ControlRow], seconds: Mapping[str, float]
) -> tuple[Finding, ...]:
    """What is wrong with a running replication; ``seconds`` are its latencies by metric."""
    findings: list[Finding] = []
    for one in statistics:
        subject = f"table {one.table}"
        if one.suspended:
            findings.append(blocker("dms-table-suspended", subject, f"is suspended ({one.state})", _LOG))
        elif one.failed:
            findings.append(blocker("dms-table-error", subject, f"is in error ({one.state})", _LOG))
        if one.validation_failed:
            seen = f"DMS's validation: {one.validation_failed:,} records differ"
            findings.append(blocker("dms-validation-failed", subject, seen, "run <name>.verify"))
    findings += control_findings(control)
    for metric, value in sorted(seconds.items()):
        if value > LATE_SECONDS:
            seen = f"{value:,.0f} seconds behind"
            findings.append(
                warning("dms-latency", metric, seen, "give the instance more, or the source less to do")
            )
    return tuple(findings)


def latency(results: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The newest value of each metric of GetMetricData, newest first."""
    return {str(one["Label"] or one["Id"]): float(one["Values"][0]) for one in results if one.get("Values")}


def behind(checkpoint: str, position: Position) -> bool:
    """Whether a recovery checkpoint is before a position of the same source; unknown counts as behind.

    Binlog files are numbered, so they compare by number and not by name: 1000000 follows 999999.
    """
    places = [(_number(file), int(offset)) for file, offset in _PLACE.findall(checkpoint)]
    return not places or max(places) < (_number(position.file), position.offset)


def _number(file: str) -> int:
    return int(file.rpartition(".")[2])
