"""Schema patterns of grants: what they match, and which grant covers which."""

from __future__ import annotations

import pytest

from aurora_migration.model.grant import Grant, SchemaPattern, Scope, ScopeKind, covers, escaped


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        (r"app\_1", ["app_1"], ["appX1", r"app\_1", "app_11"]),
        ("app_1", ["app_1", "appX1"], ["app1", "app_12"]),
        ("app%", ["app", "app_1", "appX1"], ["xapp"]),
        (r"a\%b", ["a%b"], ["axb", "ab"]),
        (r"a\\b", [r"a\b"], [r"a\\b"]),
        ("%", ["x", ""], []),
        ("a.b[c]*", ["a.b[c]*"], ["axb[c]*"]),
        ("line\nfeed_", ["line\nfeeds"], ["line"]),
    ],
)
def test_matching(pattern: str, matching: list[str], others: list[str]) -> None:
    matcher = SchemaPattern.of(pattern)
    assert [name for name in matching if not matcher.matches(name)] == []
    assert [name for name in others if matcher.matches(name)] == []


@pytest.mark.parametrize("name", ["app_1", "100%", r"back\slash", "plain", "_%\\"])
def test_escaping_makes_a_pattern_for_one_name(name: str) -> None:
    assert SchemaPattern.of(escaped(name)).literal == name


def test_more_specific_pattern_is_preferred() -> None:
    """As MySQL does: a plain name, then the longer plain beginning."""
    texts = ["%", "app%", r"app\_%", r"app\_1"]
    assert sorted(texts, key=lambda text: SchemaPattern.of(text).specificity) == texts


def table(schema: str, name: str) -> Scope:
    return Scope(ScopeKind.TABLE, schema, name)


def schema(pattern: str) -> Scope:
    return Scope(ScopeKind.SCHEMA, pattern)


@pytest.mark.parametrize(
    ("held", "wanted", "expected"),
    [
        (Grant("SELECT"), Grant("SELECT"), True),
        (Grant("SELECT"), Grant("INSERT"), False),
        (Grant("SELECT"), Grant("SELECT", schema("d")), True),
        (Grant("SELECT"), Grant("SELECT", table("d", "t")), True),
        (Grant("SELECT", except_schemas=("d",)), Grant("SELECT"), False),
        (Grant("SELECT", except_schemas=("d",)), Grant("SELECT", table("d", "t")), False),
        (Grant("SELECT", except_schemas=("d",)), Grant("SELECT", table("e", "t")), True),
        (Grant("SELECT", except_schemas=("d",)), Grant("SELECT", schema("%")), False),
        (Grant("SELECT", schema("app%")), Grant("SELECT", schema(r"app\_1")), True),
        (Grant("SELECT", schema("app%")), Grant("SELECT", schema("app_")), False),
        (Grant("SELECT", schema("app%")), Grant("SELECT", table("app_1", "t")), True),
        (Grant("SELECT", schema(r"app\_1")), Grant("SELECT", table("appX1", "t")), False),
        (Grant("SELECT", schema("d")), Grant("SELECT"), False),
        (Grant("SELECT", table("d", "t")), Grant("SELECT", Scope(ScopeKind.COLUMN, "d", "t", "c")), True),
        (Grant("SELECT", Scope(ScopeKind.COLUMN, "d", "t", "c")), Grant("SELECT", table("d", "t")), False),
        (Grant("ROLE_ADMIN"), Grant("ROLE_ADMIN", grantable=True), False),
        (Grant("ROLE_ADMIN", grantable=True), Grant("ROLE_ADMIN"), True),
    ],
)
def test_covering(held: Grant, wanted: Grant, expected: bool) -> None:
    assert covers(held, wanted) is expected
