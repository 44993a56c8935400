"""A table's definition in parts, each with the text the server wrote for it, and how to write it again.

The values hold what rules need to decide by (names, kinds, references); everything else stays text. Rendering what
was parsed gives the server's text back, except that blanks before a comma are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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


def first_wave(definition: TableDefinition, chunk_key: str | None, also: Iterable[str] = ()) -> TableDefinition:
    """The definition to load into: no foreign key, and of the indexes only those that rows cannot do without.

    Kept are the primary key (InnoDB stores rows in its order, so adding it later copies the table), the chunk
    key, one index that starts with the AUTO_INCREMENT column, which InnoDB demands, and the names in ``also``.
    """
    wanted = {name.lower() for name in also} | {"primary"}
    if chunk_key is not None:
        wanted.add(chunk_key.lower())
    kept = [key for key in definition.keys if key.name.lower() in wanted]
    counter = definition.auto_increment_column
    if counter is not None and not any(_leads(key, counter) for key in kept):
        support = next((key for key in definition.keys if _leads(key, counter)), None)
        kept = [key for key in definition.keys if key in kept or key is support]
    return replace(definition, keys=tuple(kept), foreign_keys=())


def build_batches(keys: Iterable[KeyClause]) -> list[tuple[KeyClause, ...]]:
    """Indexes to add in one ALTER TABLE each: all together, as far as InnoDB builds them in place.

    It builds one FULLTEXT index at a time (error 1795) and, since a functional index brings a hidden virtual
    column, one functional index (error 1846); together they would copy the table.
    """
    together: list[KeyClause] = []
    alone: list[tuple[KeyClause, ...]] = []
    functional = False
    for key in keys:
        if key.kind is KeyKind.FULLTEXT or (key.functional and functional):
            alone.append((key,))
        else:
            together.append(key)
            functional = functional or key.functional
    return [tuple(together), *alone] if together else alone


def _leads(key: KeyClause, column: str) -> bool:
    if key.kind in {KeyKind.FULLTEXT, KeyKind.SPATIAL}:
        return False
    return key.columns[0] is not None and key.columns[0].lower() == column.lower()
