"""A table's definition in parts, each with the text the server wrote for it, and how to write it again.

The values hold what rules need to decide by (names, kinds, references); everything else stays text. Rendering what
was parsed gives the server's text back, except that blanks before a comma are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aurora_migration.sql.quoting import identifier


class KeyKind(StrEnum):
    """The words before KEY."""

    PRIMARY = "PRIMARY"
    UNIQUE = "UNIQUE"
    INDEX = ""
    FULLTEXT = "FULLTEXT"
    SPATIAL = "SPATIAL"


@dataclass(frozen=True, slots=True)
class ColumnClause:
    """One column."""

    name: str
    text: str
    auto_increment: bool = False


@dataclass(frozen=True, slots=True)
class KeyClause:
    """One index; ``columns`` has None for an expression."""

    name: str
    kind: KeyKind
    columns: tuple[str | None, ...]
    text: str

    @property
    def functional(self) -> bool:
        return None in self.columns


@dataclass(frozen=True, slots=True)
class ForeignKeyClause:
    """One foreign key to ``schema`` (None: the table's own) and ``table``.

    ``before`` runs from FOREIGN KEY to REFERENCES, ``after`` starts with the parent's columns.
    """

    name: str
    before: str
    schema: str | None
    table: str
    after: str

    @property
    def text(self) -> str:
        parent = identifier(self.table).plain
        if self.schema is not None:
            parent = f"{identifier(self.schema).plain}.{parent}"
        return f"CONSTRAINT {identifier(self.name).plain} {self.before} {parent} {self.after}"


@dataclass(frozen=True, slots=True)
class CheckClause:
    """One CHECK constraint; ``clause`` starts with CHECK."""

    name: str
    clause: str

    @property
    def text(self) -> str:
        return f"CONSTRAINT {identifier(self.name).plain} {self.clause}"


@dataclass(frozen=True, slots=True)
class OptionClause:
    """One table option; ``name`` in capitals (``DEFAULT CHARSET``), ``value`` without quotes."""

    name: str
    value: str
    text: str


Part = ColumnClause | KeyClause | ForeignKeyClause | CheckClause | OptionClause


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """A whole CREATE TABLE; ``partitioning`` is empty or the text from its version comment to the end."""

    columns: tuple[ColumnClause, ...]
    keys: tuple[KeyClause, ...]
    foreign_keys: tuple[ForeignKeyClause, ...]
    checks: tuple[CheckClause, ...]
    options: tuple[OptionClause, ...]
    partitioning: str = ""

    def option(self, name: str) -> str | None:
        """The value of a table option, or None."""
        return next((option.value for option in self.options if option.name == name), None)

    def key(self, name: str) -> KeyClause | None:
        """The index called ``name`` (index names ignore case), or None."""
        return next((key for key in self.keys if key.name.lower() == name.lower()), None)

    @property
    def auto_increment_column(self) -> str | None:
        return next((column.name for column in self.columns if column.auto_increment), None)

    @property
    def auto_increment(self) -> int:
        """The next number of the counter; 1 where none is written."""
        return int(self.option("AUTO_INCREMENT") or 1)


def render(definition: TableDefinition, name: str) -> str:
    """CREATE TABLE for an already quoted ``name``."""
    parts: list[Part] = [*definition.columns, *definition.keys, *definition.foreign_keys, *definition.checks]
    body = ",\n  ".join(part.text for part in parts)
    options = "".join(f" {option.text}" for option in definition.options)
    partitioning = f"\n{definition.partitioning}" if definition.partitioning else ""
    return f"CREATE TABLE {name} (\n  {body}\n){options}{partitioning}"
