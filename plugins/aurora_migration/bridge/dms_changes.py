"""Following changes by DMS: begin and watch.

After a load by DMS the task goes on where the load's own changes end; after a load by this project's engine a task
of type ``cdc`` begins at the position that was recorded before it. DMS then settles by key what overlaps.
"""

from __future__ import annotations

import logging
from typing import Any

from aurora_migration.bridge import dms_provision, report_log
from aurora_migration.bridge.dms_latency import latencies
from aurora_migration.bridge.dms_load import control_rows
from aurora_migration.bridge.dms_preflight import dms_findings
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.bridge.run import Run
from aurora_migration.dms.decision import Action, decide_changes
from aurora_migration.dms.division import replication_type
from aurora_migration.dms.health import health
from aurora_migration.dms.observed import Observed
from aurora_migration.dms.settings import LobPlan, task_settings
from aurora_migration.dms.waiting import Wait
from aurora_migration.errors import FatalError, PreflightError, RetryableError
from aurora_migration.model.config import MigrationType
from aurora_migration.model.finding import Severity
from aurora_migration.mysql.session import Session
from aurora_migration.store import cutovers, load, overview
from aurora_migration.store import dms as store

_log = logging.getLogger(__name__)


def advance(dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
    """Let the replication follow. Raises: FatalError, RetryableError if it does not."""
    replication = dms_run.replication
    observed = replication.observe()
    decision = decide_changes(observed, fresh=fresh)
    _log.info("Replication %s: %s, so %s", observed, decision.reason, decision.action)
    if decision.action is Action.FAIL:
        raise FatalError(
            decision.reason, subject=replication.word, remedy="see its log; clear this task to resume it"
        )
    if decision.action is Action.RETRY:
        raise RetryableError(decision.reason, subject=replication.word)
    if decision.action is Action.WAIT:
        return replication.wait()
    if decision.action is Action.START and replication_type(dms_run.run.config) is not MigrationType.CDC:
        raise FatalError("has not loaded anything yet", subject=replication.word, remedy="run <name>.migrate")
    if decision.action is Action.RESUME and not _lets_follow(dms_run):
        return replication.wait()
    if decision.action is not Action.JUDGE:
        position = _position(dms_run.run) if decision.action is Action.START else None
        replication.start(str(decision.action), position)
        return replication.wait()
    return _judge(dms_run, observed)


def _lets_follow(dms_run: DmsRun) -> bool:
    """Whether the settings no longer stop the task behind its load; if they do, they are changed now.

    A serverless replication that has been started cannot be changed any more (API_ModifyReplicationConfig). It has
    stopped behind its load once, and is resumed as it is.
    """
    config = dms_run.run.config
    if dms_run.serverless:
        return True
    if not dms_run.replication.setting("FullLoadSettings", "StopTaskCachedChangesApplied"):
        return True
    lob = LobPlan.decide(config.dms, config.type, None)
    dms_run.replication.change_settings(
        task_settings(config.dms, config.type, lob, config.control_schema, follow=True)
    )
    return False


def watch(dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
    """The same on a schedule; where our engine did the load, the replication is made first."""
    if dms_run.run.config.engine == "native" and not _is_made(dms_run):
        wait = _provision(dms_run, fresh=fresh)
        if isinstance(wait, Wait):
            return wait
    return advance(dms_run, fresh=fresh)


def not_ready(run: Run) -> str:
    """Why there is nothing to watch yet, or nothing."""
    with Session.open(run.target) as target:
        if not run.control.exists(target) or store.last_position(target, run.control) is None:
            return f"nothing has been loaded yet: run {run.config.name}.migrate first"
        known = cutovers.all_of(target, run.control)
    if any(one.state.decided for one in known):
        return "the target was handed over by a cutover: DMS follows no more"
    if under_way := [one.run_id for one in known if one.state.under_way]:
        return f"the cutover {under_way[0]} is under way: it drains and stops the replication itself"
    return _load_is_open(DmsRun(run)) if run.config.engine == "dms" else _our_load_is_open(run)


def _our_load_is_open(run: Run) -> str:
    """DMS must not write to tables that our own engine still loads, or builds indexes on."""
    with Session.open(run.target) as target:
        newest = overview.newest_runs(target, run.control, 40)
        states = load.tables(target, run.control)
    if next((row["state"] for row in newest if row["kind"] == "migrate"), "") == "running":
        return f"{run.config.name}.migrate is under way: DMS follows once it has ended"
    if run.config.type is not MigrationType.CDC and not all(state.complete for state in states):
        return f"not all tables are loaded: {run.config.name}.migrate does that"
    return ""


def _load_is_open(dms_run: DmsRun) -> str:
    """A watchdog must not start or resume what is still a load."""
    observed = dms_run.replication.observe()
    if observed.status == "absent" or observed.never_started or observed.percent < 100:
        return f"DMS has not loaded everything yet: {dms_run.run.config.name}.migrate does that"
    return ""


def _judge(dms_run: DmsRun, observed: Observed) -> dict[str, Any]:
    with Session.open(dms_run.run.target) as target:
        control = control_rows(dms_run, target)
    statistics = dms_run.replication.statistics()
    seconds = latencies(dms_run)
    findings = health(statistics, control, seconds)
    report_log.log_findings(findings)
    bad = [finding for finding in findings if finding.severity is Severity.BLOCKER]
    if bad:
        words = "; ".join(f"{finding.code} ({finding.subject})" for finding in bad[:10])
        raise FatalError(
            f"does not follow: {words}", subject=dms_run.replication.word, remedy="see the findings above"
        )
    return {
        "status": observed.status,
        "tables": len(statistics),
        "changes": sum(one.changes for one in statistics),
        "changes_applied": sum(one.changes_applied for one in statistics),
        "latency_seconds": seconds,
    }


def _is_made(dms_run: DmsRun) -> bool:
    return dms_run.replication.observe().status not in {"absent", "creating"}


def _provision(dms_run: DmsRun, *, fresh: bool) -> Wait | None:
    run = dms_run.run
    with Session.open(run.source) as source:
        plan = run.plan(source)
    if fresh:
        findings = dms_findings(dms_run, plan)
        report_log.log_findings(findings)
        bad = [finding for finding in findings if finding.severity is Severity.BLOCKER]
        if bad:
            names = "; ".join(f"{finding.code} ({finding.subject})" for finding in bad)
            raise PreflightError(f"{len(bad)} blockers, nothing was created: {names}", findings)
    result = dms_provision.advance(dms_run, fresh=fresh)
    return result if isinstance(result, Wait) else None


def _position(run: Run) -> str | None:
    """Where changes begin, in DMS's words; None is now."""
    with Session.open(run.target) as target:
        found = store.last_position(target, run.control)
    return f"{found.file}:{found.offset}" if found is not None else None
