"""A CREATE TABLE as a client wrote it, in parts that the target can be given.

The elements stay text, once each is known to mean the same on another server; the options go through the same
named rules as a table that is loaded (`table_rules`). Foreign keys, other engines, and partitions that say where
they lie are refused. ``START TRANSACTION`` among the options, with which the binlog marks a CREATE TABLE … SELECT
whose rows follow, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aurora_migration.model.names import TableName
from aurora_migration.model.rule import AppliedRule
from aurora_migration.sql.ddl.change import Change
from aurora_migration.sql.ddl.column_text import UnsafeError, read_column
from aurora_migration.sql.ddl.key_text import START, read_key
from aurora_migration.sql.ddl.lexer import split
from aurora_migration.sql.ddl.names import UNCHANGED
from aurora_migration.sql.ddl.reading import Reading, Run, UnreadableError, joined, shown
from aurora_migration.sql.ddl.table import OptionClause, TableDefinition
from aurora_migration.sql.ddl.table_rules import rewrite_table


@dataclass(frozen=True, slots=True)
class CreatedTable:
    """``elements`` is what is in the parenthesis; ``options`` and ``partitioning`` follow it."""

    columns: tuple[str, ...]
    elements: str
    options: tuple[OptionClause, ...]
    partitioning: str
    rules: tuple[AppliedRule, ...] = ()

    @property
    def has_charset(self) -> bool:
        return any(option.name in {"DEFAULT CHARSET", "COLLATE"} for option in self.options)

    def create(self, name: str, collation: str) -> str:
        """CREATE TABLE for an already quoted name; ``collation`` is its schema's, used where the text has none."""
        options = [option.text for option in self.options]
        if not self.has_charset:
            options.append(f"COLLATE={collation}")
        tail = " ".join([*options, *([self.partitioning] if self.partitioning else [])])
        return f"CREATE TABLE {name} ({self.elements}) {tail}"


@dataclass(frozen=True, slots=True)
class LikeTable:
    """CREATE TABLE … LIKE ``original``, a table of the source."""

    original: TableName


_KNOWN: Final = (
    *("ENGINE", "AUTO_INCREMENT", "COMMENT", "ROW_FORMAT", "STATS_AUTO_RECALC", "STATS_PERSISTENT"),
    *("STATS_SAMPLE_PAGES", "AVG_ROW_LENGTH", "MIN_ROWS", "MAX_ROWS", "CHECKSUM", "DELAY_KEY_WRITE", "PACK_KEYS"),
    *("KEY_BLOCK_SIZE", "TABLESPACE", "STORAGE", "ENCRYPTION", "COMPRESSION", "SECONDARY_ENGINE"),
    *("SECONDARY_ENGINE_ATTRIBUTE", "AUTOEXTEND_SIZE", "ENGINE_ATTRIBUTE"),
)
# what in a partition says where it lies, and what makes its limits hang on the session's time zone
_UNSAFE_IN_PARTITIONS: Final = ("ENGINE", "DIRECTORY", "TABLESPACE", "NODEGROUP", "UNIX_TIMESTAMP")


def read_created(change: Change, schema: str) -> CreatedTable | LikeTable:
    """The table that a CREATE TABLE makes. Raises: UnreadableError, UnsafeError with the reason."""
    r = Reading(change.rest, schema)
    if r.take("LIKE"):
        return _like(r)
    if not r.at_symbol("("):
        raise UnsafeError("it takes its columns from a query")
    inside = r.parenthesis()
    if r.done and inside and inside[0].word("LIKE"):
        return _like(Reading(inside[1:], schema))
    columns: list[str] = []
    for element in split(inside):
        _element(Reading(element, schema), columns)
    options, rules = _ruled(r, change.objects[0].name)
    partitioning = _partitioning(r)
    if not r.done:
        raise UnsafeError("it takes rows from a query")
    return CreatedTable(tuple(columns), joined(inside), options, partitioning, rules)


def _like(r: Reading) -> LikeTable:
    name = r.name()
    r.end()
    return LikeTable(name)


def _element(r: Reading, columns: list[str]) -> None:
    if r.at(*START):
        read_key(r)
    else:
        columns.append(read_column(r, filled=False))
    r.end()


def _ruled(r: Reading, source: TableName) -> tuple[tuple[OptionClause, ...], tuple[AppliedRule, ...]]:
    """The options that the named rules leave, and what they left out."""
    options = _options(r)
    engine = next((option.value for option in options if option.name == "ENGINE"), "InnoDB")
    if engine.upper() != "INNODB":
        raise UnsafeError(f"its engine is {engine}")
    ruled, rules = rewrite_table(TableDefinition((), (), (), (), options), source, UNCHANGED)
    return ruled.options, rules


def _options(r: Reading) -> tuple[OptionClause, ...]:
    options = []
    while not (r.done or r.at("PARTITION", "AS", "SELECT", "IGNORE", "REPLACE", "WITH", "TABLE", "VALUES")):
        if r.at_symbol("("):
            break
        if r.take_symbol(",") or r.take("START", "TRANSACTION"):
            continue
        options.append(_option(r))
    return tuple(options)


def _option(r: Reading) -> OptionClause:
    default = "DEFAULT " if r.take("DEFAULT") else ""
    if r.take("CHARACTER", "SET") or r.take("CHARSET"):
        name = "DEFAULT CHARSET"
    elif r.take("COLLATE"):
        name = "COLLATE"
    elif not default and (r.take("DATA", "DIRECTORY") or r.take("INDEX", "DIRECTORY")):
        name = f"{r.cut[r.index - 2].text.upper()} DIRECTORY"
    else:
        name = "" if default else r.take_any(*_KNOWN)
        if not name:
            raise UnreadableError(f"{shown(r.next())} is not known as an option of a table")
    r.take_symbol("=")
    value = r.next()
    return OptionClause(name, value.value, f"{name}={value.text}")


def _partitioning(r: Reading) -> str:
    if not r.at("PARTITION"):
        return ""
    start = r.index
    while not r.done and not r.at("AS", "SELECT", "IGNORE", "REPLACE", "WITH", "TABLE"):
        if r.at(*_UNSAFE_IN_PARTITIONS):
            raise UnsafeError("its partitions say where they lie, or their limits hang on a time zone")
        r.next()
    run: Run = r.cut[start : r.index]
    return joined(run)
