"""Quoting: what a name or a value can do to a statement, which is nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_migration.errors import ConfigurationError
from aurora_migration.model.names import TableName
from aurora_migration.sql.quoting import (
    Fragment,
    account,
    identifier,
    join,
    parameter,
    qualified,
    quoted,
    raw,
    string_literal,
)

names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=64)


@given(names)
def test_an_identifier_reads_back_as_the_name(name: str) -> None:
    text = identifier(name).plain
    assert text[0] == text[-1] == "`"
    assert text[1:-1].replace("``", "").count("`") == 0
    assert text[1:-1].replace("``", "`") == name


@given(names)
def test_driver_formatting_leaves_fragments_as_they_are(name: str) -> None:
    assert identifier(name).text % {} == identifier(name).plain


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 65])
def test_impossible_names_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="not a possible MySQL name"):
        identifier(name)


def test_qualified_names_are_quoted_part_by_part() -> None:
    assert qualified(TableName("a.b", "c`d")).plain == "`a.b`.`c``d`"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_string_literal_holds_no_character_of_its_value(value: str) -> None:
    text = string_literal(value).plain
    assert bytes.fromhex(text.removeprefix("_utf8mb4 X'").removesuffix("'")).decode() == value


def test_quotes_and_backslashes_cannot_end_a_quoted_string() -> None:
    assert quoted("a'b\\").plain == "'a''b\\\\'"
    assert account("o'x", "%").plain == "'o''x'@'%'"
    assert account("o'x", "%").text % {} == "'o''x'@'%'"


def test_join_escapes_its_separator() -> None:
    assert join([raw("a"), raw("b")], " % ").plain == "a % b"


def test_parameters_are_identifiers() -> None:
    assert parameter("x") == Fragment("%(x)s")
    with pytest.raises(ConfigurationError):
        parameter("x)s; DROP")
