"""Takes apart the text of SHOW CREATE, so that two texts can be compared piece by piece.

Tokens keep everything but white space between tokens: a body that was re-spaced but not changed counts as equal, a
comment that was lost does not. Quoting follows the sql_mode the text was written under. Version comments such as
``/*!80023 INVISIBLE */`` are opened, because servers of different versions wrap different words. Literals in a
table's definition lose their introducer, because ALTER TABLE rewrites a literal into the charset it is used in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_OLD_UTF8: Final = re.compile(r"^_?utf8(?=_\w+$|$)")
_SPACE: Final = re.compile(r"\s+")
_PIECES: Final = (
    r"`(?:``|[^`])*`",
    r"(?P<quote>\$\w*\$).*?(?P=quote)",
    r"/\*!\d{5,6}",
    r"/\*.*?\*/",
    r"\*/",
    r"--(?=\s)[^\n]*",
    r"#[^\n]*",
    r"[A-Za-z0-9_$\u0080-\U0010ffff]+",
    r".",
)
_STRING: Final = r"'(?:''|\\.|[^'\\])*'"
_DOUBLE: Final = r'"(?:""|\\.|[^"\\])*"'
_WIDTH: Final = re.compile(r"^((?:tiny|small|medium|big)?int|year)\(\d+\)")
_INTRODUCER: Final = re.compile(r"_[a-z0-9]+\Z")
# MySQL's charsets that Python calls by another name, or means another by it
_CODECS: Final = {
    "latin1": "cp1252",
    "ucs2": "utf-16-be",
    "utf16": "utf-16-be",
    "utf32": "utf-32-be",
    "utf8mb3": "utf-8",
    "utf8mb4": "utf-8",
}
_PLAIN_STRING: Final = r"'(?:''|[^'])*'"
_PLAIN_DOUBLE: Final = r'"(?:""|[^"])*"'


@dataclass(frozen=True, slots=True)
class TableText:
    """SHOW CREATE TABLE in pieces: definitions by (kind, name) in order, options by name, the partitioning."""

    definitions: dict[tuple[str, str], tuple[str, ...]]
    options: dict[str, str]
    partitioning: tuple[str, ...]


def tokens(text: str, sql_mode: str = "") -> tuple[str, ...]:
    """The tokens of a text written under ``sql_mode``; identifiers come back in backticks."""
    modes = set(sql_mode.split(","))
    plain = "NO_BACKSLASH_ESCAPES" in modes
    ansi = "ANSI_QUOTES" in modes
    quoted = (_PLAIN_STRING, _PLAIN_DOUBLE) if plain else (_STRING, _DOUBLE)
    pattern = re.compile("|".join((*quoted, *_PIECES)), re.DOTALL)
    found, place = [], 0
    while place < len(text):
        space = _SPACE.match(text, place)
        if space:
            place = space.end()
            continue
        match = pattern.match(text, place)
        assert match is not None  # the last piece takes any character
        piece, place = match[0], match.end()
        if piece == "*/" or piece.startswith("/*!"):
            continue
        found.append(_identifier(piece) if ansi and piece[0] == '"' and len(piece) > 1 else _modern(piece))
    return tuple(found)


def name_of(token: str) -> str:
    """The name that an identifier token stands for."""
    return token[1:-1].replace("``", "`") if token.startswith("`") else token


def table_text(create: str) -> TableText:
    """Take SHOW CREATE TABLE apart."""
    words = tokens(create)
    start = words.index("(")
    end = _closing(words, start)
    definitions = {}
    for piece in _split(words[start + 1 : end], ","):
        kind, name = _key(piece)
        definitions[kind, name] = _column(piece) if kind == "column" else _plain(piece)
    rest = words[end + 1 :]
    cut = next((i for i in range(len(rest) - 1) if rest[i] == "PARTITION" and rest[i + 1] == "BY"), len(rest))
    return TableText(definitions, _options(rest[:cut]), _plain(rest[cut:]))


def _plain(words: Sequence[str]) -> tuple[str, ...]:
    """Literals without their introducers."""
    kept: list[str] = []
    for word in words:
        if word.startswith("'") and kept and _INTRODUCER.match(kept[-1]):
            kept.append(_meant(kept.pop()[1:], word))
        else:
            kept.append(word)
    return tuple(kept)


def _column(words: Sequence[str]) -> tuple[str, ...]:
    """Without charset and collation, which the catalog's facts hold, and without the width of an integer."""
    kept: list[str] = []
    depth = index = 0
    while index < len(words):
        depth += {"(": 1, ")": -1}.get(words[index], 0)
        if depth == 0 and words[index : index + 2] == ("CHARACTER", "SET"):
            index += 3
        elif depth == 0 and words[index] == "COLLATE":
            index += 2
        else:
            kept.append(words[index])
            index += 1
    if kept[2:3] == ["("] and kept[4:5] == [")"]:
        written = f"{kept[1]}({kept[3]}){' '.join(['', *kept[5:7]])}"
        if without_width(written) != written:
            del kept[2:5]
    return _plain(kept)


def without_width(column_type: str) -> str:
    """A type as servers since 8.0.19 write it: no display width but for ZEROFILL and the plain TINYINT(1)."""
    if "zerofill" in column_type.lower() or re.match(r"tinyint\(1\)(?! unsigned)", column_type):
        return column_type
    return _WIDTH.sub(r"\1", column_type)


def _meant(charset: str, literal: str) -> str:
    """The text that the bytes of a literal mean in its charset."""
    data = literal.encode("utf-8", "surrogateescape")
    try:
        return data.decode(_CODECS.get(charset, charset))
    except (LookupError, UnicodeError):
        return literal


def _modern(word: str) -> str:
    """8.0 writes utf8 where later servers write utf8mb3."""
    return _OLD_UTF8.sub(r"\g<0>mb3", word)


def _identifier(piece: str) -> str:
    return "`" + piece[1:-1].replace('""', '"').replace("`", "``") + "`"


def _closing(words: Sequence[str], start: int) -> int:
    depth = 0
    for index in range(start, len(words)):
        depth += {"(": 1, ")": -1}.get(words[index], 0)
        if depth == 0:
            return index
    return len(words)


def _split(words: Sequence[str], separator: str) -> list[tuple[str, ...]]:
    pieces: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == separator and depth == 0:
            pieces.append([])
        else:
            pieces[-1].append(word)
    return [tuple(piece) for piece in pieces if piece]


def _key(piece: tuple[str, ...]) -> tuple[str, str]:
    """The kind and name of a definition; the kinds are those of `objects_facts`."""
    if piece[0].startswith("`"):
        return "column", name_of(piece[0])
    if piece[0] == "PRIMARY":
        return "index", "PRIMARY"
    if piece[0] == "CONSTRAINT":
        return ("foreign key" if piece[2] == "FOREIGN" else "check"), name_of(piece[1])
    return "index", name_of(next(word for word in piece if word.startswith("`")))


def _options(words: Sequence[str]) -> dict[str, str]:
    """Table options by name: ``NAME=value``, or ``NAME value`` for TABLESPACE and the like."""
    options: dict[str, str] = {}
    name: list[str] = []
    index = 0
    while index < len(words):
        if words[index] == "=":
            end = _closing(words, index + 1) if words[index + 1] == "(" else index + 1
            options[" ".join(name).upper()] = "".join(words[index + 1 : end + 1])
            name, index = [], end + 1
        elif name == ["TABLESPACE"]:
            options["TABLESPACE"] = words[index]
            name, index = [], index + 1
        else:
            name.append(words[index])
            index += 1
    if name:
        options[" ".join(name).upper()] = ""
    return options
