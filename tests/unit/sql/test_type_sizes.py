"""How much room values take, by the text of their type."""

from __future__ import annotations

import pytest

from aurora_migration.model.table import Column
from aurora_migration.sql.type_sizes import decimals, fits_byte, fits_three_bytes

_MANY = ",".join(f"'{number}'" for number in range(256))


@pytest.mark.parametrize(
    ("kind", "one", "three"),
    [
        ("tinyint unsigned", True, True),
        ("tinyint(3) unsigned zerofill", True, True),
        ("tinyint", False, True),
        ("mediumint unsigned", False, True),
        ("int", False, False),
        ("year", False, True),
        ("bit(8)", True, True),
        ("bit(24)", False, True),
        ("bit(25)", False, False),
        ("enum('a','b')", True, True),
        (f"enum({_MANY})", False, True),
        ("set('1','2','3','4','5','6','7','8')", True, True),
        ("set('1','2','3','4','5','6','7','8','9')", False, True),
        (f"set({_MANY})", False, False),
        ("varchar(1)", False, False),
    ],
)
def test_fits(kind: str, one: bool, three: bool) -> None:
    column = Column("c", 1, kind.split("(")[0].split()[0], kind, nullable=False)
    assert (fits_byte(column), fits_three_bytes(column)) == (one, three)


def test_decimals() -> None:
    kinds = ("decimal(12,2)", "decimal(12,0)", "decimal", "decimal(5,5) unsigned zerofill", "datetime(6)")
    columns = [Column("c", 1, kind.split("(")[0], kind, nullable=False) for kind in kinds]
    assert [decimals(column) for column in columns] == [2, 0, 0, 5, 0]
