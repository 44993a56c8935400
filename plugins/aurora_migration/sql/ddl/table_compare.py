"""What two table definitions have different, part by part.

Texts are compared token by token, so that blanks and the numbers of version comments do not count; ``utf8`` and
``utf8mb3`` are one charset, whose name changed in MySQL 8.0.29. The order of columns counts, the order of indexes
and constraints does not. The AUTO_INCREMENT counter moves by itself and is left to the caller.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from aurora_migration.sql.ddl.lexer import Kind, Token, tokens
from aurora_migration.sql.ddl.table import Part, TableDefinition


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
            return f"{what} is missing: {self.expected}"
        if self.expected is None:
            return f"{what} is extra: {self.found}"
        return f"{what} is {self.found}, not {self.expected}"


def table_differences(expected: TableDefinition, found: TableDefinition) -> tuple[PartDifference, ...]:
    """Every part that is not the same on both sides."""
    differences = [
        *_pairs(PartKind.COLUMN, _texts(expected.columns), _texts(found.columns)),
        *_column_order(expected, found),
        *_pairs(PartKind.INDEX, _texts(expected.keys), _texts(found.keys)),
        *_pairs(PartKind.FOREIGN_KEY, _texts(expected.foreign_keys), _texts(found.foreign_keys)),
        *_pairs(PartKind.CHECK, _texts(expected.checks), _texts(found.checks)),
        *_pairs(PartKind.OPTION, _options(expected), _options(found)),
    ]
    if normal(expected.partitioning) != normal(found.partitioning):
        there = found.partitioning or None
        differences.append(PartDifference(PartKind.PARTITIONING, "", expected.partitioning or None, there))
    return tuple(differences)


def normal(text: str) -> tuple[tuple[Kind, str], ...]:
    """A text as its tokens, in the spelling that all versions share."""
    return tuple((token.kind, _spelling(token)) for token in tokens(text))


def _spelling(token: Token) -> str:
    if token.kind is Kind.OPEN:
        return "/*!"
    if token.kind is not Kind.WORD:
        return token.value
    word = token.text
    bare = word.lstrip("_")
    if bare == "utf8" or bare.startswith("utf8_"):
        return word[: len(word) - len(bare)] + "utf8mb3" + bare[len("utf8") :]
    return word


def _texts(parts: Iterable[Part]) -> dict[str, tuple[str, str]]:
    """By folded name: the name and the text."""
    return {part.name.lower(): (part.name, part.text) for part in parts}


def _options(definition: TableDefinition) -> dict[str, tuple[str, str]]:
    options = _texts(definition.options)
    options.pop("auto_increment", None)
    return options


def _pairs(
    part: PartKind, expected: dict[str, tuple[str, str]], found: dict[str, tuple[str, str]]
) -> Iterable[PartDifference]:
    for key, (name, text) in expected.items():
        there = found.get(key)
        if there is None:
            yield PartDifference(part, name, text, None)
        elif normal(text) != normal(there[1]):
            yield PartDifference(part, name, text, there[1])
    for key, (name, text) in found.items():
        if key not in expected:
            yield PartDifference(part, name, None, text)


def _column_order(expected: TableDefinition, found: TableDefinition) -> Iterable[PartDifference]:
    here = [column.name.lower() for column in expected.columns]
    there = [column.name.lower() for column in found.columns]
    if here != there and set(here) == set(there):
        yield PartDifference(PartKind.COLUMN, "order", ", ".join(here), ", ".join(there))
