"""The load as a task does it: claim, start, wait, judge.

Before a load is started, it is claimed in the control schema, so that a task that is killed between the two knows
whether the start arrived. A load that DMS calls finished is judged by its tables and control tables.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from aurora_migration.bridge import report_log
from aurora_migration.bridge.dms_memory import finish, keep, moment, open_phase
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.dms.decision import Action, Claim, Decision, decide_load
from aurora_migration.dms.division import replication_type
from aurora_migration.dms.observed import Observed
from aurora_migration.dms.statistics import TableStatistics
from aurora_migration.dms.verdict import ControlRow, judge
from aurora_migration.dms.waiting import Wait
from aurora_migration.errors import FatalError, RetryableError
from aurora_migration.model.finding import Finding, Severity
from aurora_migration.model.names import TableName
from aurora_migration.mysql.session import Session
from aurora_migration.store import dms as store
from aurora_migration.store import runs

_log = logging.getLogger(__name__)
PHASE = "dms-load"
_REMEDY = "the findings above name tables and causes; correct them and clear this task with downstream"


def advance(dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
    """A `Wait`, or the summary of a load that is complete. Raises: FatalError, RetryableError."""
    run = dms_run.run
    with run.sessions() as (source, target), open_phase(run, target, PHASE) as summary:
        observed = dms_run.replication.observe()
        wave = moment(run, target, "schema-wave-1")
        claim = Claim(**summary["claim"]) if "claim" in summary else None
        if fresh:
            summary["waits_since"] = time.time()
        decision = decide_load(observed, claim, wave, replication_type(run.config), fresh=fresh)
        _log.info("Replication %s: %s, so %s", observed, decision.reason, decision.action)
        if decision.action is Action.JUDGE or (decision.action is Action.FAIL and observed.tables):
            tables = [planned.mapping.source for planned in run.plan(source).tables]
            statistics, findings = _judged(dms_run, tables, observed, target)
            decision = _after(decision, findings, fresh=fresh)
        if decision.action is not Action.JUDGE:
            return _act(dms_run, decision, observed, wave, target, summary)
        summary.update(_totals(statistics))
    with run.sessions() as (_, target):
        finish(run, target, PHASE, summary)
    return {key: value for key, value in summary.items() if key not in {"claim", "waits_since"}}


def _judged(
    dms_run: DmsRun, tables: list[TableName], observed: Observed, target: Session
) -> tuple[tuple[TableStatistics, ...], tuple[Finding, ...]]:
    statistics = dms_run.replication.statistics()
    findings = judge(tables, observed, statistics, control_rows(dms_run, target))
    report_log.log_findings(findings)
    runs.save_findings(target, dms_run.run.control, dms_run.run.run_id, PHASE, findings)
    return statistics, findings


def control_rows(dms_run: DmsRun, target: Session) -> tuple[ControlRow, ...]:
    """What DMS's control tables on the target hold against the replication."""
    resource = dms_run.replication.arn().rpartition(":")[2]
    found = store.troubles(target, dms_run.run.control, dms_run.names.replication, resource)
    return tuple(ControlRow(one.control_table, str(one.table), one.detail) for one in found)


def _after(decision: Decision, findings: tuple[Finding, ...], *, fresh: bool) -> Decision:
    bad = [finding for finding in findings if finding.severity is Severity.BLOCKER]
    if not bad or decision.action is Action.FAIL:
        return decision
    words = "; ".join(f"{finding.code} ({finding.subject})" for finding in bad[:10])
    return Decision(Action.RELOAD if fresh else Action.FAIL, f"DMS ended, but {words}")


def _act(
    dms_run: DmsRun, decision: Decision, observed: Observed, wave: str, target: Session, summary: dict[str, Any]
) -> Wait:
    replication = dms_run.replication
    if decision.action is Action.FAIL:
        raise FatalError(decision.reason, subject=replication.word, remedy=_REMEDY)
    if decision.action is Action.RETRY:
        raise RetryableError(decision.reason, subject=replication.word)
    if time.time() - summary["waits_since"] > dms_run.run.config.dms.max_hours * 3600:
        words = f"is not loaded after {dms_run.run.config.dms.max_hours} hours ({decision.reason})"
        raise FatalError(words, subject=replication.word, remedy="raise dms.max_hours and clear this task")
    if decision.action is Action.STOP:
        replication.stop()
    elif decision.action is not Action.WAIT:
        control = dms_run.run.control
        store.forget_troubles(target, control, dms_run.names.replication, replication.arn().rpartition(":")[2])
        summary["claim"] = {"wave": wave, "started_before": observed.started}
        keep(dms_run.run, target, PHASE, summary)
        replication.start(str(decision.action))
    return replication.wait()


def _totals(statistics: tuple[TableStatistics, ...]) -> dict[str, Any]:
    return {
        "tables": len(statistics),
        "rows": sum(one.rows for one in statistics),
        "validated": sum(one.validation in {"Validated", "Table is validated"} for one in statistics),
    }
