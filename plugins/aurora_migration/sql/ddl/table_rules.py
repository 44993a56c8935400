"""The named rules by which a table's definition changes on the way to Aurora.

Aurora has one engine and looks after storage itself: other engines become InnoDB, and options that place, pack or
encrypt files are left out (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Compare-v2-v3.html).
Each application is returned as an `AppliedRule`; a definition that no rule names comes back as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from aurora_migration.model.names import TableName
from aurora_migration.model.rule import AppliedRule
from aurora_migration.sql.ddl.edits import Edit, apply
from aurora_migration.sql.ddl.lexer import tokens
from aurora_migration.sql.ddl.names import NameMap
from aurora_migration.sql.ddl.table import KeyClause, KeyKind, TableDefinition
from aurora_migration.sql.quoting import MAX_IDENTIFIER_CHARACTERS, identifier

# option → the rule that leaves it out; UNION and INSERT_METHOD belong to MERGE tables
_STRIPPED: Final = {
    "KEY_BLOCK_SIZE": "key-block-size",
    "TABLESPACE": "tablespace",
    "DATA DIRECTORY": "directory",
    "INDEX DIRECTORY": "directory",
    "ENCRYPTION": "encryption",
    "COMPRESSION": "compression",
    "CONNECTION": "connection",
    "SECONDARY_ENGINE": "secondary-engine",
    "SECONDARY_ENGINE_ATTRIBUTE": "secondary-engine",
    "UNION": "engine",
    "INSERT_METHOD": "engine",
    "AUTOEXTEND_SIZE": "autoextend-size",
    "ENGINE_ATTRIBUTE": "engine-attribute",
    "STORAGE": "storage",
}
_ROW_FORMATS: Final = frozenset({"DEFAULT", "DYNAMIC", "COMPACT", "REDUNDANT"})
_SECRET: Final = frozenset({"CONNECTION"})  # may hold a password

Record = Callable[[str, str], None]


def rewrite_table(
    definition: TableDefinition, source: TableName, names: NameMap
) -> tuple[TableDefinition, tuple[AppliedRule, ...]]:
    """The definition that the target is to have, and every rule that made it differ from the source's."""
    rules: list[AppliedRule] = []

    def record(rule: str, detail: str) -> None:
        rules.append(AppliedRule(rule, f"table {names.table(source)}", detail))

    converted = (definition.option("ENGINE") or "InnoDB").upper() != "INNODB"
    definition = _options(definition, record)
    definition = replace(definition, partitioning=_partitioning(definition.partitioning, record))
    definition = replace(definition, keys=tuple(_key(key, converted, record) for key in definition.keys))
    if converted:
        definition = _auto_increment_key(definition, record)
    return _renamed(definition, source, names, record), tuple(rules)


def _options(definition: TableDefinition, record: Record) -> TableDefinition:
    kept = []
    for option in definition.options:
        if option.name == "ENGINE" and option.value.upper() != "INNODB":
            record("engine", f"{option.value} → InnoDB")
            kept.append(replace(option, value="InnoDB", text="ENGINE=InnoDB"))
        elif option.name == "ROW_FORMAT" and option.value.upper() not in _ROW_FORMATS:
            record("row-format", f"ROW_FORMAT={option.value} left out")
        elif option.name in _STRIPPED:
            shown = option.name if option.name in _SECRET else f"{option.name}={option.value}"
            record(_STRIPPED[option.name], f"{shown} left out")
        else:
            kept.append(option)
    return replace(definition, options=tuple(kept))


def _partitioning(text: str, record: Record) -> str:
    """Every partition may name its own engine, directory and tablespace; the server writes them with ``=``."""
    cut = tokens(text)
    edits = []
    for index in range(2, len(cut)):
        if not cut[index - 1].symbol("="):
            continue
        word, value = cut[index - 2], cut[index]
        if word.word("ENGINE") and not value.word("INNODB"):
            record("engine", f"partition {value.text} → InnoDB")
            edits.append(Edit(value.start, value.end, "InnoDB"))
        elif word.word("DIRECTORY") and cut[index - 3].word("DATA", "INDEX"):
            record("directory", f"of a partition: {value.text} left out")
            edits.append(Edit(cut[index - 4].end, value.end, ""))
        elif word.word("TABLESPACE"):
            record("tablespace", f"of a partition: {value.text} left out")
            edits.append(Edit(cut[index - 3].end, value.end, ""))
    return apply(text, edits)


def _key(key: KeyClause, converted: bool, record: Record) -> KeyClause:
    """InnoDB keeps no KEY_BLOCK_SIZE of an index under another row format, and has no HASH index."""
    cut = tokens(key.text)
    edits = []
    for index in range(1, len(cut)):
        before, token = cut[index - 1], cut[index]
        if token.word("KEY_BLOCK_SIZE") and cut[index + 1].symbol("="):
            record("key-block-size", f"of index {key.name}")
            edits.append(Edit(before.end, cut[index + 2].end, ""))
        elif converted and before.word("USING") and token.word("HASH"):
            record("engine", f"index {key.name}: USING HASH left out, InnoDB has B-trees")
            edits.append(Edit(cut[index - 2].end, token.end, ""))
    return replace(key, text=apply(key.text, edits)) if edits else key


def _auto_increment_key(definition: TableDefinition, record: Record) -> TableDefinition:
    """MyISAM counts within a prefix of a key; InnoDB wants an index that starts with the counter."""
    counter = definition.auto_increment_column
    if counter is None or any((key.columns[0] or "").lower() == counter.lower() for key in definition.keys):
        return definition
    name, number = counter, 2
    while definition.key(name) is not None:
        suffix = f"_{number}"
        name, number = counter[: MAX_IDENTIFIER_CHARACTERS - len(suffix)] + suffix, number + 1
    text = f"KEY {identifier(name).plain} ({identifier(counter).plain})"
    record("auto-increment-key", f"index {name} added, since InnoDB needs one that starts with {counter}")
    added = KeyClause(name, KeyKind.INDEX, (counter,), text)
    return replace(definition, keys=(*definition.keys, added))


def _renamed(definition: TableDefinition, source: TableName, names: NameMap, record: Record) -> TableDefinition:
    target = names.table(source)
    if target != source:
        record("rename", f"{source} → {target}")
    foreign_keys = []
    for key in definition.foreign_keys:
        parent = TableName(key.schema or source.schema, key.table)
        there = names.table(parent)
        schema = None if there.schema == target.schema else there.schema
        name = _constraint_name(key.name, "_ibfk_", source, target, record)
        if there != parent:
            record("rename", f"foreign key {key.name}: {parent} → {there}")
        foreign_keys.append(replace(key, name=name, schema=schema, table=there.name))
    checks = [
        replace(check, name=_constraint_name(check.name, "_chk_", source, target, record))
        for check in definition.checks
    ]
    return replace(definition, foreign_keys=tuple(foreign_keys), checks=tuple(checks))


def _constraint_name(name: str, infix: str, source: TableName, target: TableName, record: Record) -> str:
    """Names the server made from the table's name follow the table, as they do in RENAME TABLE."""
    prefix = f"{source.name}{infix}"
    number = name.removeprefix(prefix)
    followed = f"{target.name}{infix}{number}"
    if number == name or not number.isdigit() or target.name == source.name:
        return name
    if len(followed) > MAX_IDENTIFIER_CHARACTERS:
        return name
    record("rename", f"constraint {name} → {followed}")
    return followed
