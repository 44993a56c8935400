"""Names of tables and how they map from source to target.

A mapping is decided once, in the plan, and never rewritten later. Names compare as Python strings, byte for
byte; whether two names mean one table on a server (``lower_case_table_names``) is a preflight question.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class TableName:
    """A schema-qualified table (or view) name, unquoted."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class TableMapping:
    """One source table and the target table it becomes."""

    source: TableName
    target: TableName

    def __str__(self) -> str:
        if self.source == self.target:
            return str(self.source)
        return f"{self.source} → {self.target}"
