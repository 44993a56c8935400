"""What a statement of the binlog is, by its first words after comments.

Version comments (``/*!40000 …``) are looked into, since the server executes them. The kind is a fact, what to do
about it is somebody else's policy. A keyword not known here is OTHER, never a guess.
"""

from __future__ import annotations

import re
from typing import Final

from aurora_migration.model.change import StatementKind
from aurora_migration.sql.ddl.lexer import tokens

_SPACE: Final = re.compile(
    r"(?:\s+|--(?=\s|\Z)[^\n]*|\#[^\n]*|/\*(?![!M]).*?(?:\*/|\Z)|/\*M?!\d*|\*/|[(;])+", re.DOTALL
)
_WORD: Final = re.compile(r"[A-Za-z_]+")
_ACCOUNT_OBJECTS: Final = frozenset({"USER", "ROLE"})
_KINDS: Final = {
    "BEGIN": StatementKind.BEGIN,
    "COMMIT": StatementKind.COMMIT,
    "ROLLBACK": StatementKind.ROLLBACK,
    "SAVEPOINT": StatementKind.SAVEPOINT,
    "RELEASE": StatementKind.RELEASE,
    "XA": StatementKind.XA,
    **dict.fromkeys(
        ("CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "IMPORT", "INSTALL", "UNINSTALL"), StatementKind.DDL
    ),
    **dict.fromkeys(("GRANT", "REVOKE"), StatementKind.ACCOUNT),
    **dict.fromkeys(("ANALYZE", "OPTIMIZE", "REPAIR", "FLUSH", "CACHE"), StatementKind.MAINTENANCE),
    **dict.fromkeys(
        ("INSERT", "REPLACE", "UPDATE", "DELETE", "LOAD", "WITH", "SELECT", "DO", "CALL", "TABLE", "VALUES"),
        StatementKind.DML,
    ),
}
_ROWS_FOLLOW: Final = re.compile(r"\bSTART\s+TRANSACTION\s*\Z", re.IGNORECASE)


def statement_kind(text: str) -> StatementKind:
    """The kind of a statement."""
    first, rest = _first_word(text)
    if first == "START" and _first_word(rest)[0] == "TRANSACTION":
        return StatementKind.BEGIN
    kind = _KINDS.get(first, StatementKind.OTHER)
    if kind is StatementKind.ROLLBACK and _rollback_to(rest):
        return StatementKind.ROLLBACK_TO
    if kind is StatementKind.DDL and _first_word(rest)[0] in _ACCOUNT_OBJECTS:
        return StatementKind.ACCOUNT
    if first == "SET" and _first_word(rest)[0] in {"PASSWORD", "DEFAULT"}:
        return StatementKind.ACCOUNT
    return kind


def rows_follow(text: str) -> bool:
    """Whether this is a CREATE TABLE … SELECT, whose rows come after it in the same transaction.

    MySQL 8.0.21 and later write it as ``CREATE TABLE … START TRANSACTION``.
    """
    if _first_word(text)[0] != "CREATE" or not _ROWS_FOLLOW.search(text):
        return False
    last = tokens(text)[-2:]  # and not the end of a comment
    return len(last) == 2 and last[0].word("START") and last[1].word("TRANSACTION")


def _rollback_to(rest: str) -> bool:
    word, rest = _first_word(rest)
    if word == "WORK":
        word, _ = _first_word(rest)
    return word == "TO"


def _first_word(text: str) -> tuple[str, str]:
    space = _SPACE.match(text)
    start = space.end() if space else 0
    word = _WORD.match(text, start)
    return (word[0].upper(), text[word.end() :]) if word else ("", text)
