"""Named rules that changed DDL on its way, kept as notes of the run."""

from __future__ import annotations

from collections.abc import Iterable

from aurora_migration.bridge.run import Run
from aurora_migration.model.finding import note
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql.session import Session
from aurora_migration.store import runs


def save_rules(run: Run, target: Session, phase: str, rules: Iterable[AppliedRule]) -> None:
    """Keep each application of a rule, so that the report can list it."""
    notes = [note(f"rule-{rule.rule}", rule.subject, rule.detail) for rule in rules]
    runs.save_findings(target, run.control, run.run_id, f"{phase}-rules", notes)
