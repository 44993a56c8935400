"""Runs a case and says what is not as expected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.scenarios.harness.case import Case
from tests.scenarios.harness.databases import Stage, made
from tests.scenarios.harness.migration import Outcome, config_of, migrate
from tests.scenarios.harness.oracle import problems


def what_is_wrong(case: Case, on: Stage, **settings: Any) -> str:
    """Everything that is not as ``expect.json`` says, a line each; ``settings`` replace keys of the migration."""
    with made(case, on) as databases:
        config = config_of(case, databases, settings)
        outcome = migrate(config, on.pair)
        wrong = _wrong_findings(case, outcome)
        if not outcome.blockers:
            wrong += _wrong_verification(case, outcome)
            renamed = {name: config.target_schema(name) for name in databases}
            wrong += _unlike(case.expect.oracle, problems(on.pair, renamed, outcome), "oracle")
    return "\n".join(["", case.expect.about, *wrong]) if wrong else ""


def _wrong_findings(case: Case, outcome: Outcome) -> list[str]:
    wrong = []
    blockers = {finding.code for finding in outcome.blockers}
    if blockers != set(case.expect.blockers):
        wrong.append(f"blockers: expected {sorted(case.expect.blockers)}")
        wrong += [str(finding) for finding in outcome.blockers]
    codes = {finding.code for finding in outcome.findings}
    missing = set(case.expect.findings) - codes
    if missing:
        wrong.append(f"findings: {sorted(missing)} are not among {sorted(codes)}")
    return wrong


def _wrong_verification(case: Case, outcome: Outcome) -> list[str]:
    wrong = []
    expected = case.expect.verdicts or {}
    for table, verdict in outcome.verdicts.items():
        if verdict.value != expected.get(table, "equal"):
            wrong.append(f"verdict of {table}: {verdict.value}, expected {expected.get(table, 'equal')}")
    if wrong:
        wrong += [f"  {difference.subject}: {difference.detail}" for difference in outcome.row_differences[:5]]
    rules = {rule for d in outcome.objects if d.explained for rule in d.rule.split(", ")}
    if rules != set(case.expect.rules):
        wrong.append(f"rules: {sorted(rules)}, expected {sorted(case.expect.rules)}")
    open_ones = [f"{d.kind} {d.subject}: {d.detail}" for d in outcome.objects if not d.explained]
    return wrong + _unlike(case.expect.objects, open_ones, "objects")


def _unlike(expected: Iterable[str], found: Iterable[str], what: str) -> list[str]:
    """What was found and not expected, and what was expected and not found."""
    texts, wanted = list(found), list(expected)
    wrong = [f"{what}: {text}" for text in texts if not any(part in text for part in wanted)]
    return wrong + [f"{what}: not found: {part}" for part in wanted if not any(part in text for text in texts)]
