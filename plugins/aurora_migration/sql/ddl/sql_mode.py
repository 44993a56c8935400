"""The sql_mode of a statement in the binlog: bits of a number there, names everywhere else.

The bits are those of the server's ``sql/system_variables.h``, the same in MySQL 8.0 to 9.x. The combinations
(ANSI, TRADITIONAL) are left out, since the server sets their parts as well.
"""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "REAL_AS_FLOAT": 1 << 0,
    "PIPES_AS_CONCAT": 1 << 1,
    "ANSI_QUOTES": 1 << 2,
    "IGNORE_SPACE": 1 << 3,
    "ONLY_FULL_GROUP_BY": 1 << 5,
    "NO_UNSIGNED_SUBTRACTION": 1 << 6,
    "NO_DIR_IN_CREATE": 1 << 7,
    "NO_AUTO_VALUE_ON_ZERO": 1 << 19,
    "NO_BACKSLASH_ESCAPES": 1 << 20,
    "STRICT_TRANS_TABLES": 1 << 21,
    "STRICT_ALL_TABLES": 1 << 22,
    "NO_ZERO_IN_DATE": 1 << 23,
    "NO_ZERO_DATE": 1 << 24,
    "ALLOW_INVALID_DATES": 1 << 25,
    "ERROR_FOR_DIVISION_BY_ZERO": 1 << 26,
    "HIGH_NOT_PRECEDENCE": 1 << 29,
    "NO_ENGINE_SUBSTITUTION": 1 << 30,
    "PAD_CHAR_TO_FULL_LENGTH": 1 << 31,
    "TIME_TRUNCATE_FRACTIONAL": 1 << 32,
}


def mode_names(bits: int | None) -> str:
    """The sql_mode as a server's variable holds it; empty for None, the mode that is not known."""
    return ",".join(name for name, bit in _NAMES.items() if (bits or 0) & bit)
