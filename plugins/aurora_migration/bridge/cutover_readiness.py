"""Readiness for a cutover: the facts, as findings, as a table for the person who approves, and as a stop."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aurora_migration.bridge import following, going_back, report_log
from aurora_migration.bridge.cutover_scene import scene
from aurora_migration.bridge.cutting_over import release_unfinished
from aurora_migration.bridge.dms_readiness import dms_readiness
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.bridge.run import Run
from aurora_migration.engine.cutover.readiness import Facts, block_findings, blockers_first, readiness
from aurora_migration.engine.cutover.write_block import intended
from aurora_migration.errors import ConfigurationError, PreflightError
from aurora_migration.model.cutover import CutoverState
from aurora_migration.model.finding import Finding, Severity
from aurora_migration.mysql.position import server_version
from aurora_migration.mysql.session import Session
from aurora_migration.store import cutovers, load, runs, sync


def check(run: Run) -> dict[str, Any]:
    """Record the run and every finding; return the table to approve. Raises: PreflightError with the blockers."""
    release_unfinished(run)
    way = _way(run)
    followed, lag = _followed_by_dms(run)
    if followed is None:
        lag = _caught_up(run, way)
    with run.sessions() as (source, target):
        run.control.ensure(target)
        versions = {"source": server_version(source), "target": server_version(target)}
        runs.start_run(target, run.control, run.run_id, "cutover", run.options_json(), versions)
        with run.phase(target, "readiness") as summary:
            facts = _facts(run, target, lag or 0.0) if way is run else _facts_of_the_way_back(way, lag or 0.0)
            found = readiness(run.config, facts, target if way is not run else source, followed)
            findings = blockers_first((*found, *_block(run, target)))
            runs.save_findings(target, run.control, run.run_id, "readiness", findings)
            report_log.log_findings(findings)
            blockers = [finding for finding in findings if finding.severity is Severity.BLOCKER]
            summary.update(blockers=len(blockers), lag_seconds=lag)
            if blockers:
                names = "; ".join(f"{one.code}: {one.observed}" for one in blockers)
                words = f"not ready, nothing was changed: {names}"
                raise PreflightError(words, findings, remedy=blockers[0].remedy)
            policy = run.config.cutover.write_block
            cutovers.start(target, run.control, run.run_id, run.options.direction, policy)
    return {
        "table": _table(run, findings, by_dms=followed is not None),
        "findings": report_log.findings_json(findings),
    }


def _followed_by_dms(run: Run) -> tuple[tuple[Finding, ...] | None, float | None]:
    """What is known where AWS DMS follows, and the lag; None where our own engine does."""
    with Session.open(run.target) as target:
        if not going_back.dms_follows(run, target):
            return None, None
    return dms_readiness(DmsRun(run))


def _block(run: Run, target: Session) -> tuple[Finding, ...]:
    """What will be changed, unless it was before. Raises: ConfigurationError, MissingPrivilegeError."""
    begun = cutovers.find(target, run.control, run.run_id)
    if begun is not None and begun.state is not CutoverState.READY:
        return ()
    with scene(run) as here:
        return block_findings(here.sides, intended(here.sides))


def _way(run: Run) -> Run:
    """The run whose source is to be left. Raises: ConfigurationError if nobody writes to that side."""
    back = run.options.direction == "back"
    with Session.open(run.target) as target:
        over = going_back.handed_over(run, target)
    if back == over and (not back or run.config.cutover.rollback_window):
        return going_back.present_way(run)
    where = "the target has been handed over already" if over else "the applications write to the source"
    raise ConfigurationError(
        f"direction {run.options.direction}: {where}",
        subject=f"migration {run.config.name}",
        remedy="choose the other direction; a way back needs cutover: {rollback_window: true} before the cutover",
    )


def _caught_up(run: Run, way: Run) -> float:
    """Sync once more, so that what is left to drain is short; the lag then, in seconds."""
    if way is run and following.not_ready(run):
        return 0.0  # a finding of its own says so
    return following.sync_once(way).lag_seconds


def _facts_of_the_way_back(way: Run, lag: float) -> Facts:
    """Both sides were proved equal by the cutover itself, and every change since has been applied strictly."""
    now = datetime.now(UTC).replace(tzinfo=None)
    with Session.open(way.target) as target:
        modes = tuple(sync.tables(target, way.control).values())
        return Facts(sync.checkpoint(target, way.control), modes, lag, now, now, loaded=True)


def _facts(run: Run, target: Session, lag: float) -> Facts:
    proved = runs.last_proved(target, run.control)
    states = load.tables(target, run.control)
    # AWS DMS leaves no chunks; whether its load is whole, its own task and the verification have judged
    loaded = run.config.engine == "dms" or (bool(states) and all(state.complete for state in states))
    return Facts(
        sync.checkpoint(target, run.control),
        tuple(sync.tables(target, run.control).values()),
        lag,
        proved[1] if proved else None,
        datetime.now(UTC).replace(tzinfo=None),
        loaded,
    )


def _table(run: Run, findings: tuple[Finding, ...], *, by_dms: bool) -> str:
    """Markdown for the person who approves."""
    config = run.config.cutover
    # DMS does not tell reliably which tables have changed
    level = "checksum" if by_dms and config.verification == "changed" else config.verification
    lines = [
        f"Writes on the source will be blocked by **{config.write_block}**, rows compared by **{level}**.",
        "",
        "| | Fact | About | What to do |",
        "|---|---|---|---|",
    ]
    for one in findings:
        cells = (one.severity, one.observed, one.subject, one.remedy)
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)
