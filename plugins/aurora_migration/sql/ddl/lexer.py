"""Cuts MySQL text into tokens that know where they are in it.

Strings, quoted names, comments and version comments follow the server's lexer, including what ANSI_QUOTES and
NO_BACKSLASH_ESCAPES change (https://dev.mysql.com/doc/refman/8.4/en/string-literals.html). The inside of a
version comment (``/*!80016 … */``) is cut like the rest, since the server executes it. Cutting never fails: a
quote without its partner becomes a symbol, which no later step accepts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """What a token is."""

    WORD = auto()  # keyword or unquoted name
    NAME = auto()  # quoted name
    STRING = auto()
    NUMBER = auto()
    SYMBOL = auto()  # one character
    OPEN = auto()  # start of a version comment
    CLOSE = auto()  # its end


@dataclass(frozen=True, slots=True)
class Token:
    """A token: ``text`` as written, ``value`` without quotes, ``start`` and ``end`` offsets into the text."""

    kind: Kind
    text: str
    value: str
    start: int
    end: int

    def word(self, *words: str) -> bool:
        """Whether this is one of these keywords (in capitals)."""
        return self.kind is Kind.WORD and self.text.upper() in words

    def symbol(self, character: str) -> bool:
        return self.kind is Kind.SYMBOL and self.text == character

    @property
    def named(self) -> bool:
        """Whether this can be a name."""
        return self.kind in {Kind.WORD, Kind.NAME}


_SKIP: Final = r"(?P<skip>\s+|--(?=\s|\Z)[^\n]*|\#[^\n]*|/\*(?!!).*?\*/)"
_REST: Final = r"""
    |(?P<open>/\*!\d*)
    |(?P<name>`(?:[^`]|``)*`)
    |(?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    |(?P<number>0[xX][0-9A-Fa-f]+(?![\w$])|\d+\.\d*(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?(?![\w$]))
    |(?P<word>[\w$]+)
    |(?P<symbol>.)
"""
_FLAGS: Final = re.VERBOSE | re.DOTALL


def _pattern(quote: str, backslash: bool) -> str:
    escape = r"|\\." if backslash else ""
    plain = rf"[^{quote}\\]" if backslash else rf"[^{quote}]"
    return f"{quote}(?:{plain}|{quote}{quote}{escape})*{quote}"


def _compile(ansi_quotes: bool, backslash: bool) -> re.Pattern[str]:
    single, double = _pattern("'", backslash), _pattern('"', backslash)
    ansi = _pattern('"', backslash=False)
    strings = f"|(?P<string>{single})|(?P<ansi>{ansi})" if ansi_quotes else f"|(?P<string>{single}|{double})"
    return re.compile(_SKIP + strings + _REST, _FLAGS)


_PATTERNS: Final = {(a, b): _compile(a, b) for a in (False, True) for b in (False, True)}
_ESCAPES: Final = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


def tokens(text: str, sql_mode: str = "") -> tuple[Token, ...]:
    """Cut ``text`` as a server with this ``sql_mode`` would; comments and blanks are left out."""
    modes = sql_mode.upper().split(",")
    backslash = "NO_BACKSLASH_ESCAPES" not in modes
    pattern = _PATTERNS["ANSI_QUOTES" in modes or "ANSI" in modes, backslash]
    found: list[Token] = []
    position = depth = 0
    while position < len(text):
        if depth and text.startswith("*/", position):
            found.append(Token(Kind.CLOSE, "*/", "*/", position, position + 2))
            position, depth = position + 2, depth - 1
            continue
        match = pattern.match(text, position)
        if match is None:  # cannot happen: the last alternative takes any character
            raise ValueError(f"no token at {position}")
        group = str(match.lastgroup)
        if group != "skip":
            found.append(_token(group, match, backslash))
            depth += group == "open"
        position = match.end()
    return tuple(found)


def _token(group: str, match: re.Match[str], backslash: bool) -> Token:
    text = match.group()
    kind = {"name": Kind.NAME, "ansi": Kind.NAME, "word": Kind.WORD, "number": Kind.NUMBER, "open": Kind.OPEN}.get(
        group, Kind.SYMBOL if group == "symbol" else Kind.STRING
    )
    value = text
    if kind is Kind.NAME:
        value = text[1:-1].replace(text[0] * 2, text[0])
    elif group == "string":
        value = _unquoted(text, backslash)
    elif group == "dollar":
        tag = text.index("$", 1) + 1
        value = text[tag:-tag]
    return Token(kind, text, value, match.start(), match.end())


def _unquoted(text: str, backslash: bool) -> str:
    quote, body = text[0], text[1:-1]
    if not backslash:
        return body.replace(quote * 2, quote)

    def plain(found: re.Match[str]) -> str:
        piece = found.group()
        return quote if piece == quote * 2 else _ESCAPES.get(piece[1], piece[1])

    return re.sub(rf"\\.|{quote}{quote}", plain, body, flags=re.DOTALL)


def closing(cut: Sequence[Token], opening: int) -> int | None:
    """Index of the parenthesis that closes the one at index ``opening``, or None."""
    depth = 0
    for index in range(opening, len(cut)):
        if cut[index].symbol("("):
            depth += 1
        elif cut[index].symbol(")"):
            depth -= 1
            if depth == 0:
                return index
    return None


def split(cut: Sequence[Token]) -> list[Sequence[Token]]:
    """The token runs between the commas that are outside all parentheses."""
    parts: list[Sequence[Token]] = []
    depth = start = 0
    for index, token in enumerate(cut):
        if token.symbol("("):
            depth += 1
        elif token.symbol(")"):
            depth -= 1
        elif token.symbol(",") and depth == 0:
            parts.append(cut[start:index])
            start = index + 1
    if start < len(cut) or parts:
        parts.append(cut[start:])
    return parts
