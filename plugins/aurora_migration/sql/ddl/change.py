"""What a DDL statement of the binlog says, as a value: a verb, the objects it touches, the parts of its text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aurora_migration.model.names import TableName
from aurora_migration.sql.ddl.lexer import Kind, split
from aurora_migration.sql.ddl.reading import Run, UnreadableError


class ObjectKind(StrEnum):
    """What a touched object is."""

    TABLE = "table"
    VIEW = "view"
    PROCEDURE = "procedure"
    FUNCTION = "function"
    LIBRARY = "library"
    TRIGGER = "trigger"
    EVENT = "event"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Touched:
    """One object; a database's ``name.name`` is empty. ``on`` is a trigger's table, None where it is not said."""

    kind: ObjectKind
    name: TableName
    on: TableName | None = None

    def __str__(self) -> str:
        return self.name.schema if self.kind is ObjectKind.DATABASE else str(self.name)


@dataclass(frozen=True, slots=True)
class Change:
    """One statement. ``head`` is what comes before the first name, ``rest`` what follows the names."""

    verb: str
    objects: tuple[Touched, ...]
    head: Run
    rest: Run
    temporary: bool = False
    conditional: bool = False


def clauses(rest: Run) -> list[Run]:
    """The parts of an ALTER TABLE between its commas. Raises: UnreadableError if its parentheses do not match."""
    depth = 0
    for token in rest:
        if token.kind is Kind.SYMBOL:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            break
    parts = split(rest)
    if depth or any(not part for part in parts):
        raise UnreadableError("its parts cannot be told from one another")
    return parts
