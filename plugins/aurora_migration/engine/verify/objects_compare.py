"""Compares two sets of facts about one object and words what is not the same.

A difference that a named rule explains stands apart from one that nothing explains, so that one object may yield
both. Values in details are definitions, never rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from aurora_migration.engine.verify.objects_facts import Facts
from aurora_migration.model.report import Difference, DifferenceKind

AREA: Final = "objects"
_SHOWN: Final = 300

Explain = Callable[[str, str, str | None, str | None], str]
"""(kind, fact, source value, target value) → the rule that explains the difference, or an empty text."""


def missing(subject: str, detail: str = "", rule: str = "") -> Difference:
    """The target lacks the object; with a rule it does so on purpose."""
    kind = DifferenceKind.ON_PURPOSE if rule else DifferenceKind.MISSING
    return Difference(kind, AREA, subject, detail or "not on the target", rule)


def extra(subject: str, detail: str = "", rule: str = "") -> Difference:
    """The target has an object that the source has not."""
    kind = DifferenceKind.ON_PURPOSE if rule else DifferenceKind.EXTRA
    return Difference(kind, AREA, subject, detail or "not on the source", rule)


def differs(subject: str, detail: str, rule: str = "") -> Difference:
    """The object is on both sides and not the same."""
    kind = DifferenceKind.ON_PURPOSE if rule else DifferenceKind.DIFFERS
    return Difference(kind, AREA, subject, detail, rule)


def compare_facts(kind: str, subject: str, ours: Facts, theirs: Facts, explain: Explain) -> list[Difference]:
    """One difference for all that nothing explains, one more for each rule that explains something."""
    by_rule: dict[str, list[str]] = {}
    for fact in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(fact), theirs.get(fact)
        if one != other:
            by_rule.setdefault(explain(kind, fact, one, other), []).append(change(fact, one, other))
    return [differs(subject, "; ".join(changes), rule) for rule, changes in sorted(by_rule.items())]


def compare_order(subject: str, ours: Iterable[str], theirs: Iterable[str]) -> list[Difference]:
    """Whether the members that both sides have come in one order."""
    here, there = list(ours), list(theirs)
    one, other = [name for name in here if name in set(there)], [name for name in there if name in set(here)]
    if one == other:
        return []
    return [differs(subject, change("order", ", ".join(one), ", ".join(other)))]


def change(fact: str, ours: str | None, theirs: str | None) -> str:
    """``fact: source value → target value``."""
    return f"{fact}: {shown(ours)} → {shown(theirs)}"


def shown(value: str | None) -> str:
    """A value in one line, cut where it is long."""
    if value is None:
        return "none"
    text = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}… ({len(value)} characters)"
    return repr(text)


def cut_to_change(ours: str, theirs: str) -> tuple[str, str]:
    """The part of two long texts where they part ways, with a little of what is around it."""
    start = next(
        (i for i, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other),
        min(len(ours), len(theirs)),
    )
    begin = max(0, start - 40)
    lead = "…" if begin else ""
    return lead + ours[begin : begin + 160], lead + theirs[begin : begin + 160]
