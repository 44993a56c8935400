"""The last task of a run: it judges the whole run, says so in the control schema, and keeps the report.

The report is made whatever the verdict is, and also where the judge could not come to one; it changes no verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from airflow.sdk.exceptions import AirflowSkipException

from aurora_migration.bridge import outcomes, report_log
from aurora_migration.bridge.report_files import keep_report
from aurora_migration.bridge.run import Run
from aurora_migration.engine.verify.report import build_report
from aurora_migration.errors import DataMismatchError
from aurora_migration.model.chunk import KeyRange, cover_everything
from aurora_migration.model.names import TableName
from aurora_migration.model.report import Verdict, VerificationReport
from aurora_migration.mysql.session import Session
from aurora_migration.store import load, reports, runs, verdicts

PHASE: Final = "report"
_STOPPED: Final = "see the first task that failed"
_REMEDY: Final = (
    "the differences above name what to look at; a repaired or reloaded table is verified by {name}.verify"
)


def report(run: Run, states: Mapping[str, str], findings: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Judge the whole run from what it stored and from its tasks' states, and keep its report.

    ``findings`` are those of preflight, for a run that it stopped. Raises: DataMismatchError unless all is proved.
    """
    if run.options.dry_run:
        outcomes.check_dry_run(states)
        raise AirflowSkipException("dry run: nothing to report")
    result: VerificationReport | None = None
    try:
        result = _judge(run, states)
    finally:
        missing = None if result is None else [t.source for t in result.tables if t.verdict is Verdict.MISSING]
        files = keep_report(run, findings, missing)
    report_log.log_conclusion(result, files)
    if not result.proven:
        remedy = _REMEDY.format(name=run.config.name)
        raise DataMismatchError("the target is not proved equal to the source", result, remedy=remedy)
    return report_log.report_json(result)


def _judge(run: Run, states: Mapping[str, str]) -> VerificationReport:
    with run.sessions() as (source, target):
        if not run.control.exists(target) or reports.state(target, run.control, run.run_id) is None:
            raise DataMismatchError("the run stopped before it wrote anything", remedy=_STOPPED)
        runs.save_findings(target, run.control, run.run_id, PHASE, ())  # of an earlier try of this task
        found = runs.findings(target, run.control, run.run_id)
        result = build_report(
            run.plan(source),
            run.run_id,
            str(run.options.level),
            verdicts.verdicts(target, run.control, run.run_id),
            _expected_ranges(run, target),
            verdicts.verified_ranges(target, run.control, run.run_id),
            [difference for _, difference in verdicts.differences(target, run.control, run.run_id)],
            found,
            {row["phase"]: row["state"] for row in runs.phases(target, run.control, run.run_id)},
            outcomes.unfinished(states),
        )
        own = result.findings[: len(result.findings) - len(found)]
        runs.save_findings(target, run.control, run.run_id, PHASE, own)
        report_log.log_report(replace(result, findings=own))
        runs.finish_run(target, run.control, run.run_id, "success" if result.proven else "failed")
    return result


def _expected_ranges(run: Run, target: Session) -> dict[TableName, int]:
    """How many key ranges each table has; none where together they would leave keys out."""
    ranges: dict[TableName, list[KeyRange]] = {}
    for part in load.ranges(target, run.control):
        ranges.setdefault(part.table, []).append(part)
    ordered = {table: sorted(parts, key=lambda part: part.number) for table, parts in ranges.items()}
    return {table: len(parts) for table, parts in ordered.items() if cover_everything(parts)}
