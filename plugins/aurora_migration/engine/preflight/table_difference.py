"""How a table that already is on the target differs from what the plan would create, column by column.

Pure. Equal means: the load can fill it and verification will find it the same. Secondary indexes that the target
lacks are no difference, since they are built after the load; those that only the target has are one. Spellings
that changed between MySQL versions (integer display widths, utf8 for utf8mb3) are no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aurora_migration.model.table import Column, Key, Table

_WIDTH: Final = re.compile(r"\b(tinyint|smallint|mediumint|int|bigint|year)\(\d+\)")


def differences(source: Table, target: Table) -> tuple[str, ...]:
    """Each difference in words, in the order of the source's columns; empty if there is none."""
    return (*_columns(source, target), *_keys(source, target), *_options(source, target))


def _columns(source: Table, target: Table) -> Iterator[str]:
    theirs = {column.name.lower(): column for column in target.columns}
    ours = {column.name.lower() for column in source.columns}
    for column in source.columns:
        other = theirs.get(column.name.lower())
        if other is None:
            yield f"column {column.name} ({column.column_type}) is missing on the target"
        else:
            facts = zip(_facts(column), _facts(other), strict=True)
            changed = [
                f"{name} {mine} here, {its} on the target" for (name, mine), (_, its) in facts if mine != its
            ]
            if changed:
                yield f"column {column.name}: {'; '.join(changed)}"
    for column in target.columns:
        if column.name.lower() not in ours:
            yield f"column {column.name} ({column.column_type}) is on the target only"


def _facts(column: Column) -> tuple[tuple[str, str], ...]:
    return (
        ("name", column.name),
        ("position", str(column.position)),
        ("type", column_type(column)),
        ("NULL", "allowed" if column.nullable else "not allowed"),
        ("collation", _collation(column.collation)),
        ("default", "none" if column.default is None else column.default or "''"),
        ("extra", column.extra.lower() or "none"),
        ("SRID", "none" if column.srs_id is None else str(column.srs_id)),
    )


def _keys(source: Table, target: Table) -> Iterator[str]:
    ours = {key.name.lower(): key for key in source.keys}
    theirs = {key.name.lower(): key for key in target.keys}
    needed = {key.name.lower() for key in (source.chunk_key, _primary(source)) if key is not None}
    for name, key in ours.items():
        if name not in theirs and name in needed:
            yield f"key {_spelled(key)} is missing on the target"
        elif name in theirs and _spelled(key) != _spelled(theirs[name]):
            yield f"key {_spelled(key)} here, {_spelled(theirs[name])} on the target"
    for name, key in theirs.items():
        if name not in ours:
            yield f"key {_spelled(key)} is on the target only"


def _options(source: Table, target: Table) -> Iterator[str]:
    if target.engine.upper() != "INNODB":
        yield f"engine {target.engine} on the target, InnoDB is needed"
    if _collation(source.collation) != _collation(target.collation):
        yield f"default collation {source.collation} here, {target.collation} on the target"
    if source.partitioned != target.partitioned:
        yield f"partitioned {'here' if source.partitioned else 'on the target'} only"
    if source.comment != target.comment:
        yield "the table comments differ"


def column_type(column: Column) -> str:
    """The full type without an integer's display width, which 8.0.19 and newer no longer show."""
    text = column.column_type
    if "zerofill" in text.lower() or text.lower() == "tinyint(1)":
        return text
    return _WIDTH.sub(r"\1", text)


def _collation(name: str | None) -> str:
    return re.sub(r"\Autf8_", "utf8mb3_", name) if name else "none"


def _primary(table: Table) -> Key | None:
    return next((key for key in table.keys if key.primary), None)


def _spelled(key: Key) -> str:
    parts = (
        part.column + (f"({part.prefix})" if part.prefix else "") + (" DESC" if part.descending else "")
        for part in key.parts
    )
    kind = "" if key.kind == "BTREE" else f"{key.kind.lower()} "
    hidden = "" if key.visible else " invisible"
    columns = ", ".join(parts) + (", expression" if key.functional else "")
    return f"{kind}{'unique ' if key.unique and not key.primary else ''}{key.name} ({columns}){hidden}"
