"""The members of an ENUM or SET column in its definition's text.

Servers keep and show member names in utf8mb3, so that a character beyond it is shown as ``?`` and the name cannot
be read from any definition. Only rows still tell it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aurora_migration.model.table import Column
from aurora_migration.sql.ddl.edits import Edit, apply
from aurora_migration.sql.ddl.lexer import Token, closing, tokens

_BEYOND_UTF8MB3: Final = frozenset({"utf8mb4", "utf16", "utf16le", "utf32", "gb18030"})


def unsure_members(column: Column, text: str) -> tuple[int, ...]:
    """Numbers (from 1) of the members in a column's definition that may have lost characters."""
    if column.data_type not in {"enum", "set"} or column.charset not in _BEYOND_UTF8MB3:
        return ()
    return tuple(number for number, token in enumerate(_members(text), 1) if "?" in token.value)


def with_members(text: str, names: Mapping[int, str]) -> str:
    """The definition with the members of these numbers called so."""
    edits = []
    for number, token in enumerate(_members(text), 1):
        if number in names and names[number] != token.value:
            plain = names[number].replace("\\", "\\\\").replace("'", "''")
            edits.append(Edit(token.start, token.end, f"'{plain}'"))
    return apply(text, edits)


def _members(text: str) -> list[Token]:
    cut = tokens(text)
    end = closing(cut, 2) if len(cut) > 2 and cut[2].symbol("(") else None
    return [token for token in cut[3:end] if not token.symbol(",")] if end is not None else []
