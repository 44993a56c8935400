"""The expression that writes a row for its hash, by example."""

from __future__ import annotations

from aurora_migration.model.table import Column
from aurora_migration.sql.row_hash import row_bytes


def column(name: str, kind: str, nullable: bool = False, **more: object) -> Column:
    data_type = kind.split("(")[0].split()[0]
    return Column(name, 1, data_type, kind, nullable=nullable, **more)  # type: ignore[arg-type]


def test_a_row_without_strings() -> None:
    columns = [
        column("a", "int"),
        column("b", "decimal(9,2)", nullable=True),
        column("c", "datetime"),
        column("d", "decimal(9,0)", nullable=True),
    ]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST('' AS BINARY), `a`, x'2c', IFNULL(`b`, x'2c'), `c`, IFNULL(`d`, x''), x'2c')"
    )


def test_small_numbers_take_one_byte_where_they_fit_and_four_elsewhere() -> None:
    columns = [
        column("u", "tinyint unsigned"),
        column("t", "tinyint"),
        column("y", "year", nullable=True),
        column("b", "bit(8)"),
        column("c", "bit(9)"),
        column("d", "bit(25)"),
        column("n", "bit(1)", nullable=True),
    ]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(`u`, `t` + 25165824, IFNULL(`y` + 25165824, 0), `b`, `c` + 25165824, "
        "IFNULL(`n` + 25165824, 0) USING binary) AS BINARY), `d` + 0, x'2c')"
    )


def test_the_lengths_of_strings_come_first_and_the_last_string_needs_none() -> None:
    columns = [
        column("a", "varchar(80)", max_bytes=80),
        column("b", "varchar(80)", nullable=True, max_bytes=80),
        column("c", "varchar(255)", nullable=True, max_bytes=255),
        column("d", "varchar(400)", max_bytes=400),
        column("e", "varchar(400)", nullable=True, max_bytes=400),
    ]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(`e` IS NULL, LENGTH(`a`), IFNULL(LENGTH(`b`), 255), "
        "IFNULL(LENGTH(`c`) + 25165824, 0), LENGTH(`d`) + 25165824 USING binary) AS BINARY), "
        "`a`, IFNULL(`b`, x''), IFNULL(`c`, x''), `d`, IFNULL(`e`, x''))"
    )


def test_a_single_string_has_its_length_so_that_the_row_is_binary() -> None:
    columns = [column("i", "int"), column("s", "varchar(9)", max_bytes=9)]
    assert row_bytes(columns).plain == ("CONCAT(CAST(CHAR(LENGTH(`s`) USING binary) AS BINARY), `i`, x'2c', `s`)")


def test_strings_of_fixed_length_have_no_length() -> None:
    columns = [
        column("b", "binary(16)", nullable=True, max_bytes=16),
        column("p", "point"),
        column("s", "varchar(9)", max_bytes=9),
    ]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(`b` IS NULL, LENGTH(`s`) USING binary) AS BINARY), IFNULL(`b`, x''), `p`, `s`)"
    )


def test_floating_numbers_travel_in_pairs_of_bits() -> None:
    columns = [column("f", "float"), column("d", "double", nullable=True), column("e", "double", alike=False)]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(`d` IS NULL USING binary) AS BINARY), POINT(`f`, IFNULL(`d`, 0)), POINT(`e`, 0))"
    )


def test_members_count_by_number() -> None:
    many = ",".join(f"'{number}'" for number in range(25))
    columns = [
        column("e", "enum('a','b')", max_bytes=4),
        column("n", "enum('a','b')", nullable=True, max_bytes=4),
        column("s", "set('a','b')", max_bytes=300),
        column("t", f"set({many})", max_bytes=300),
    ]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(`e`, IFNULL(`n` + 25165824, 0), `s` USING binary) AS BINARY), "
        "CAST(`t` AS UNSIGNED), x'2c')"
    )


def test_what_has_another_type_on_the_other_side_is_hashed_and_members_count_by_name_too() -> None:
    columns = [
        column("e", "enum('a','b')", max_bytes=4, alike=False),
        column("b", "bit(8)", alike=False),
        column("i", "int", nullable=True, alike=False),
    ]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST('' AS BINARY), SHA2(`e`, 256), `e` + 0, x'2c', SHA2(`b` + 0, 256), "
        "IFNULL(SHA2(`i`, 256), x'2c'))"
    )


def test_what_may_be_long_is_hashed_first() -> None:
    columns = [
        column("a", "text", max_bytes=65535),
        column("b", "text", max_bytes=65535),
        column("c", "text", nullable=True, max_bytes=65535),
        column("j", "json"),
        column("g", "geometry"),
    ]
    assert row_bytes(columns).plain == (
        "CONCAT(CAST(CHAR(LENGTH(`a`) + 25165824 USING binary) AS BINARY), IFNULL(SHA2(`c`, 256), x'2c'), "
        "SHA2(`j`, 256), SHA2(`g`, 256), `a`, `b`)"
    )


def test_a_generated_column_may_be_null_whatever_it_says() -> None:
    assert row_bytes([column("g", "int", generated="VIRTUAL")]).plain == (
        "CONCAT(CAST('' AS BINARY), IFNULL(`g`, x''), x'2c')"
    )
