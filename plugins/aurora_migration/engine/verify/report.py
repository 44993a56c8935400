"""Judges a run: proved only if every planned table was compared whole and nothing unexplained differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aurora_migration.model.finding import Finding, blocker
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.model.report import Difference, TableVerdict, Verdict, VerificationReport

OBJECTS_PHASE = "verify-objects"


def build_report(
    plan: MigrationPlan,
    run_id: str,
    level: str,
    verdicts: Mapping[TableName, TableVerdict],
    expected_ranges: Mapping[TableName, int],
    verified_ranges: Mapping[TableName, int],
    differences: Sequence[Difference],
    findings: Sequence[Finding],
    phases: Mapping[str, str],
    unfinished_tasks: Mapping[str, str],
) -> VerificationReport:
    """The report of a run from what its tasks stored; what was never compared counts as not proved.

    ``unfinished_tasks`` are those that did not succeed, with their states: where one was repeated and failed, what
    an earlier try of it had stored proves nothing.
    """
    tables = []
    for planned in plan.tables:
        name = planned.mapping.source
        verdict = verdicts.get(name)
        wanted = expected_ranges.get(name, 0)
        if verdict is None or wanted == 0 or verified_ranges.get(name, 0) != wanted:
            tables.append(_not_compared(planned, level))
        else:
            tables.append(verdict)
    unfinished = [
        blocker("phase-not-finished", phase, f"ended as {state}", "see the log of its task")
        for phase, state in phases.items()
        if state != "success" and phase != OBJECTS_PHASE
    ]
    if OBJECTS_PHASE not in phases or phases[OBJECTS_PHASE] == "running":
        unfinished.append(
            blocker("phase-not-finished", OBJECTS_PHASE, "did not run to its end", "see the log of its task")
        )
    unfinished += [
        blocker("task-not-successful", task, f"is {state}", "see its log; clear it with downstream")
        for task, state in sorted(unfinished_tasks.items())
    ]
    return VerificationReport(
        migration=plan.config.name,
        run_id=run_id,
        level=level,
        tables=tuple(tables),
        objects=tuple(d for d in differences if d.area == "objects"),
        accounts=tuple(d for d in differences if d.area == "accounts"),
        findings=(*unfinished, *findings),
    )


def _not_compared(planned: PlannedTable, level: str) -> TableVerdict:
    return TableVerdict(str(planned.mapping.source), str(planned.target), level, Verdict.MISSING, 0, 0)
