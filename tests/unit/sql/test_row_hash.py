"""The expression that writes a row for its hash, by example."""

from __future__ import annotations

from aurora_migration.model.table import Column
from aurora_migration.sql.row_hash import row_bytes


def column(name: str, kind: str, nullable: bool = False, **more: object) -> Column:
    return Column(name, 1, kind, kind, nullable=nullable, **more)  # type: ignore[arg-type]


def test_a_row_without_strings() -> None:
    columns = [column("a", "int"), column("b", "decimal", nullable=True), column("c", "datetime")]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(`b` IS NULL USING binary) AS BINARY), `a`, x'2c', IFNULL(`b`, x''), x'2c', `c`, x'2c')"
    )


def test_small_integers_and_the_lengths_of_strings_come_first() -> None:
    columns = [
        column("y", "year"),
        column("s", "varchar", max_bytes=80),
        column("t", "varchar", nullable=True, max_bytes=400),
    ]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(`t` IS NULL, `y` + 25165824, LENGTH(`s`), LENGTH(`t`) + 25165824 USING binary) "
        "AS BINARY), `s`, IFNULL(`t`, x''))"
    )


def test_floating_numbers_travel_in_pairs_of_bits() -> None:
    columns = [column("f", "float"), column("d", "double", nullable=True), column("e", "double")]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(`d` IS NULL USING binary) AS BINARY), POINT(`f`, IFNULL(`d`, 0)), POINT(`e`, 0))"
    )


def test_members_count_by_number_and_by_name() -> None:
    columns = [column("e", "enum", max_bytes=4), column("s", "set", max_bytes=300)]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(`e` + 25165824, LENGTH(`e`), LENGTH(`s`) + 25165824 USING binary) AS BINARY), "
        "CAST(`s` AS UNSIGNED), x'2c', `e`, `s`)"
    )


def test_what_may_be_long_is_hashed_first() -> None:
    columns = [
        column("a", "text", max_bytes=65535),
        column("b", "text", max_bytes=65535),
        column("c", "text", max_bytes=65535),
        column("j", "json"),
        column("g", "geometry"),
    ]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(LENGTH(`a`) + 25165824, LENGTH(`b`) + 25165824 USING binary) AS BINARY), `a`, `b`, "
        "SHA2(`c`, 256), SHA2(`j`, 256), SHA2(`g`, 256))"
    )


def test_a_generated_column_may_be_null_whatever_it_says() -> None:
    assert row_bytes([column("g", "int", generated="VIRTUAL")]).plain == (
        "CONCAT(CAST(CHAR(`g` IS NULL USING binary) AS BINARY), IFNULL(`g`, x''), x'2c')"
    )
