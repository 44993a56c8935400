"""The names a piece of SQL mentions, with the place each stands in.

A mention is a name with its qualifiers (``a``, ``a.b``, ``a.b.c``). Its place is told by the words around it;
where they leave it open the place is OTHER, and the reader must not guess. Keywords come as mentions too: whoever
looks for a name finds more than there is, never less. User variables (``@a``) are no names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from aurora_migration.sql.ddl.lexer import Kind, Token


class Place(Enum):
    """What the words around a mention say it is."""

    TABLE = auto()  # a table or view
    ROUTINE = auto()  # after CALL, PROCEDURE, FUNCTION, TRIGGER, EVENT
    CALL = auto()  # two parts before an argument list: a stored function
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Mention:
    """One name with its qualifiers."""

    parts: tuple[Token, ...]
    place: Place


# after one of these comes a table, also inside parentheses: FROM (a JOIN b)
_TABLE_LIST: Final = ("FROM", "JOIN", "STRAIGHT_JOIN")
# after one of these comes a table, but a parenthesis makes the word a function: REPLACE(a, b, c)
_TABLE: Final = ("TABLE", "REFERENCES", "VIEW", "TRUNCATE")
_WRITE: Final = ("INSERT", "REPLACE", "UPDATE", "DELETE")
_MODIFIERS: Final = ("LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "IGNORE", "QUICK")
_ROUTINE: Final = ("CALL", "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT")
# functions with FROM between their arguments: EXTRACT(YEAR FROM a.b)
_FROM_FUNCTIONS: Final = ("EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "MID", "POSITION")
# what ends a list of tables, after which a comma no longer leads to the next table
_LIST_END: Final = frozenset(
    {
        "WHERE",
        "GROUP",
        "HAVING",
        "ORDER",
        "LIMIT",
        "WINDOW",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "FOR",
        "LOCK",
        "INTO",
        "SET",
        "VALUES",
        "VALUE",
        "SELECT",
        "DO",
        "THEN",
        "ELSE",
        "BEGIN",
        "END",
        "RETURN",
    }
)


def mentions(cut: Sequence[Token]) -> Iterator[Mention]:
    """All mentions in order."""
    lists = [False]  # for each open parenthesis: are we in a list of tables?
    functions: list[bool] = [False]  # … and did a function with FROM open it?
    index = 0
    while index < len(cut):
        token = cut[index]
        if token.symbol("("):
            before = cut[index - 1] if index else None
            functions.append(before is not None and before.word(*_FROM_FUNCTIONS))
            lists.append(before is not None and before.word(*_TABLE_LIST) and not functions[-2])
            lists[-1] = lists[-1] or (lists[-2] and _opens_tables(cut, index))
        elif token.symbol(")") and len(lists) > 1:
            lists.pop()
            functions.pop()
        elif token.symbol(";"):
            lists[-1] = False
        elif token.named and not _is_variable(cut, index):
            parts, after = _parts(cut, index)
            place = _place(cut, index, after, parts, lists[-1], functions[-1])
            if len(parts) == 1 and token.kind is Kind.WORD:
                if token.word(*_TABLE_LIST):
                    lists[-1] = not functions[-1]
                elif token.text.upper() in _LIST_END:
                    lists[-1] = False
            yield Mention(parts, place)
            index = after
            continue
        index += 1


def _parts(cut: Sequence[Token], index: int) -> tuple[tuple[Token, ...], int]:
    parts = [cut[index]]
    index += 1
    while index + 1 < len(cut) and cut[index].symbol(".") and cut[index + 1].named:
        parts.append(cut[index + 1])
        index += 2
    return tuple(parts), index


def _is_variable(cut: Sequence[Token], index: int) -> bool:
    """``@name`` and ``@@global.name``; an account's host, too."""
    return index > 0 and (cut[index - 1].symbol("@") or cut[index - 1].symbol("."))


def _place(
    cut: Sequence[Token], index: int, after: int, parts: tuple[Token, ...], in_list: bool, in_function: bool
) -> Place:
    before = cut[index - 1] if index else None
    if before is not None and before.kind is Kind.WORD:
        if before.word(*_ROUTINE):
            return Place.ROUTINE
        if before.word("EXISTS") and index >= 3:
            return _after_exists(cut, index)
        if before.word(*_TABLE_LIST):
            return Place.OTHER if in_function else Place.TABLE
        if before.word(*_TABLE) or _is_written(cut, index):
            return Place.TABLE
    if in_list and before is not None and (before.symbol(",") or before.symbol("(")):
        return Place.TABLE
    if len(parts) == 2 and after < len(cut) and cut[after].symbol("("):
        return Place.CALL
    return Place.OTHER


def _opens_tables(cut: Sequence[Token], index: int) -> bool:
    """Whether a parenthesis inside a list of tables holds tables: at its start, after a comma or another one."""
    before = cut[index - 1]
    return before.symbol("(") or before.symbol(",")


def _is_written(cut: Sequence[Token], index: int) -> bool:
    """INSERT [IGNORE] [INTO] t, UPDATE t, DELETE t FROM; but not SELECT … INTO v, ON DUPLICATE KEY UPDATE c."""
    at = index - 1
    into = cut[at].word("INTO")
    at -= into
    while at >= 0 and cut[at].word(*_MODIFIERS):
        at -= 1
    if at < 0 or not cut[at].word(*_WRITE):
        return False
    if cut[at].word("UPDATE"):
        return not into and not (at > 0 and cut[at - 1].word("KEY", "FOR", "ON", "BEFORE", "AFTER"))
    return True


def _after_exists(cut: Sequence[Token], index: int) -> Place:
    """DROP TABLE IF EXISTS t, DROP PROCEDURE IF EXISTS p."""
    at = index - 2
    while at > 0 and cut[at].word("IF", "NOT"):
        at -= 1
    if cut[at].word(*_ROUTINE):
        return Place.ROUTINE
    return Place.TABLE if cut[at].word(*_TABLE) else Place.OTHER
