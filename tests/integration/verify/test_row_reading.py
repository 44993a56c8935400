"""The string of a row can be read back into the row's values, whatever they are: so it is that row's alone."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from aurora_migration.mysql import catalog
from aurora_migration.sql.quoting import qualified, raw
from aurora_migration.sql.row_hash import row_bytes
from tests.fresh_databases import Databases
from tests.integration.verify.row_reading import Form, Value, read_row

pytestmark = pytest.mark.servers

_SEED = 20_261
_ROWS = 400
_MANY = ", ".join(f"'m{number}'" for number in range(300))
# Type, form, its size, and literals to draw from; NULL is drawn where the column may be NULL.
_KINDS: tuple[tuple[str, str, int, tuple[str, ...]], ...] = (
    ("TINYINT UNSIGNED", "byte", 0, ("0", "1", "44", "254", "255")),
    ("TINYINT", "four", 0, ("0", "-1", "44", "-128", "127")),
    ("MEDIUMINT", "four", 0, ("-8388608", "8388607", "0")),
    ("MEDIUMINT UNSIGNED", "four", 0, ("16777215", "44")),
    ("YEAR", "four", 0, ("0", "1901", "2155")),
    ("BIT(8)", "byte", 0, ("b'0'", "b'11111111'", "b'101100'")),
    ("BIT(24)", "four", 0, ("b'0'", "b'111111111111111111111111'")),
    ("ENUM('', 'a', '44')", "byte", 0, ("0", "1", "'44'", "'a'")),
    (f"ENUM({_MANY})", "four", 0, ("'m0'", "'m299'", "'m43'")),
    ("SET('a', 'b', '44')", "byte", 0, ("''", "'a,b'", "'44'")),
    ("SET('1','2','3','4','5','6','7','8','9')", "four", 0, ("''", "'1,9'", "'9'")),
    ("INT", "number", 0, ("0", "-1", "12", "2147483647")),
    ("BIGINT UNSIGNED", "number", 0, ("18446744073709551615", "1", "0")),
    ("DECIMAL(9,0)", "number", 0, ("0", "-12", "1")),
    ("DECIMAL(9,2)", "decimal", 2, ("0", "-0.01", "12.34", "1")),
    ("DATE", "time", -10, ("'0000-00-00'", "'9999-12-31'")),
    ("DATETIME(6)", "time", 12, ("'2000-01-01 00:00:00.000001'", "'0000-00-00'")),
    ("TIMESTAMP", "time", 5, ("'2001-02-03 04:05:06'",)),
    ("TIME(3)", "time", 9, ("'-838:59:59'", "'00:00:00.001'", "'838:59:59'")),
    ("DOUBLE", "floating", 0, ("0", "-0e0", "0.1", "1.7976931348623157e308", "5e-324")),
    ("BINARY(3)", "fixed", 3, ("X'000000'", "X'2c2c2c'", "X'ff00ff'")),
    ("VARCHAR(20) CHARACTER SET latin1", "string", 20, ("''", "','", "X'00'", "X'ff'", "'NULL'")),
    ("VARCHAR(255) CHARACTER SET latin1", "string", 255, ("''", "REPEAT('a', 255)", "X'ff'")),
    ("VARBINARY(254)", "string", 254, ("''", "REPEAT(X'ff', 254)", "X'ff'", "X'01'")),
    ("VARCHAR(90) CHARACTER SET utf8mb4", "string", 360, ("''", "'花'", "REPEAT('é', 90)", "'0,'")),
    ("TEXT", "string", 65535, ("''", "REPEAT('x', 256)", "','")),
    ("JSON", "hashed", 0, ("'null'", "'[]'")),
)

_STRING = _KINDS[-6]


def _pick(dice: random.Random, case: int) -> list[tuple[Form, str, tuple[str, ...]]]:
    """Every kind in the first two cases, in the first with NULL and in the second without; some at random then."""
    chosen = [dice.choice(_KINDS) for _ in range(dice.randint(1, 14))]
    if case < 2:
        chosen = [*_KINDS, _STRING]  # so that no other string is the last, which is written otherwise
    found, texts = [], 0
    for number, (kind, form, size, literals) in enumerate(chosen):
        nullable = dice.random() < 0.5 if case > 1 else case == 0
        if kind == "TEXT":
            texts += 1
            form = "string" if texts < 2 else "hashed"  # a second one has no room in the row
        if form == "byte" and nullable:
            form = "four"
        found.append((Form(f"c{number}", form, nullable, size), kind, literals))
    return found


@pytest.mark.parametrize("case", range(12))
def test_a_row_can_be_read_back(databases: Callable[..., Databases], case: int) -> None:
    dice = random.Random(_SEED + case)
    columns = _pick(dice, case)
    forms = [form for form, _, _ in columns]
    definition = ", ".join(
        f"{form.name} {kind}{'' if form.nullable else ' NOT NULL'}" for form, kind, _ in columns
    )
    rows = {
        ", ".join(
            "NULL" if form.nullable and dice.random() < 0.3 else dice.choice(literals)
            for form, _, literals in columns
        )
        for _ in range(_ROWS)
    }
    made = databases(
        f"CREATE TABLE t (id INT PRIMARY KEY, {definition})",
        *(f"INSERT INTO t VALUES ({number}, {row})" for number, row in enumerate(sorted(rows))),
    )
    (table,) = catalog.tables(made.source, made.name)
    shown = ", ".join(f"{_shown(form)} AS {form.name}" for form in forms)
    sql = (
        raw(f"SELECT {shown}, ") + row_bytes(table.columns[1:]) + raw(" AS written FROM ") + qualified(table.name)
    )
    for row in made.source.query(sql + raw(" ORDER BY id")):
        written = bytes(row.pop("written"))
        assert read_row(written, forms) == {name: _plain(value) for name, value in row.items()}, written


def _shown(form: Form) -> str:
    """The value as `read_row` gives it, by another way than that of the row's string."""
    ways = {
        "byte": "CAST({} + 0 AS SIGNED)",
        "four": "CAST({} + 0 AS SIGNED)",
        "number": "CAST({} AS CHAR)",
        "decimal": "CAST({} AS CHAR)",
        "time": "CAST({} AS CHAR)",
        "hashed": "CAST(SHA2({}, 256) AS CHAR)",
        "floating": "{}",
    }
    return ways.get(form.form, "CAST({} AS BINARY)").format(form.name)


def _plain(value: object) -> Value:
    assert value is None or isinstance(value, int | float | str | bytes)
    return value
