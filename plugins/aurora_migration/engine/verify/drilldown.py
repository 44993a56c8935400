"""Names the rows of a chunk that differ: missing, extra, or different in which columns.

Both sides send one key and one hash a row; memory is that of one chunk's keys and hashes. Keys are compared by
their bytes, so a key that changed only in case or padding shows as one row missing and one extra. A table without
a key is compared as a multiset of hashes. Values are neither read nor kept: differences hold keys and column
names only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

from aurora_migration.engine.verify.scope import SEPARATOR, Pair, Side, chunk_values, encoded_key
from aurora_migration.model.chunk import Chunk
from aurora_migration.model.report import Difference, DifferenceKind, RowDifference
from aurora_migration.sql.json_types import is_opaque, types_hash
from aurora_migration.sql.library import statement
from aurora_migration.sql.literals import literal
from aurora_migration.sql.quoting import Fragment, identifier, join, qualified, raw
from aurora_migration.sql.row_hash import aggregates, column_hashes, row_hash

Hashes = list[tuple[str, str]]
"""Encoded key and hash of each row; the key is empty where the table has none."""


def differing_rows(pair: Pair, chunk: Chunk, limit: int | None = None) -> list[RowDifference]:
    """The rows of a chunk that differ, at most ``limit``, in the order of their encoded keys."""
    left, right = (row_hashes(side, chunk) for side in pair)
    if pair[0].table.chunk_key is None:
        return _multiset(chunk, left, right)
    source, target = dict(left), dict(right)
    keys = sorted(key for key in source.keys() | target.keys() if source.get(key) != target.get(key))
    return [row_difference(pair, chunk, key, key in source, key in target) for key in keys[:limit]]


def row_difference(pair: Pair, chunk: Chunk, key: str, on_source: bool, on_target: bool) -> RowDifference:
    """How the row with an encoded key differs; reads the columns where both sides have it."""
    values = tuple(key.split(SEPARATOR))
    if not on_target:
        return RowDifference(DifferenceKind.MISSING, chunk, values)
    if not on_source:
        return RowDifference(DifferenceKind.EXTRA, chunk, values)
    return RowDifference(DifferenceKind.DIFFERS, chunk, values, _columns(pair, values))


def described(side: Side, row: RowDifference) -> Difference:
    """A row difference in words."""
    if not row.key:
        text = f"{row.rows} rows are {row.kind} on the target; the table has no key to name them by"
    elif row.kind is DifferenceKind.MISSING:
        text = f"row {key_text(side, row.key)} is missing on the target"
    elif row.kind is DifferenceKind.EXTRA:
        text = f"row {key_text(side, row.key)} is only on the target"
    else:
        columns = ", ".join(row.columns) or "a row that changed meanwhile"
        text = f"row {key_text(side, row.key)} differs in {columns}"
    return Difference(row.kind, "rows", str(row.chunk), text)


def key_text(side: Side, key: Sequence[str]) -> str:
    """A row's key for people: column=value, …"""
    return ", ".join(
        f"{column.name}={_shown(column.data_type, text)}"
        for column, text in zip(side.key_columns, key, strict=True)
    )


def key_condition(side: Side, key: Sequence[str]) -> Fragment:
    """The predicate that takes exactly the row with a key."""
    conditions = [
        identifier(column.name) + raw(" = ") + literal(column, text)
        for column, text in zip(side.key_columns, key, strict=True)
    ]
    return join(conditions, " AND ")


def same_types(pool: Executor, pair: Pair, chunk: Chunk) -> bool:
    """Whether the JSON values of a chunk of equal rows hold the same types; both servers work at the same time."""
    if not sum(pool.map(lambda side: _opaque_rows(side, chunk), pair)):
        return True
    return len(set(pool.map(lambda side: _types_checksum(side, chunk), pair))) == 1


def degraded_rows(pool: Executor, pair: Pair, chunk: Chunk, limit: int) -> list[Difference]:
    """Rows of a chunk of equal values whose JSON values hold other types on the target, at most ``limit``."""
    left, right = pool.map(lambda side: row_hashes(side, chunk, types_hash(side.table)), pair)
    if pair[0].table.chunk_key is None:
        rows = (Counter(h for _, h in left) - Counter(h for _, h in right)).total()
        return [_degraded(chunk, f"{rows} rows")]
    target = dict(right)
    keys = [key for key, types in sorted(left) if target.get(key) != types]
    return [degraded_row(pair[0], chunk, key) for key in keys[:limit]]


def degraded_row(side: Side, chunk: Chunk, key: str) -> Difference:
    """The row with an encoded key has equal values, but plainer types inside JSON."""
    return _degraded(chunk, f"row {key_text(side, key.split(SEPARATOR))}")


def _opaque_rows(side: Side, chunk: Chunk) -> int:
    values = chunk_values(side, chunk)
    return int(
        side.session.query(statement("verify/json_opaque_rows", opaque=is_opaque(side.table), **values))[0][
            "found"
        ]
    )


def _types_checksum(side: Side, chunk: Chunk) -> tuple[Any, ...]:
    sql = statement(
        "verify/range_checksum",
        aggregates=aggregates(multiset=True),
        hash=types_hash(side.table),
        **chunk_values(side, chunk),
    )
    return tuple(side.session.query(sql)[0].values())


def _degraded(chunk: Chunk, what: str) -> Difference:
    text = f"{what}: equal value, but types inside JSON (DECIMAL, date, binary) are plainer on the target"
    return Difference(DifferenceKind.ON_PURPOSE, "rows", str(chunk), text, "json-types-as-text")


def row_hashes(side: Side, chunk: Chunk, what: Fragment | None = None) -> Hashes:
    """Key and hash (of the row, or of ``what``) of each row of a chunk on one side."""
    values = chunk_values(side, chunk)
    sql = statement("verify/row_hashes", key=encoded_key(side), hash=what or row_hash(side.table), **values)
    return [(row["k"], row["h"]) for row in side.session.query(sql)]


def _multiset(chunk: Chunk, left: Hashes, right: Hashes) -> list[RowDifference]:
    source, target = Counter(h for _, h in left), Counter(h for _, h in right)
    counts = {
        DifferenceKind.MISSING: (source - target).total(),
        DifferenceKind.EXTRA: (target - source).total(),
    }
    return [RowDifference(kind, chunk, (), (), rows) for kind, rows in counts.items() if rows]


def _columns(pair: Pair, key: Sequence[str]) -> tuple[str, ...]:
    rows = [side.session.query(_row_statement(side, key)) for side in pair]
    if not all(rows):
        return ()
    left, right = rows[0][0], rows[1][0]
    names = [column.name for column in pair[0].table.columns]
    return tuple(name for index, name in enumerate(names) if left[f"c{index}"] != right[f"c{index}"])


def _row_statement(side: Side, key: Sequence[str]) -> Fragment:
    return statement(
        "verify/row_columns",
        columns=column_hashes(side.table),
        table=qualified(side.table.name),
        index=raw(""),
        range=key_condition(side, key),
    )


def _shown(kind: str, text: str) -> str:
    """A key part for people: text keys are decoded when they are plain, other bytes stay hexadecimal."""
    if kind not in {"char", "varchar"}:
        return f"0x{text}" if kind in {"binary", "varbinary"} else text
    try:
        shown = bytes.fromhex(text).decode("utf-8")
    except ValueError:
        return f"0x{text}"
    return f"'{shown}'" if shown.isprintable() else f"0x{text}"
