"""Findings, verdicts and reports as task logs and small JSON show them."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from aurora_migration.bridge.summary_log import log_summary, log_table, sums
from aurora_migration.model.chunk import LoadUnit
from aurora_migration.model.finding import Finding, Severity
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.report import Difference, TableVerdict, Verdict, VerificationReport
from aurora_migration.store.verdicts import WORST_FIRST, merged

_log = logging.getLogger(__name__)
_LEVELS: Final = {
    Severity.BLOCKER: logging.ERROR,
    Severity.WARNING: logging.WARNING,
    Severity.NOTE: logging.INFO,
}
_ORDER: Final = tuple(_LEVELS)
_SHOWN: Final = 200
MIB: Final = 1 << 20
_ROWS: Final = (
    "look at the rows below by their key on both sides; then load the table again, or trigger <name>.verify with "
    "Repair set to review or apply"
)
_OBJECTS: Final = "put it right on the side that is wrong, then trigger <name>.verify"


def log_findings(findings: Iterable[Finding]) -> None:
    """One line a finding, blockers first, in a group that folds."""
    ordered = _ordered(findings)
    with group(f"Findings ({len(ordered)})"):
        for finding in ordered:
            _log.log(_LEVELS[finding.severity], "%s", finding)


def log_plan(plan: MigrationPlan, units: Sequence[LoadUnit]) -> None:
    """What a run would do: tables with sizes, then load units."""
    with group(f"Plan: {len(plan.tables)} tables in {len(units)} load units"):
        for planned in plan.tables[:_SHOWN]:
            table = planned.table
            key = ", ".join(table.chunk_key.columns) if table.chunk_key else "none (one chunk)"
            _log.info(
                "table=%s rows≈%s mib≈%.1f key=%s",
                planned.mapping,
                f"{table.row_estimate:,}",
                table.data_bytes / MIB,
                key,
            )
        if len(plan.tables) > _SHOWN:
            _log.info("… and %s more tables", f"{len(plan.tables) - _SHOWN:,}")
    log_units(units)


def log_units(units: Sequence[LoadUnit]) -> None:
    """The load units of a plan as a table."""
    rows = [
        (
            unit.number,
            unit.label,
            len(unit.ranges),
            sum(part.row_estimate for part in unit.ranges),
            sum(part.byte_estimate for part in unit.ranges) / MIB,
        )
        for unit in units
    ]
    columns = ("unit", "tables", "key ranges", "rows (about)", "MiB (about)")
    log_table(f"Planned {len(units)} load units", columns, rows, sums(rows))


def log_verdicts(verdicts: Sequence[TableVerdict]) -> None:
    """One line a key range and a warning for each table that differs; last, what each table came to."""
    with group(f"Key ranges ({len(verdicts)})"):
        for verdict in verdicts:
            _log.info("%s", _verdict_line(verdict))
    for verdict in verdicts:
        if verdict.differences:
            _log.warning("Rows of table %s differ. What to do: %s", verdict.source, _ROWS)
        for difference in verdict.differences:
            _log.warning("%s: %s", difference.subject, difference.detail)
    tables: dict[str, TableVerdict] = {}
    for verdict in verdicts:
        known = tables.get(verdict.source)
        tables[verdict.source] = merged(known, verdict) if known else verdict
    _log_verdict_table("Compared", list(tables.values()))


def log_differences(differences: Sequence[Difference]) -> None:
    """What is not the same: unexplained differences as warnings, purposes as information."""
    with group(f"Objects and accounts ({len(differences)} differences)"):
        for difference in differences:
            words = f"{difference.subject} {difference.kind}: {difference.detail}"
            if difference.explained:
                _log.info("%s rule=%s", words, difference.rule)
            else:
                _log.warning("%s What to do: %s", words, _OBJECTS)


def log_report(report: VerificationReport) -> None:
    """What was compared, what was changed on purpose, what is unfinished."""
    with group(f"Tables ({len(report.tables)})"):
        for table in _worst_first(report.tables)[:_SHOWN]:
            _log.info("%s", _verdict_line(table))
    log_differences((*report.objects, *report.accounts))
    log_findings(report.findings)


def log_conclusion(report: VerificationReport, files: Sequence[str]) -> None:
    """The last lines of a run: its tables, those that are not equal first, and the verdict."""
    _log_verdict_table("Tables", report.tables)
    both = (*report.objects, *report.accounts)
    found = {verdict: [t.source for t in report.tables if t.verdict is verdict] for verdict in Verdict}
    proved = "PROVED: the target equals the source"
    values = {
        "tables equal": f"{len(found[Verdict.EQUAL]) + len(found[Verdict.DEGRADED]):,} of {len(report.tables):,}",
        "tables that differ": found[Verdict.DIFFERS],
        "tables not compared": found[Verdict.MISSING],
        "rows": sum(table.source_rows for table in report.tables),
        "level": report.level,
        "unexplained differences": sum(not d.explained for d in both),
        "changed on purpose": sum(d.explained for d in both),
        "blockers": [f"{f.code} {f.subject}" for f in report.findings if f.severity is Severity.BLOCKER],
        "report": ", ".join(files) or "on the page Migrations",
        "verdict": proved if report.proven else "NOT PROVED: the warnings above say what stands against it",
    }
    log_summary(f"Report of {report.migration}, run {report.run_id}", values)


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


def _log_verdict_table(title: str, tables: Sequence[TableVerdict]) -> None:
    rows = [
        (t.source, str(t.verdict), t.source_rows, t.target_rows, t.chunks, t.chunks_differing, t.seconds)
        for t in _worst_first(tables)
    ]
    columns = ("table", "verdict", "source rows", "target rows", "chunks", "differing", "seconds")
    log_table(title, columns, rows, sums(rows))


def _worst_first(tables: Iterable[TableVerdict]) -> list[TableVerdict]:
    return sorted(tables, key=lambda table: (WORST_FIRST.index(table.verdict), -table.source_rows, table.source))


def _verdict_line(table: TableVerdict) -> str:
    return (
        f"table={table.source} verdict={table.verdict} source_rows={table.source_rows:,} "
        f"target_rows={table.target_rows:,} chunks={table.chunks} chunks_differing={table.chunks_differing} "
        f"seconds={table.seconds:.1f}"
    )


@contextlib.contextmanager
def group(title: str) -> Iterator[None]:
    """Fold what is logged meanwhile under a title; an error ends the fold, so that it is never hidden in it."""
    _log.info("::group::%s", title)
    try:
        yield
    finally:
        _log.info("::endgroup::")
