"""Whether a load that DMS calls finished is one: every table there, complete, without an error on any record.

DMS ends "successfully" with tables in error, with suspended tables, and with no table at all; its own provider
accepts any stopped task. Here each of these is a blocker. What DMS's validation could not look at is a warning:
this project's verification compares those rows as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aurora_migration.dms.observed import Observed
from aurora_migration.dms.statistics import TableStatistics
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.model.names import TableName

_LOG = "see the task's log in CloudWatch, correct the cause, and clear dms_load with downstream"


@dataclass(frozen=True, slots=True)
class ControlRow:
    """A row of one of DMS's control tables on the target; ``detail`` holds no value of a row."""

    control_table: str
    table: str
    detail: str


def judge(
    expected: Sequence[TableName],
    observed: Observed,
    statistics: Sequence[TableStatistics],
    control: Iterable[ControlRow] = (),
) -> tuple[Finding, ...]:
    """Everything that speaks against a finished load, blockers among it, and what is worth knowing."""
    known = {one.table: one for one in statistics}
    findings: list[Finding] = []
    if not statistics:
        findings.append(
            blocker(
                "dms-no-tables", "replication", "ended without a single table", "check the selection, and names"
            )
        )
    for name in expected:
        findings += _table(name, known.get(name)) if statistics else ()
    for extra in sorted(set(known) - set(expected)):
        findings.append(
            warning("dms-table-not-planned", f"table {extra}", "was loaded and is not in the plan", _LOG)
        )
    if observed.tables_errored and not any(one.failed for one in statistics):
        seen = f"DMS counts {observed.tables_errored} tables in error"
        findings.append(blocker("dms-table-error", "replication", seen, _LOG))
    findings += control_findings(control)
    return tuple(findings)


def _table(name: TableName, one: TableStatistics | None) -> Iterator[Finding]:
    subject = f"table {name}"
    if one is None:
        yield blocker("dms-table-missing", subject, "is in the plan, and DMS did not load it", _LOG)
        return
    if one.suspended:
        yield blocker("dms-table-suspended", subject, f"is suspended ({one.state})", _LOG)
    elif one.failed:
        yield blocker("dms-table-error", subject, f"is in error ({one.state}) after {one.rows:,} rows", _LOG)
    elif not one.completed:
        yield blocker("dms-table-incomplete", subject, f"is not complete ({one.state or 'no state'})", _LOG)
    refused = one.error_rows + one.check_failed_rows
    if refused:
        yield blocker("dms-rows-refused", subject, f"{refused:,} rows were not loaded", _LOG)
    yield from _validation(subject, one)


def _validation(subject: str, one: TableStatistics) -> Iterator[Finding]:
    state = one.validation
    if one.validation_failed or state == "Mismatched records":
        seen = f"DMS's validation: {state}, {one.validation_failed:,} records differ"
        yield blocker("dms-validation-failed", subject, seen, "awsdms_validation_failures_v1 names the keys")
    elif state in {"", "Not enabled", "Validated", "Table is validated"}:
        return
    elif state == "No primary key":
        yield note(
            "dms-not-validated", subject, "DMS's validation needs a key; ours compares the table all the same"
        )
    else:
        detail = f": {one.validation_details}" if one.validation_details else ""
        seen = f"DMS's validation did not end well ({state}{detail})"
        yield warning("dms-validation-incomplete", subject, seen, "this project's verification compares the rows")


def control_findings(rows: Iterable[ControlRow]) -> Iterator[Finding]:
    """What DMS's own control tables hold against a replication."""
    codes = {
        "awsdms_apply_exceptions": "dms-apply-exception",
        "awsdms_suspended_tables": "dms-table-suspended",
        "awsdms_validation_failures_v1": "dms-validation-failed",
    }
    for row in rows:
        yield blocker(codes[row.control_table], f"table {row.table}", f"{row.control_table}: {row.detail}", _LOG)
