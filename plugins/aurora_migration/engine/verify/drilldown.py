"""Names the rows of a chunk that differ: missing, extra, or different in which columns.

Both sides send one key and one hash a row; memory is that of one chunk's keys and hashes. Keys are compared by
their bytes, so a key that changed only in case or padding shows as one row missing and one extra. A table without
a key is compared as a multiset of hashes. Values are neither read nor kept: differences hold keys and column
names only.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Executor
from typing import Any

from aurora_migration.engine.verify.scope import Side, chunk_values
from aurora_migration.model.chunk import Chunk
from aurora_migration.model.report import Difference, DifferenceKind
from aurora_migration.sql.json_types import types_hash
from aurora_migration.sql.library import statement
from aurora_migration.sql.literals import encoding, literal
from aurora_migration.sql.quoting import Fragment, identifier, join, raw
from aurora_migration.sql.row_hash import aggregates, column_hashes, row_hash

_SEPARATOR = "|"  # in no encoded key: encodings are digits, hexadecimal digits, dates and times


def differing_rows(pair: tuple[Side, Side], chunk: Chunk, limit: int) -> list[Difference]:
    """At most ``limit`` differences of a chunk, each named by key."""
    left, right = (_hashes(side, chunk) for side in pair)
    if pair[0].table.chunk_key is None:
        return _multiset(chunk, left, right)
    source, target = dict(left), dict(right)
    found: list[Difference] = []
    for key in sorted(source.keys() | target.keys()):
        if source.get(key) == target.get(key):
            continue
        if len(found) == limit:
            break
        found.append(_difference(pair, chunk, key, key in source, key in target))
    return found


def degraded_rows(pool: Executor, pair: tuple[Side, Side], chunk: Chunk, limit: int) -> list[Difference]:
    """Rows of a chunk of equal values whose JSON values hold other types on the target, at most ``limit``."""
    if len({_types_checksum(side, chunk) for side in pair}) == 1:
        return []
    left, right = pool.map(lambda side: _hashes(side, chunk, types_hash(side.table)), pair)
    if pair[0].table.chunk_key is None:
        rows = (Counter(h for _, h in left) - Counter(h for _, h in right)).total()
        return [_degraded(chunk, f"{rows} rows")]
    target = dict(right)
    keys = [key for key, types in sorted(left) if target.get(key) != types]
    return [_degraded(chunk, f"row {_name(pair[0], key.split(_SEPARATOR))}") for key in keys[:limit]]


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


def _hashes(side: Side, chunk: Chunk, what: Fragment | None = None) -> list[tuple[str, str]]:
    if side.key_columns:
        parts = [encoding(column) for column in side.key_columns]
        key = raw(f"CONCAT_WS('{_SEPARATOR}', ") + join(parts, ", ") + raw(")")
    else:
        key = raw("''")
    sql = statement("verify/row_hashes", key=key, hash=what or row_hash(side.table), **chunk_values(side, chunk))
    return [(row["k"], row["h"]) for row in side.session.query(sql)]


def _multiset(chunk: Chunk, left: list[tuple[str, str]], right: list[tuple[str, str]]) -> list[Difference]:
    source, target = Counter(h for _, h in left), Counter(h for _, h in right)
    missing, extra = (source - target).total(), (target - source).total()
    found = []
    for kind, rows in ((DifferenceKind.MISSING, missing), (DifferenceKind.EXTRA, extra)):
        if rows:
            text = f"{rows} rows are {kind} on the target; the table has no key to name them by"
            found.append(Difference(kind, "rows", str(chunk), text))
    return found


def _difference(pair: tuple[Side, Side], chunk: Chunk, key: str, on_source: bool, on_target: bool) -> Difference:
    values = key.split(_SEPARATOR)
    name = _name(pair[0], values)
    if not on_target:
        return Difference(DifferenceKind.MISSING, "rows", str(chunk), f"row {name} is missing on the target")
    if not on_source:
        return Difference(DifferenceKind.EXTRA, "rows", str(chunk), f"row {name} is only on the target")
    columns = ", ".join(_columns(pair, values))
    return Difference(DifferenceKind.DIFFERS, "rows", str(chunk), f"row {name} differs in {columns}")


def _name(side: Side, key: list[str]) -> str:
    return ", ".join(
        f"{column.name}={_shown(column.data_type, text)}"
        for column, text in zip(side.key_columns, key, strict=True)
    )


def _columns(pair: tuple[Side, Side], key: list[str]) -> list[str]:
    rows = [side.session.query(_row_statement(side, key)) for side in pair]
    if not all(rows):
        return ["a row that changed meanwhile"]
    left, right = rows[0][0], rows[1][0]
    names = [column.name for column in pair[0].table.columns]
    return [name for index, name in enumerate(names) if left[f"c{index}"] != right[f"c{index}"]]


def _row_statement(side: Side, key: list[str]) -> Fragment:
    conditions = [
        identifier(column.name) + raw(" = ") + literal(column, text)
        for column, text in zip(side.key_columns, key, strict=True)
    ]
    values = {
        "table": chunk_values(side, Chunk(side.table.name, 1, 1, None, None))["table"],
        "index": raw(""),
        "range": join(conditions, " AND "),
    }
    return statement("verify/row_columns", columns=column_hashes(side.table), **values)


def _shown(kind: str, text: str) -> str:
    """A key part for people: text keys are decoded when they are plain, other bytes stay hexadecimal."""
    if kind not in {"char", "varchar"}:
        return f"0x{text}" if kind in {"binary", "varbinary"} else text
    try:
        shown = bytes.fromhex(text).decode("utf-8")
    except ValueError:
        return f"0x{text}"
    return f"'{shown}'" if shown.isprintable() else f"0x{text}"
