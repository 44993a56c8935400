"""Which parts of a table come before the load and which after it, as pure decisions.

Wave 1 has what rows cannot do without; wave 2 brings the indexes into the source's order, since ties between them
are decided by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from aurora_migration.sql.ddl.edits import Edit, apply
from aurora_migration.sql.ddl.lexer import tokens
from aurora_migration.sql.ddl.table import KeyClause, KeyKind, TableDefinition

# the server sorts indexes by these groups; within one they stay in the order in which they were added
_GROUPS: Final = ((KeyKind.UNIQUE,), (KeyKind.INDEX, KeyKind.SPATIAL), (KeyKind.FULLTEXT,))


def first_wave(definition: TableDefinition, chunk_key: str | None, also: Iterable[str] = ()) -> TableDefinition:
    """The definition to load into: no foreign key, and of the indexes only those that rows cannot do without.

    Kept are the primary key (InnoDB stores rows in its order, so adding it later copies the table), the chunk
    key, one index that starts with the AUTO_INCREMENT column, which InnoDB demands, and the names in ``also``.
    Without a primary key rows are stored by the first unique index over columns that cannot be NULL, which is the
    chunk key or before it.
    """
    wanted = {name.lower() for name in also} | {"primary"}
    if chunk_key is not None:
        wanted |= _up_to(definition, chunk_key) if definition.key("PRIMARY") is None else {chunk_key.lower()}
    kept = [key for key in definition.keys if key.name.lower() in wanted]
    counter = definition.auto_increment_column
    if counter is not None and not any(_leads(key, counter) for key in kept):
        support = next((key for key in definition.keys if _leads(key, counter)), None)
        kept = [key for key in definition.keys if key in kept or key is support]
    return replace(definition, keys=tuple(kept), foreign_keys=())


def with_plain_indexes(first: TableDefinition, definition: TableDefinition) -> TableDefinition:
    """``first`` and those of the definition's indexes that may be there while rows come, at no risk.

    Never a unique one: rows that come by different chunks, or with changes, may clash in passing. Of the others
    those in front of the first that is SPATIAL or functional: behind it they would have to be made again.
    """
    plain = []
    for key in definition.keys:
        if key.kind is KeyKind.SPATIAL or (key.kind is KeyKind.INDEX and key.functional):
            break
        if key.kind is KeyKind.INDEX:
            plain.append(key)
    return replace(first, keys=tuple(key for key in definition.keys if key in first.keys or key in plain))


def as_typed(definition: TableDefinition) -> TableDefinition:
    """The same definition in words that lead the target to write it as the source does.

    A server writes the COLLATE that a column has from its table, but remembers one that it reads as given, and
    then writes CHARACTER SET as well.
    """
    default = definition.option("COLLATE")
    columns = tuple(replace(column, text=_implicit(column.text, default)) for column in definition.columns)
    return replace(definition, columns=columns)


def index_batches(expected: TableDefinition, found: TableDefinition) -> list[tuple[KeyClause, ...]]:
    """Indexes to add in one ALTER TABLE each, so that ``found`` gets all of ``expected`` in its order.

    An index that is there but has to come after one that is missing is part of a batch: it is dropped and added.
    InnoDB builds several in one pass, but one FULLTEXT index at a time (error 1795) and, since a functional index
    brings a hidden virtual column, one functional index (error 1846): otherwise it would copy the table.
    """
    batches: list[list[KeyClause]] = []
    for key in (key for group in _GROUPS for key in _out_of_place(group, expected, found)):
        last = batches[-1] if batches else None
        if last is None or key.kind is KeyKind.FULLTEXT or (key.functional and any(k.functional for k in last)):
            batches.append([key])
        else:
            last.append(key)
    return [tuple(batch) for batch in batches]


def _out_of_place(
    kinds: tuple[KeyKind, ...], expected: TableDefinition, found: TableDefinition
) -> list[KeyClause]:
    wanted = [key for key in expected.keys if key.kind in kinds]
    there = [key.name.lower() for key in found.keys if key.kind in kinds and expected.key(key.name) is not None]
    same = 0
    while same < min(len(wanted), len(there)) and wanted[same].name.lower() == there[same]:
        same += 1
    return wanted[same:]


def _up_to(definition: TableDefinition, name: str) -> set[str]:
    names = [key.name.lower() for key in definition.keys]
    return set(names[: names.index(name.lower()) + 1])


def _implicit(text: str, default: str | None) -> str:
    """Leave out a column's COLLATE, if no CHARACTER SET goes with it, where it is the table's own."""
    cut = tokens(text)
    depth = 0
    for index, token in enumerate(cut[:-1]):
        depth += token.symbol("(") - token.symbol(")")
        if depth == 0 and token.word("CHARACTER"):
            return text
        if depth == 0 and token.word("COLLATE"):
            end = cut[index + 1].end
            return apply(text, [Edit(cut[index - 1].end, end, "")]) if cut[index + 1].value == default else text
    return text


def _leads(key: KeyClause, column: str) -> bool:
    if key.kind in {KeyKind.FULLTEXT, KeyKind.SPATIAL}:
        return False
    return key.columns[0] is not None and key.columns[0].lower() == column.lower()
