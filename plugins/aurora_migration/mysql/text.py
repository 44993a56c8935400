"""Reads text that a server wrote without letting it convert a byte.

In the text of an expression a literal such as ``_latin1'é'`` keeps the bytes of its own charset, and what is
beyond utf8mb3, the servers' own charset, does not survive its conversion: SHOW CREATE TABLE answers ``'?'`` to a
utf8mb4 client where the expression has an emoji. Asked for binary it answers the true bytes. Those that are not
UTF-8 become lone surrogates (PEP 383), which turn into the same bytes again when the text is sent.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import Fragment, raw


def server_text(session: Session, sql: Fragment) -> list[dict[str, Any]]:
    """Run a statement and return its rows with text as the server holds it."""
    with unconverted(session):
        return decoded(session.query(sql))


@contextlib.contextmanager
def unconverted(session: Session) -> Iterator[None]:
    """Let the server answer with the bytes it holds; what comes has to be `decoded`."""
    session.execute(raw("SET SESSION character_set_results = binary"))
    try:
        yield
    finally:
        session.execute(raw("SET SESSION character_set_results = utf8mb4"))


def decoded(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their bytes as text."""
    return [{name: _text(value) for name, value in row.items()} for row in rows]


def _text(value: Any) -> Any:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
