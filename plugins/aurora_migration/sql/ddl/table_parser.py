"""Parses the text of SHOW CREATE TABLE into a `TableDefinition`.

Knows the shape that servers write (https://dev.mysql.com/doc/refman/8.4/en/show-create-table.html), not the whole
CREATE TABLE grammar: one element a line, names quoted, checks and foreign keys as table elements. Anything else
is refused rather than guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.sql.ddl.lexer import Kind, Token, closing, split, tokens
from aurora_migration.sql.ddl.table import (
    CheckClause,
    ColumnClause,
    ForeignKeyClause,
    KeyClause,
    KeyKind,
    OptionClause,
    TableDefinition,
)

_KEY_WORDS: Final = ("PRIMARY", "UNIQUE", "KEY", "INDEX", "FULLTEXT", "SPATIAL")


def parse_table(text: str) -> TableDefinition:
    """Cut SHOW CREATE TABLE text into parts. Raises: UnsupportedTableError if it has another shape."""
    cut = tokens(text)
    opening = next((index for index, token in enumerate(cut) if token.symbol("(")), None)
    end = closing(cut, opening) if opening is not None else None
    if opening is None or end is None or not cut[0].word("CREATE"):
        raise _unreadable(text)
    columns: list[ColumnClause] = []
    keys: list[KeyClause] = []
    foreign_keys: list[ForeignKeyClause] = []
    checks: list[CheckClause] = []
    for element in split(cut[opening + 1 : end]):
        first = element[0]
        if first.word("CONSTRAINT") and any(token.word("FOREIGN") for token in element[:3]):
            foreign_keys.append(_foreign_key(text, element))
        elif first.word("CONSTRAINT") and element[2].word("CHECK"):
            checks.append(CheckClause(element[1].value, _text(text, element[2:])))
        elif first.word(*_KEY_WORDS):
            keys.append(_key(text, element))
        elif first.named:
            columns.append(_column(text, element))
        else:
            raise _unreadable(_text(text, element))
    options, partitioning = _tail(text, cut[end + 1 :])
    return TableDefinition(tuple(columns), tuple(keys), tuple(foreign_keys), tuple(checks), options, partitioning)


def _column(text: str, element: Sequence[Token]) -> ColumnClause:
    depth = 0
    counts = False
    for token in element[1:]:
        depth += token.symbol("(") - token.symbol(")")
        counts = counts or (depth == 0 and token.word("AUTO_INCREMENT"))
    return ColumnClause(element[0].value, _text(text, element), counts)


def _key(text: str, element: Sequence[Token]) -> KeyClause:
    words = []
    index = 0
    while element[index].word(*_KEY_WORDS):
        words.append(element[index].text.upper())
        index += 1
    kind = KeyKind(words[0]) if words[0] not in {"KEY", "INDEX"} else KeyKind.INDEX
    name = "PRIMARY" if kind is KeyKind.PRIMARY else element[index].value
    opening = next((i for i in range(index, len(element)) if element[i].symbol("(")), None)
    end = closing(element, opening) if opening is not None else None
    if opening is None or end is None:
        raise _unreadable(_text(text, element))
    columns = tuple(
        part[0].value if part[0].kind is Kind.NAME else None for part in split(element[opening + 1 : end])
    )
    return KeyClause(name, kind, columns, _text(text, element))


def _foreign_key(text: str, element: Sequence[Token]) -> ForeignKeyClause:
    at = next((i for i, token in enumerate(element) if token.word("REFERENCES")), None)
    if at is None:
        raise _unreadable(_text(text, element))
    qualified = element[at + 2].symbol(".")
    table = element[at + 3] if qualified else element[at + 1]
    after = element[at + 4 if qualified else at + 2]
    return ForeignKeyClause(
        name=element[1].value,
        before=text[element[2].start : element[at].end],
        schema=element[at + 1].value if qualified else None,
        table=table.value,
        after=text[after.start : element[-1].end],
    )


def _tail(text: str, cut: Sequence[Token]) -> tuple[tuple[OptionClause, ...], str]:
    """Options and partitioning, which follow the closing parenthesis."""
    options: list[OptionClause] = []
    index = 0
    while index < len(cut):
        if cut[index].kind is Kind.OPEN:
            if cut[index + 1].word("PARTITION"):
                return tuple(options), text[cut[index].start :].rstrip()
            end = next((i for i in range(index, len(cut)) if cut[i].kind is Kind.CLOSE), None)
            if end is None:
                break
            name, _, value = _option(text, cut, index + 1, end)
            options.append(OptionClause(name, value, text[cut[index].start : cut[end].end]))
        else:
            name, end, value = _option(text, cut, index, len(cut))
            options.append(OptionClause(name, value, text[cut[index].start : cut[end].end]))
        index = end + 1
    if index < len(cut):
        raise _unreadable(text[cut[index].start :])
    return tuple(options), ""


def _option(text: str, cut: Sequence[Token], start: int, limit: int) -> tuple[str, int, str]:
    """Name, index of the last token and value of the option at ``start``."""
    index = start
    while index < limit and cut[index].kind is Kind.WORD:
        index += 1
    name = " ".join(token.text.upper() for token in cut[start:index])
    if not name or index == limit:
        if name:
            return name, index - 1, ""
        raise _unreadable(text[cut[start].start :])
    if cut[index].symbol("="):
        index += 1
    last = closing(cut, index) if cut[index].symbol("(") else index
    if last is None:
        raise _unreadable(text[cut[start].start :])
    value = cut[index].value if last == index else text[cut[index].start : cut[last].end]
    return name, last, value


def _text(text: str, element: Sequence[Token]) -> str:
    return text[element[0].start : element[-1].end]


def _unreadable(text: str) -> UnsupportedTableError:
    return UnsupportedTableError(
        f"cannot read this part of the server's SHOW CREATE TABLE: {text[:120]!r}",
        remedy="please report the statement; until then leave the table out of the selection",
    )
