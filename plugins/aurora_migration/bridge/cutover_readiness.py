"""Readiness for a cutover: the facts, as findings, as a table for the person who approves, and as a stop."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aurora_migration.bridge import following, report_log
from aurora_migration.bridge.cutting_over import release_unfinished
from aurora_migration.bridge.run import Run
from aurora_migration.engine.cutover.readiness import Facts, readiness
from aurora_migration.errors import PreflightError
from aurora_migration.model.finding import Finding, Severity
from aurora_migration.mysql.position import server_version
from aurora_migration.mysql.session import Session
from aurora_migration.store import cutovers, load, runs, sync


def check(run: Run) -> dict[str, Any]:
    """Record the run and every finding; return the table to approve. Raises: PreflightError with the blockers."""
    release_unfinished(run)
    lag = _caught_up(run)
    with run.sessions() as (source, target):
        run.control.ensure(target)
        versions = {"source": server_version(source), "target": server_version(target)}
        runs.start_run(target, run.control, run.run_id, "cutover", run.options_json(), versions)
        with run.phase(target, "readiness") as summary:
            findings = readiness(run.config, _facts(run, target, lag), source)
            runs.save_findings(target, run.control, run.run_id, "readiness", findings)
            report_log.log_findings(findings)
            blockers = [finding for finding in findings if finding.severity is Severity.BLOCKER]
            summary.update(blockers=len(blockers), lag_seconds=lag)
            if blockers:
                names = "; ".join(f"{one.code}: {one.observed}" for one in blockers)
                words = f"not ready, nothing was changed: {names}"
                raise PreflightError(words, findings, remedy=blockers[0].remedy)
            cutovers.start(target, run.control, run.run_id, "forward", run.config.cutover.write_block)
    return {"table": _table(run, findings), "findings": report_log.findings_json(findings)}


def _caught_up(run: Run) -> float:
    """Sync once more, so that what is left to drain is short; the lag then, in seconds."""
    if following.not_ready(run):
        return 0.0  # a finding of its own says so
    return following.sync_once(run).lag_seconds


def _facts(run: Run, target: Session, lag: float) -> Facts:
    proved = runs.last_proved(target, run.control)
    states = load.tables(target, run.control)
    return Facts(
        sync.checkpoint(target, run.control),
        tuple(sync.tables(target, run.control).values()),
        lag,
        proved[1] if proved else None,
        datetime.now(UTC).replace(tzinfo=None),
        bool(states) and all(state.complete for state in states),
    )


def _table(run: Run, findings: tuple[Finding, ...]) -> str:
    """Markdown for the person who approves."""
    config = run.config.cutover
    lines = [
        f"Writes on the source will be blocked by **{config.write_block}**, "
        f"rows compared by **{config.verification}**.",
        "",
        "| | Fact | About | What to do |",
        "|---|---|---|---|",
    ]
    for one in findings:
        cells = (one.severity, one.observed, one.subject, one.remedy)
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)
