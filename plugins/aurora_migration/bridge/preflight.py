"""Preflight as a task runs it: the engine's checks plus the account policy, then the first write of the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aurora_migration.bridge import going_back, report_log
from aurora_migration.bridge.accounts import account_plan
from aurora_migration.bridge.run import Run
from aurora_migration.bridge.versions import versions
from aurora_migration.engine.accounts import account_findings
from aurora_migration.engine.fullload.planning import group_units, plan_ranges
from aurora_migration.engine.plan import fingerprint
from aurora_migration.engine.preflight.run import run_preflight
from aurora_migration.errors import FatalError, MigrationError, PreflightError
from aurora_migration.model.finding import Finding, Severity, blocker
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.sync import Checkpoint
from aurora_migration.mysql.session import Session
from aurora_migration.store import load, runs, sync


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of preflight for one run."""

    run: Run
    plan: MigrationPlan | None
    findings: tuple[Finding, ...]

    def finish(self) -> dict[str, Any]:
        """Raise on blockers; otherwise open the run in the control schema. Raises: PreflightError."""
        blockers = [finding for finding in self.findings if finding.severity is Severity.BLOCKER]
        if blockers or self.plan is None:
            names = "; ".join(f"{finding.code} ({finding.subject})" for finding in blockers)
            raise PreflightError(
                f"{len(blockers)} blockers, nothing was written: {names}",
                self.findings,
                remedy="the findings above say what to change",
            )
        with self.run.sessions(several=True) as (source, target):
            if self.run.options.dry_run:
                _log_plan(self.run, self.plan, source)
            else:
                self._open_run(source, target)
        return {"tables": len(self.plan.tables), **_counts(self.findings)}

    def _open_run(self, source: Session, target: Session) -> None:
        run = self.run
        run.control.ensure(target)
        runs.start_run(target, run.control, run.run_id, "migrate", run.options_json(), versions(source, target))
        with run.phase(target, "preflight") as summary:
            runs.save_findings(target, run.control, run.run_id, "preflight", self.findings)
            summary.update(_counts(self.findings))


def check(run: Run) -> Checked:
    """Run every check; a failing one hides no other."""
    found: list[MigrationPlan] = []

    def build(source: Session) -> MigrationPlan:
        found.append(run.plan(source))
        return found[-1]

    def already_loaded(target: Session) -> frozenset[str]:
        if not found or not run.control.exists(target):
            return frozenset()
        prints = {planned.mapping.source: fingerprint(planned) for planned in found[-1].tables}
        return frozenset(
            str(state.mapping.target)
            for state in load.tables(target, run.control)
            if state.started and prints.get(state.mapping.source) == state.fingerprint
        )

    def checkpoint(target: Session) -> Checkpoint | None:
        return sync.checkpoint(target, run.control) if run.control.exists(target) else None

    result = run_preflight(run.source, run.target, run.options, build, already_loaded, checkpoint)
    findings = _handed_over(run) + result.findings
    if result.plan is not None and not result.blockers and run.config.accounts.mode != "skip":
        findings += _account_findings(run, result.plan)
    return Checked(run, result.plan, findings)


def _handed_over(run: Run) -> tuple[Finding, ...]:
    try:
        with Session.open(run.target) as target:
            over = going_back.handed_over(run, target)
    except MigrationError:  # a finding of its own says so
        return ()
    subject, remedy = f"migration {run.config.name}", going_back.AFTER_HAND_OVER
    return (blocker("target-handed-over", subject, going_back.HANDED_OVER, remedy),) if over else ()


def _account_findings(run: Run, plan: MigrationPlan) -> tuple[Finding, ...]:
    try:
        with run.sessions() as (source, target):
            return account_findings(account_plan(run, plan, source, target))
    except FatalError as error:
        remedy = f"{error.remedy}; or set accounts: {{mode: skip}} in the migration file"
        return (blocker("accounts-not-readable", error.subject or "accounts", error.message, remedy),)


def _log_plan(run: Run, plan: MigrationPlan, source: Session) -> None:
    ranges = plan_ranges(source, plan.tables, run.config.load)
    report_log.log_plan(plan, group_units(ranges, run.config.load))


def _counts(findings: tuple[Finding, ...]) -> dict[str, int]:
    return {
        f"{severity}s": sum(finding.severity is severity for finding in findings)
        for severity in (Severity.WARNING, Severity.NOTE)
    }
