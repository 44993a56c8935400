"""A statement as it may be shown: without the values in it.

Strings become ``'…'``, comments are left out, and the text is cut; for DML numbers go as well, since there they
are values of rows. What is behind a quote without a partner is left out, as it may be the inside of a string.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aurora_migration.sql.ddl.lexer import Kind, Token, tokens

MAX_SHOWN: Final = 300
_QUOTES: Final = ("'", '"', "\x60")


def masked(text: str, sql_mode: str = "", *, numbers: bool = False) -> str:
    """The statement for people, at most `MAX_SHOWN` characters; ``numbers``: mask these too."""
    return masked_run(
        [t for t in tokens(text, sql_mode) if t.kind not in {Kind.OPEN, Kind.CLOSE}], numbers=numbers
    )


def masked_run(run: Sequence[Token], *, numbers: bool = False) -> str:
    """The same for tokens that are cut already."""
    pieces: list[str] = []
    length = 0
    for index, token in enumerate(run):
        piece = _shown(token, numbers)
        if index and run[index - 1].end != token.start:
            piece = f" {piece}"
        pieces.append(piece)
        length += len(piece)
        if length > MAX_SHOWN or (token.kind is Kind.SYMBOL and token.text in _QUOTES):
            break
    shown = "".join(pieces).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return shown if len(shown) <= MAX_SHOWN else f"{shown[: MAX_SHOWN - 1]}…"


def _shown(token: Token, numbers: bool) -> str:
    if token.kind is Kind.STRING:
        return "'…'"
    if token.kind is Kind.SYMBOL and token.text in _QUOTES:
        return "…"
    if numbers and (token.kind is Kind.NUMBER or (token.kind is Kind.WORD and token.text[0].isdigit())):
        return "…"
    return token.text
