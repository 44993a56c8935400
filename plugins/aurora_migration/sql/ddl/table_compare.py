"""What two table definitions have different, part by part.

Texts are compared token by token, so that blanks and the numbers of version comments do not count; ``utf8`` and
``utf8mb3`` are one charset, whose name changed in MySQL 8.0.29. A column's charset counts, not whether it is
written out or taken from the table; so does a CHECK's literal, not its introducer, which ALTER TABLE may change.
The order of columns counts, the order of indexes and constraints does not. The AUTO_INCREMENT counter moves by
itself and is left to the caller.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from aurora_migration.sql.ddl.lexer import Kind, Token, tokens
from aurora_migration.sql.ddl.table import Part, TableDefinition

# MySQL's charsets that Python calls by another name, or means another by it
_CODECS: Final = {
    "latin1": "cp1252",
    "ucs2": "utf-16-be",
    "utf16": "utf-16-be",
    "utf32": "utf-32-be",
    "utf8mb3": "utf-8",
    "utf8mb4": "utf-8",
}

Words = tuple[tuple[Kind, str], ...]
Spelled = tuple[str, str, Words]


class PartKind(StrEnum):
    """What part of a table differs."""

    COLUMN = "column"
    INDEX = "index"
    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    OPTION = "option"
    PARTITIONING = "partitioning"


@dataclass(frozen=True, slots=True)
class PartDifference:
    """One part: ``expected`` or ``found`` is None where it is missing on that side."""

    part: PartKind
    name: str
    expected: str | None
    found: str | None

    @property
    def missing(self) -> bool:
        return self.found is None

    def __str__(self) -> str:
        what = f"{self.part} {self.name}".rstrip()
        if self.found is None:
            text = f"{what} is missing: {self.expected}"
        elif self.expected is None:
            text = f"{what} is extra: {self.found}"
        else:
            text = f"{what} is {self.found}, not {self.expected}"
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def table_differences(expected: TableDefinition, found: TableDefinition) -> tuple[PartDifference, ...]:
    """Every part that is not the same on both sides."""
    if _counterless(expected) == _counterless(found):
        return ()
    differences = [
        *_pairs(PartKind.COLUMN, _columns(expected), _columns(found)),
        *_column_order(expected, found),
        *_pairs(PartKind.INDEX, _texts(expected.keys), _texts(found.keys)),
        *_pairs(PartKind.FOREIGN_KEY, _texts(expected.foreign_keys), _texts(found.foreign_keys)),
        *_pairs(PartKind.CHECK, _checks(expected), _checks(found)),
        *_pairs(PartKind.OPTION, _options(expected), _options(found)),
    ]
    if normal(expected.partitioning) != normal(found.partitioning):
        there = found.partitioning or None
        differences.append(PartDifference(PartKind.PARTITIONING, "", expected.partitioning or None, there))
    return tuple(differences)


def _counterless(definition: TableDefinition) -> TableDefinition:
    """The definition letter by letter: most tables need no comparison by tokens, which takes longest of all."""
    return replace(definition, options=tuple(o for o in definition.options if o.name != "AUTO_INCREMENT"))


def normal(text: str) -> Words:
    """A text as its tokens, in the spelling that all versions share."""
    return tuple((token.kind, _spelling(token)) for token in tokens(text))


def _spelling(token: Token) -> str:
    if token.kind is Kind.OPEN:
        return "/*!"
    return _modern(token.text) if token.kind is Kind.WORD else token.value


def _modern(word: str | None) -> str:
    """8.0 writes utf8 where later servers write utf8mb3."""
    bare = (word or "").lstrip("_")
    if word is not None and (bare == "utf8" or bare.startswith("utf8_")):
        return word[: len(word) - len(bare)] + "utf8mb3" + bare[len("utf8") :]
    return word or ""


def _texts(parts: Iterable[Part]) -> dict[str, Spelled]:
    """By folded name: the name, the text, and the words to compare."""
    return {part.name.lower(): (part.name, part.text, normal(part.text)) for part in parts}


def _columns(definition: TableDefinition) -> dict[str, Spelled]:
    """Columns without the charset that a collation, or the table, implies."""
    charset, collation = _modern(definition.option("DEFAULT CHARSET")), _modern(definition.option("COLLATE"))
    parts = _texts(definition.columns)
    return {k: (name, text, _bare(words, charset, collation)) for k, (name, text, words) in parts.items()}


def _bare(words: Words, charset: str, collation: str) -> Words:
    """``charset`` and ``collation`` are the table's; the collation is empty where it is the charset's own."""
    first, collate = _top_level(words, "CHARACTER"), _top_level(words, "COLLATE")
    if collate is not None:
        kept = () if words[collate + 1][1] == collation else words[collate : collate + 2]
        return words[: collate if first is None else first] + kept + words[collate + 2 :]
    if first is not None and not collation and words[first + 2][1] == charset:
        return words[:first] + words[first + 3 :]
    return words


def _top_level(words: Words, wanted: str) -> int | None:
    depth = 0
    for index, (kind, word) in enumerate(words):
        if kind is Kind.SYMBOL:
            depth += {"(": 1, ")": -1}.get(word, 0)
        elif depth == 0 and kind is Kind.WORD and word == wanted:
            return index
    return None


def _checks(definition: TableDefinition) -> dict[str, Spelled]:
    parts = _texts(definition.checks)
    return {k: (name, text, _as_unicode(words)) for k, (name, text, words) in parts.items()}


def _as_unicode(words: Words) -> Words:
    """Literals without their introducers, as the text that their bytes mean."""
    bare: list[tuple[Kind, str]] = []
    for kind, word in words:
        if kind is Kind.STRING and bare and bare[-1][0] is Kind.WORD and bare[-1][1].startswith("_"):
            introducer = bare.pop()[1]
            bare.append((kind, _decoded(introducer[1:], word)))
        else:
            bare.append((kind, word))
    return tuple(bare)


def _decoded(charset: str, text: str) -> str:
    data = text.encode("utf-8", "surrogateescape")
    try:
        return data.decode(_CODECS.get(charset, charset))
    except (LookupError, UnicodeError):
        return text


def _options(definition: TableDefinition) -> dict[str, Spelled]:
    options = _texts(definition.options)
    options.pop("auto_increment", None)
    return options


def _pairs(part: PartKind, expected: dict[str, Spelled], found: dict[str, Spelled]) -> Iterable[PartDifference]:
    for key, (name, text, words) in expected.items():
        there = found.get(key)
        if there is None:
            yield PartDifference(part, name, text, None)
        elif words != there[2]:
            yield PartDifference(part, name, text, there[1])
    for key, (name, text, _) in found.items():
        if key not in expected:
            yield PartDifference(part, name, None, text)


def _column_order(expected: TableDefinition, found: TableDefinition) -> Iterable[PartDifference]:
    here = [column.name.lower() for column in expected.columns]
    there = [column.name.lower() for column in found.columns]
    if here != there and set(here) == set(there):
        yield PartDifference(PartKind.COLUMN, "order", ", ".join(here), ", ".join(there))
