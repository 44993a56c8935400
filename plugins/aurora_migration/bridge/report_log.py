"""Findings, verdicts and reports as task logs and small JSON show them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from aurora_migration.model.chunk import LoadUnit
from aurora_migration.model.finding import Finding, Severity
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.report import Difference, TableVerdict, Verdict, VerificationReport

_log = logging.getLogger(__name__)
_LEVELS: Final = {
    Severity.BLOCKER: logging.ERROR,
    Severity.WARNING: logging.WARNING,
    Severity.NOTE: logging.INFO,
}
_ORDER: Final = tuple(_LEVELS)
_SHOWN: Final = 200


def log_findings(findings: Iterable[Finding]) -> None:
    """One line a finding, blockers first, in a group that folds."""
    ordered = _ordered(findings)
    _group(f"Findings ({len(ordered)})")
    for finding in ordered:
        _log.log(_LEVELS[finding.severity], "%s", finding)
    _end()


def log_plan(plan: MigrationPlan, units: Sequence[LoadUnit]) -> None:
    """What a run would do: tables with sizes, then load units."""
    _group(f"Plan: {len(plan.tables)} tables in {len(units)} load units")
    for planned in plan.tables[:_SHOWN]:
        table = planned.table
        key = ", ".join(table.chunk_key.columns) if table.chunk_key else "none (one chunk)"
        _log.info(
            "table=%s rows≈%s mib≈%.1f key=%s",
            planned.mapping,
            f"{table.row_estimate:,}",
            table.data_bytes / (1 << 20),
            key,
        )
    for unit in units:
        _log.info("unit=%s label=%s ranges=%s", unit.number, unit.label, len(unit.ranges))
    _end()


def log_verdicts(verdicts: Sequence[TableVerdict]) -> None:
    """One line a key range, differences as warnings."""
    for verdict in verdicts:
        _log.info("%s", _verdict_line(verdict))
        for difference in verdict.differences:
            _log.warning("%s: %s", difference.subject, difference.detail)


def log_differences(differences: Sequence[Difference]) -> None:
    """What is not the same: unexplained differences as warnings, purposes as information."""
    _group(f"Objects and accounts ({len(differences)} differences)")
    for difference in differences:
        level = logging.INFO if difference.explained else logging.WARNING
        rule = f" rule={difference.rule}" if difference.rule else ""
        _log.log(level, "%s %s: %s%s", difference.subject, difference.kind, difference.detail, rule)
    _end()


def log_report(report: VerificationReport) -> None:
    """The last lines of a run: what was compared, what was changed on purpose, and the verdict."""
    _group(f"Tables ({len(report.tables)})")
    for table in report.tables[:_SHOWN]:
        _log.info("%s", _verdict_line(table))
    _end()
    log_differences((*report.objects, *report.accounts))
    for line in _conclusion(report):
        _log.info("%s", line)


def report_json(report: VerificationReport) -> dict[str, Any]:
    """The report in a few KB: totals, and every table and difference that is not as it should be."""
    unequal = [table for table in report.tables if table.verdict is not Verdict.EQUAL]
    unexplained = [d for d in (*report.objects, *report.accounts) if not d.explained]
    return {
        "migration": report.migration,
        "run_id": report.run_id,
        "level": report.level,
        "proven": report.proven,
        "tables": len(report.tables),
        "rows": sum(table.source_rows for table in report.tables),
        "tables_not_equal": [_verdict_line(table) for table in unequal[:_SHOWN]],
        "differences": [f"{d.subject} {d.kind}: {d.detail}" for d in unexplained[:_SHOWN]],
        "changed_on_purpose": sum(d.explained for d in (*report.objects, *report.accounts)),
    }


def findings_json(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings for XCom, blockers first; the log and the control schema have those beyond a thousand."""
    return [
        {
            "severity": str(finding.severity),
            "code": finding.code,
            "subject": finding.subject,
            "observed": finding.observed,
            "remedy": finding.remedy,
        }
        for finding in _ordered(findings)[: 5 * _SHOWN]
    ]


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (_ORDER.index(finding.severity), finding.code, finding.subject))


def _conclusion(report: VerificationReport) -> Iterator[str]:
    equal = sum(table.verdict is Verdict.EQUAL for table in report.tables)
    rows = sum(table.source_rows for table in report.tables)
    both = (*report.objects, *report.accounts)
    yield f"tables_equal={equal}/{len(report.tables)} rows={rows:,} level={report.level}"
    yield f"differences={sum(not d.explained for d in both)} changed_on_purpose={sum(d.explained for d in both)}"
    yield "PROVED: the target equals the source" if report.proven else "NOT PROVED: see the warnings above"


def _verdict_line(table: TableVerdict) -> str:
    return (
        f"table={table.source} verdict={table.verdict} source_rows={table.source_rows:,} "
        f"target_rows={table.target_rows:,} chunks={table.chunks} chunks_differing={table.chunks_differing} "
        f"seconds={table.seconds:.1f}"
    )


def _group(title: str) -> None:
    _log.info("::group::%s", title)


def _end() -> None:
    _log.info("::endgroup::")
