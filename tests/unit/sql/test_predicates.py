"""Key predicates and literals, by example."""

from __future__ import annotations

import pytest

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.table import Column
from aurora_migration.sql.literals import encoding, literal
from aurora_migration.sql.predicates import key_range


def column(name: str, kind: str, **more: str) -> Column:
    return Column(name, 1, kind, kind, nullable=False, **more)  # type: ignore[arg-type]


A, B = column("a", "int"), column("b", "varchar", charset="utf8mb4", collation="utf8mb4_0900_ai_ci")


def test_one_column() -> None:
    assert key_range([A], ("1",), ("9",)).plain == "`a` > 1 AND `a` <= 9"


def test_open_ends() -> None:
    assert key_range([A], None, None).plain == "TRUE"
    assert key_range([A], None, ("9",)).plain == "`a` <= 9"


def test_two_columns_are_written_out() -> None:
    x = "_utf8mb4 X'78' COLLATE utf8mb4_0900_ai_ci"
    assert key_range([A, B], ("1", "78"), None).plain == (f"(`a` >= 1 AND ((`a` > 1) OR (`a` = 1 AND `b` > {x})))")
    assert key_range([A, B], None, ("1", "78")).plain == (
        f"(`a` <= 1 AND ((`a` < 1) OR (`a` = 1 AND `b` <= {x})))"
    )


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("bigint", "-5", "-5"),
        ("decimal", "-0.10", "-0.10"),
        ("datetime", "2020-01-01 00:00:00.5", "'2020-01-01 00:00:00.5'"),
        ("binary", "00FF", "X'00FF'"),
        ("enum", "3", "3"),
    ],
)
def test_literals(kind: str, text: str, expected: str) -> None:
    assert literal(column("c", kind), text).plain == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [("int", "1 OR 1"), ("datetime", "x'; --"), ("binary", "GG"), ("varchar", "'"), ("float", "1")],
)
def test_malformed_bounds_are_refused(kind: str, text: str) -> None:
    with pytest.raises(UnsupportedTableError):
        literal(column("c", kind), text)


def test_strings_are_encoded_as_bytes_and_enums_as_numbers() -> None:
    assert encoding(B).plain == "HEX(`b`)"
    assert encoding(column("e", "enum")).plain == "CAST(CAST(`e` AS UNSIGNED) AS CHAR)"
