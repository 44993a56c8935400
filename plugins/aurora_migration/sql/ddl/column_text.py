"""One column as a client wrote it: may the same words be given to another server and mean the same there?

They may not where the meaning hangs on something the binlog does not tell (the client's time zone, the charset of
a literal's bytes), and, for a column that is added to a table with rows, where the value that the rows get is not
the same everywhere: a default of now, of an expression, a number counted up, a stored generated value.
Grammar: https://dev.mysql.com/doc/refman/8.4/en/create-table.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from aurora_migration.sql.ddl.lexer import Kind, Token
from aurora_migration.sql.ddl.reading import Reading, Run, UnreadableError, shown


class UnsafeError(ValueError):
    """A change that is understood and may not be applied to another server as it is; the text says why."""


class _Default(Enum):
    NONE = auto()
    NULL = auto()
    LITERAL = auto()
    NOW = auto()
    EXPRESSION = auto()


@dataclass(slots=True)
class _Facts:
    """What has been read of one column."""

    type: str
    nullable: bool | None = None
    default: _Default = _Default.NONE
    strings: list[Token] = field(default_factory=list)
    introduced: bool = False
    stored: bool = False
    extras: list[str] = field(default_factory=list)


_BINARY_TYPES: Final = frozenset({"BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB", "BIT"})
_TYPES: Final = (
    *("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT", "INT1", "INT2", "INT3", "INT4", "INT8"),
    *("BOOL", "BOOLEAN", "DECIMAL", "DEC", "NUMERIC", "FIXED", "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "REAL"),
    *("DATE", "DATETIME", "TIME", "TIMESTAMP", "YEAR", "CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER"),
    *("NCHAR", "NVARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "ENUM", "SET", "JSON", "VECTOR"),
    *("GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON"),
    *("GEOMETRYCOLLECTION", "GEOMCOLLECTION", "SERIAL", *sorted(_BINARY_TYPES)),
)
_PLAIN: Final = ("UNSIGNED", "SIGNED", "ZEROFILL", "BINARY", "ASCII", "UNICODE", "VISIBLE", "INVISIBLE", "VIRTUAL")
_NOW: Final = ("CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP")
_EMPTY_DOCUMENTS: Final = ("JSON_ARRAY", "JSON_OBJECT")
_OFFSET: Final = re.compile(r"[+-]\d\d:\d\d\s*\Z")
_ZERO_MOMENT: Final = re.compile(r"0000-00-00( 00:00:00(\.0*)?)?\Z")


def read_column(r: Reading, *, filled: bool) -> str:
    """Read a column and return its name; ``filled``: the table has rows, which get a value for it.

    Reading ends at FIRST, AFTER or the end. Raises: UnreadableError, UnsafeError.
    """
    name = r.identifier()
    facts = _Facts(_type(r))
    if facts.type == "SERIAL":  # BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE
        facts.extras.append("a counter")
    while not r.done and not (filled and r.at("FIRST", "AFTER")):
        _attribute(r, facts)
    _check(name, facts, filled)
    return name


def _type(r: Reading) -> str:
    r.take("NATIONAL")
    word = r.take_any(*_TYPES)
    if not word:
        raise UnreadableError(f"a column type is expected {r.place()}")
    _ = r.take("PRECISION") or r.take("VARYING") or r.take("BYTE")
    if r.at_symbol("("):
        r.parenthesis()
    return word


def _attribute(r: Reading, facts: _Facts) -> None:
    if r.take_any(*_PLAIN):
        return
    if r.take("NOT", "NULL"):
        facts.nullable = False
    elif r.take("NULL"):
        facts.nullable = True
    elif r.take("DEFAULT"):
        _default(r, facts)
    elif r.take("COMMENT"):
        r.string()
    elif r.take("COLLATE") or r.take("CHARACTER", "SET") or r.take("CHARSET") or r.take("SRID"):
        r.next()
    elif r.take("GENERATED", "ALWAYS", "AS") or r.take("AS"):
        r.parenthesis()
    elif r.take("STORED"):
        facts.stored = True
    elif r.take("ON", "UPDATE"):
        _now(r)
    else:
        _extra(r, facts)


def _extra(r: Reading, facts: _Facts) -> None:
    """What brings more than a column."""
    if r.take("AUTO_INCREMENT"):
        facts.extras.append("a counter")
    elif r.take("PRIMARY", "KEY") or r.take("UNIQUE", "KEY") or r.take("UNIQUE") or r.take("KEY"):
        facts.extras.append("an index")
    elif r.take("CONSTRAINT"):
        if not r.at("CHECK"):
            r.identifier()
        if not r.at("CHECK"):
            raise UnreadableError(f"CHECK is expected {r.place()}")
    elif r.take("CHECK"):
        r.parenthesis()
        facts.extras.append("a constraint")
    elif not (r.take("ENFORCED") or r.take("NOT", "ENFORCED")):
        raise UnreadableError(f"{shown(r.next())} is not known as a part of a column")


def _default(r: Reading, facts: _Facts) -> None:
    if r.at_symbol("("):
        constant = _is_constant(r.parenthesis(), facts)
        facts.default = _Default.LITERAL if constant else _Default.EXPRESSION
    elif r.at(*_NOW):
        _now(r)
        facts.default = _Default.NOW
    elif r.take("NULL"):
        facts.default = _Default.NULL
    else:
        _literal(r, facts)
        facts.default = _Default.LITERAL


def _literal(r: Reading, facts: _Facts) -> None:
    if r.take_any("TRUE", "FALSE"):
        return
    signed = r.take_symbol("-") or r.take_symbol("+")
    r.take_symbol(".")
    token = r.next()
    if token.kind is Kind.NUMBER:
        return
    if token.kind is Kind.WORD and not signed:
        word = token.text.lower()
        facts.introduced = word.startswith("_")
        if not facts.introduced and word not in {"b", "x", "date", "time", "timestamp"}:
            raise UnreadableError(f"{shown(token)} is not known as a default")
        token = r.next()
    if token.kind is not Kind.STRING or signed:
        if token.kind is Kind.NUMBER and facts.introduced:
            return  # _utf8mb4 0x41
        raise UnreadableError("its default is not known")
    facts.strings.append(token)
    while not r.done and r.cut[r.index].kind is Kind.STRING:  # 'a' 'b' is one string
        facts.strings.append(r.next())


def _is_constant(run: Run, facts: _Facts) -> bool:
    """Whether an expression is a literal or an empty JSON document, in any number of parentheses."""
    r = Reading(run, "")
    if r.at_symbol("("):
        inside = r.parenthesis()
        return r.done and _is_constant(inside, facts)
    if r.take_any(*_EMPTY_DOCUMENTS):
        return r.at_symbol("(") and not r.parenthesis() and r.done
    if r.take("NULL"):
        return r.done
    try:
        _literal(r, facts)
    except UnreadableError:
        return False
    return r.done


def _now(r: Reading) -> None:
    if not r.take_any(*_NOW):
        raise UnreadableError(f"CURRENT_TIMESTAMP is expected {r.place()}")
    if r.at_symbol("("):
        r.parenthesis()


def _check(name: str, facts: _Facts, filled: bool) -> None:
    reason = _by_session(facts) or (_by_row(facts) if filled else "")
    if reason:
        raise UnsafeError(f"column {name} {reason}")


def _by_session(facts: _Facts) -> str:
    """Why the words mean something else in another session."""
    foreign = any(not token.text.isascii() for token in facts.strings)
    if foreign and (facts.introduced or facts.type in _BINARY_TYPES):
        return "has a default whose bytes hang on the character set of the client"
    if facts.type in {"TIMESTAMP", "DATETIME", "TIME"} and any(_OFFSET.search(t.value) for t in facts.strings):
        return "has a default that hangs on the time zone of the session"
    if facts.type != "TIMESTAMP":
        return ""
    if facts.default is _Default.LITERAL and not all(_ZERO_MOMENT.match(token.value) for token in facts.strings):
        return "has a default that hangs on the time zone of the session"
    if facts.nullable is not True and facts.default in {_Default.NONE, _Default.NULL}:
        return "is a TIMESTAMP whose default hangs on explicit_defaults_for_timestamp (write NULL with it)"
    if facts.nullable is None and facts.default is _Default.LITERAL:
        return "is a TIMESTAMP that may be NULL or not, by explicit_defaults_for_timestamp"
    return ""


def _by_row(facts: _Facts) -> str:
    """Why rows that are there may get another value on another server."""
    if facts.extras:
        return f"brings {facts.extras[0]} with it"
    if facts.default is _Default.NOW:
        return "gives the existing rows the moment of the source's ALTER TABLE as their value"
    if facts.default is _Default.EXPRESSION:
        return "gives the existing rows the value of an expression, which may differ on the target"
    if facts.stored:
        return "is a stored generated one, and its values hang on the session that computes them"
    return ""
