"""How much room the values of a column take, as the text of its type says; never less than they do."""

from __future__ import annotations

import re
from typing import Final

from aurora_migration.model.table import Column

_SMALL: Final = frozenset({"tinyint", "smallint", "mediumint", "year"})
_SIZE: Final = re.compile(r"\((\d+)(?:,(\d+))?\)")


def fits_byte(column: Column) -> bool:
    """Whether a value, or a member's number, is from 0 to 255."""
    if column.data_type == "tinyint":
        return column.unsigned
    if column.data_type == "enum":
        return _members(column) < 256
    return column.data_type in {"bit", "set"} and _bits(column) <= 8


def fits_three_bytes(column: Column) -> bool:
    """Whether a value, or a member's number, is a whole number of at most 24 bits, signed or not."""
    if column.data_type in {"bit", "set"}:
        return _bits(column) <= 24
    return column.data_type == "enum" or column.data_type in _SMALL


def decimals(column: Column) -> int:
    """Digits behind the point of a DECIMAL; 0 for other types."""
    found = _SIZE.search(column.column_type) if column.data_type == "decimal" else None
    return int(found[2] or 0) if found else 0


def _bits(column: Column) -> int:
    if column.data_type == "set":
        return _members(column)
    found = _SIZE.search(column.column_type)
    return int(found[1]) if found else 64


def _members(column: Column) -> int:
    """At least as many as there are: a comma may be part of a name."""
    return column.column_type.count(",") + 1
