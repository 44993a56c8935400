"""Where the parts of a program's header are in SHOW CREATE text, as token indexes.

Shapes: https://dev.mysql.com/doc/refman/8.4/en/show-create-procedure.html and its siblings for functions, views,
triggers and events. What has another shape is not a header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aurora_migration.model.program import ProgramKind
from aurora_migration.sql.ddl.lexer import Kind, Token, closing

Span = tuple[int, int]

# words of a routine's characteristics: https://dev.mysql.com/doc/refman/8.4/en/create-procedure.html
_CHARACTERISTICS: Final = frozenset(
    {
        "LANGUAGE",
        "NOT",
        "DETERMINISTIC",
        "CONTAINS",
        "NO",
        "READS",
        "MODIFIES",
        "SQL",
        "DATA",
        "SECURITY",
        "DEFINER",
        "INVOKER",
        "JAVASCRIPT",
    }
)
_STATE: Final = ("ENABLE", "DISABLE", "ON", "SLAVE", "REPLICA")


@dataclass(frozen=True, slots=True)
class Header:
    """Spans are first and last token; ``body`` is the first token that may mention other objects.

    ``security`` says which characters to replace by which text to get SQL SECURITY INVOKER.
    """

    definer: Span | None
    name: Span
    body: int
    table: Span | None = None
    security: tuple[int, int, str] | None = None
    comment: int | None = None
    state: Span | None = None
    not_preserved: Span | None = None


def read_header(kind: ProgramKind, cut: Sequence[Token]) -> Header | None:
    """Find the parts, or None if this is no header of that kind."""
    at = next((i for i, token in enumerate(cut) if token.word(kind.value)), None)
    if at is None or at + 1 >= len(cut) or not cut[0].word("CREATE"):
        return None
    definer = _definer(cut[:at])
    name = _name(cut, _past_if_not_exists(cut, at + 1))
    if name is None:
        return None
    if kind is ProgramKind.VIEW:
        return Header(definer, name, name[1] + 1, security=_view_security(cut[:at]))
    if kind is ProgramKind.TRIGGER:
        return _trigger(cut, definer, name)
    if kind is ProgramKind.EVENT:
        return _event(cut, definer, name)
    return _routine(kind, cut, definer, name)


def _definer(cut: Sequence[Token]) -> Span | None:
    at = next((i for i, token in enumerate(cut) if token.word("DEFINER") and cut[i + 1].symbol("=")), None)
    if at is None:
        return None
    return (at + 2, at + 4) if cut[at + 3].symbol("@") else (at + 2, at + 2)


def _past_if_not_exists(cut: Sequence[Token], at: int) -> int:
    words = cut[at : at + 3]
    if [token.text.upper() for token in words] == ["IF", "NOT", "EXISTS"] and words[0].kind is Kind.WORD:
        return at + 3
    return at


def _name(cut: Sequence[Token], at: int) -> Span | None:
    if at >= len(cut) or not cut[at].named:
        return None
    if at + 2 < len(cut) and cut[at + 1].symbol(".") and cut[at + 2].named:
        return at, at + 2
    return at, at


def _view_security(cut: Sequence[Token]) -> tuple[int, int, str] | None:
    at = next((i for i, token in enumerate(cut) if token.word("SECURITY")), None)
    return None if at is None else (cut[at + 1].start, cut[at + 1].end, "INVOKER")


def _trigger(cut: Sequence[Token], definer: Span | None, name: Span) -> Header | None:
    """name BEFORE INSERT ON table FOR EACH ROW [FOLLOWS other] body"""
    on = name[1] + 3
    table = _name(cut, on + 1) if on < len(cut) and cut[on].word("ON") else None
    if table is None:
        return None
    body = table[1] + 4
    if body < len(cut) and cut[body].word("FOLLOWS", "PRECEDES"):
        body += 2
    return Header(definer, name, body, table=table)


def _event(cut: Sequence[Token], definer: Span | None, name: Span) -> Header | None:
    """name ON SCHEDULE … ON COMPLETION [NOT] PRESERVE state [COMMENT 'text'] DO body"""
    at = next((i for i in range(name[1], len(cut)) if cut[i].word("PRESERVE")), None)
    if at is None:
        return None
    not_preserved = (at - 3, at) if cut[at - 1].word("NOT") else None
    first = last = at + 1
    while last + 1 < len(cut) and cut[last + 1].word(*_STATE):
        last += 1
    if not cut[first].word(*_STATE):
        return None
    comment = last + 2 if cut[last + 1].word("COMMENT") else None
    body = comment + 1 if comment is not None else last + 1
    return Header(definer, name, body, comment=comment, state=(first, last), not_preserved=not_preserved)


def _routine(kind: ProgramKind, cut: Sequence[Token], definer: Span | None, name: Span) -> Header | None:
    """name(parameters) [RETURNS type] characteristics body; parameters may hide names, so they are of the body"""
    end = closing(cut, name[1] + 1)
    if end is None:
        return None
    at = end + 1
    if kind is ProgramKind.FUNCTION:
        at = _past_type(cut, at + 1)
    after = cut[at - 1].end
    security: tuple[int, int, str] | None = None
    comment = None
    while at < len(cut):
        if cut[at].word("COMMENT") and cut[at + 1].kind is Kind.STRING:
            comment = at + 1
            at += 2
        elif cut[at].kind is Kind.WORD and cut[at].text.upper() in _CHARACTERISTICS:
            if cut[at].word("SECURITY"):
                security = (cut[at + 1].start, cut[at + 1].end, "INVOKER")
            after = cut[at].end
            at += 1
        else:
            break
    security = security or (after, after, "\n    SQL SECURITY INVOKER")
    return Header(definer, name, name[1] + 1, security=security, comment=comment)


def _past_type(cut: Sequence[Token], at: int) -> int:
    """varchar(10) CHARSET latin1 COLLATE latin1_bin, decimal(5,2) unsigned"""
    at += 1
    if at < len(cut) and cut[at].symbol("("):
        at = (closing(cut, at) or at) + 1
    while at < len(cut):
        if cut[at].word("UNSIGNED", "SIGNED", "ZEROFILL"):
            at += 1
        elif cut[at].word("CHARSET", "COLLATE"):
            at += 2
        elif cut[at].word("CHARACTER"):
            at += 3
        else:
            break
    return at
