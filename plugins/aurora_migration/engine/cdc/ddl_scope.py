"""Whether an object that a statement touches is of the selection.

Servers with ``lower_case_table_names`` other than 0 take names in any case, and the binlog has them as the client
wrote them. A name that the selection takes only in another case is therefore unsure, which is as good as selected
to whoever must not miss a change.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from enum import Enum, auto

from aurora_migration.model.config import MigrationConfig, SelectionRule
from aurora_migration.model.names import TableName
from aurora_migration.sql.ddl.change import ObjectKind, Touched
from aurora_migration.sql.ddl.lexer import tokens


class Scope(Enum):
    """How the selection and an object go together."""

    SELECTED = auto()
    UNSURE = auto()
    OUTSIDE = auto()


def scope_of(touched: Touched, config: MigrationConfig) -> Scope:
    """Tables and views go by their name, a trigger with its table, routines and events with their whole schema."""
    name = touched.name
    if touched.kind is ObjectKind.DATABASE:
        return _scope(config, lambda c, fold: c.selects_schema(fold(name.schema)))
    if touched.kind in {ObjectKind.TABLE, ObjectKind.VIEW}:
        return _of_table(config, name)
    if touched.kind is ObjectKind.TRIGGER:
        if touched.on is not None:
            return _of_table(config, touched.on)
        return _scope(config, lambda c, fold: c.selects_schema(fold(name.schema)))
    return _scope(config, lambda c, fold: c.selects_whole_schema(fold(name.schema)))


def possibly_selected(schema: str, config: MigrationConfig) -> bool:
    """Whether some object of a schema may be of the selection."""
    return scope_of(Touched(ObjectKind.DATABASE, TableName(schema, "")), config) is not Scope.OUTSIDE


def schemas_named(text: str, sql_mode: str) -> set[str]:
    """Every name in a text that may be a schema's: it stands before a dot, or behind DATABASE or SCHEMA."""
    cut = tokens(text, sql_mode)
    found = set()
    for one, after in itertools.pairwise(cut):
        if one.named and after.symbol("."):
            found.add(one.value)
        if after.named and one.word("DATABASE", "SCHEMA", "EXISTS"):
            found.add(after.value)
    return found


def _of_table(config: MigrationConfig, name: TableName) -> Scope:
    return _scope(config, lambda c, fold: c.selects(TableName(fold(name.schema), fold(name.name))))


def _scope(config: MigrationConfig, selects: Callable[[MigrationConfig, Callable[[str], str]], bool]) -> Scope:
    if selects(config, str):
        return Scope.SELECTED
    return Scope.UNSURE if selects(_folded(config), str.lower) else Scope.OUTSIDE


def _folded(config: MigrationConfig) -> MigrationConfig:
    """The same selection in small letters."""
    return config.model_copy(update={"selection": [_folded_rule(rule) for rule in config.selection]})


def _folded_rule(rule: SelectionRule) -> SelectionRule:
    kind = "include" if rule.include is not None else "exclude"
    return SelectionRule.model_validate({kind: rule.pattern.lower()})
