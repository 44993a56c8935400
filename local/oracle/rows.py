"""Two tables as multisets of rows: one number per side, and examples by key where the numbers differ.

A row is packed unambiguously (length-prefixed values, NULL distinct), hashed with SHA-256, and the hashes are
summed modulo 2**256 beside a count: order does not matter, duplicates do, and memory does not grow with the
table. Examples are found in two more passes that split rows into buckets and look only into the buckets that
differ.
"""

from __future__ import annotations

import marshal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from local.oracle.columns import TableColumns
from local.oracle.session import Row, Session

MODULUS = 1 << 256
BUCKETS = 1 << 16
SHOWN_BYTES = 40
Cells = list[tuple[bytes, str]]  # per column: digest and short text


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row that differs: `missing` and `extra` are seen from the target, `changed` names the columns."""

    kind: str
    row: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} row {self.row}" + (f": {', '.join(self.columns)}" if self.columns else "")


@dataclass(frozen=True, slots=True)
class TableComparison:
    """What comparing one table found; digests are hexadecimal multiset sums."""

    source: str
    target: str
    source_rows: int
    target_rows: int
    source_digest: str
    target_digest: str
    examples: tuple[RowDifference, ...] = ()

    @property
    def equal(self) -> bool:
        """True when both sides hold the same rows, each as often."""
        return (self.source_rows, self.source_digest) == (self.target_rows, self.target_digest)


@dataclass(frozen=True, slots=True)
class Side:
    """One table on one server, ready to be read."""

    session: Session
    table: TableColumns

    def batches(self) -> Iterator[tuple[Row, ...]]:
        """Every row, in batches."""
        for batch in self.session.stream(self.table.select, self.table.batch_rows):
            yield tuple(batch)


def pack(row: Row) -> bytes:
    """A row's bytes; format 2 of marshal is length-prefixed, keeps NULL apart, has no back references."""
    return marshal.dumps(row, 2)


def digest(side: Side) -> tuple[int, int]:
    """Row count and multiset sum of a whole table."""
    count, total = 0, 0
    number, dumps = int.from_bytes, marshal.dumps
    for batch in side.batches():
        count += len(batch)
        total += sum(number(sha256(dumps(row, 2)).digest(), "big") for row in batch)
    return count, total % MODULUS


def compare_table(source: Side, target: Side, examples: int) -> TableComparison:
    """Read both tables once; where they differ, read on for at most `examples` rows by name."""
    source_count, source_sum = digest(source)
    target_count, target_sum = digest(target)
    equal = (source_count, source_sum) == (target_count, target_sum)
    return TableComparison(
        f"{source.table.database}.{source.table.table}",
        f"{target.table.database}.{target.table.table}",
        source_count,
        target_count,
        f"{source_sum:064x}",
        f"{target_sum:064x}",
        () if equal or examples < 1 else find_examples(source, target, examples),
    )


def find_examples(source: Side, target: Side, limit: int) -> tuple[RowDifference, ...]:
    """At most `limit` rows that differ, by the source's key, or by whole rows where it has none."""
    key = source.table.key
    sums = [bucket_sums(side, key) for side in (source, target)]
    differing = [index for index in range(BUCKETS) if sums[0][index] != sums[1][index]]
    buckets = frozenset(differing[:limit])
    if not key:
        return compare_whole_rows(source, target, buckets)[:limit]
    return compare_keyed_rows(source, target, buckets)[:limit]


def key_reader(table: TableColumns, key: tuple[str, ...]) -> Callable[[Row], Row]:
    """A function from a row to its key's values; without a key, the row itself."""
    if not key:
        return lambda row: row
    slots = [table.slots(name) for name in key]
    return lambda row: tuple(value for slot in slots for value in row[slot])


def bucket_of(key: Row) -> int:
    """The bucket of a key: the same on both sides, whatever the other columns hold."""
    return int.from_bytes(sha256(pack(key)).digest()[:2], "big")


def bucket_sums(side: Side, key: tuple[str, ...]) -> list[int]:
    """The multiset sum of each bucket."""
    sums = [0] * BUCKETS
    read_key = key_reader(side.table, key)
    for batch in side.batches():
        for row in batch:
            bucket = bucket_of(read_key(row))
            sums[bucket] = (sums[bucket] + int.from_bytes(sha256(pack(row)).digest(), "big")) % MODULUS
    return sums


def rows_in(side: Side, key: tuple[str, ...], buckets: frozenset[int]) -> Iterator[tuple[Row, Row]]:
    """Key and row of each row in the buckets."""
    read_key = key_reader(side.table, key)
    for batch in side.batches():
        for row in batch:
            values = read_key(row)
            if bucket_of(values) in buckets:
                yield values, row


def compare_whole_rows(source: Side, target: Side, buckets: frozenset[int]) -> tuple[RowDifference, ...]:
    """Rows that one side holds more often than the other."""
    surplus: Counter[bytes] = Counter()
    shown: dict[bytes, str] = {}
    names = [column.name for column in source.table.columns]
    for side, step in ((source, 1), (target, -1)):
        for _, row in rows_in(side, (), buckets):
            name = sha256(pack(row)).digest()
            surplus[name] += step
            shown.setdefault(name, describe(names, [row[side.table.slots(each)] for each in names]))
    return tuple(
        RowDifference("missing" if count > 0 else "extra", f"{shown[name]} (x{abs(count)})")
        for name, count in surplus.items()
        if count
    )


def compare_keyed_rows(source: Side, target: Side, buckets: frozenset[int]) -> tuple[RowDifference, ...]:
    """Rows missing, extra, or changed under one key; a changed row names the columns and both values."""
    key = source.table.key
    names = [column.name for column in source.table.columns]
    found: dict[Row, tuple[list[Cells], list[Cells]]] = defaultdict(lambda: ([], []))
    for number, side in enumerate((source, target)):
        for values, row in rows_in(side, key, buckets):
            cells = [row[side.table.slots(name)] for name in names]
            found[values][number].append([(sha256(pack(cell)).digest(), show(cell)) for cell in cells])
    key_slots = [names.index(name) for name in key]
    differences: list[RowDifference] = []
    for ones, others in found.values():
        at = ", ".join(f"{names[slot]}={(ones or others)[0][slot][1]}" for slot in key_slots)
        if len(ones) > len(others):
            differences.append(RowDifference("missing", at))
        elif len(ones) < len(others):
            differences.append(RowDifference("extra", at))
        elif changed := [i for i in range(len(names)) if ones[0][i][0] != others[0][i][0]]:
            texts = tuple(f"{names[i]} {ones[0][i][1]} -> {others[0][i][1]}" for i in changed)
            differences.append(RowDifference("changed", at, texts))
    return tuple(differences)


def describe(names: list[str], cells: list[Row]) -> str:
    """A short text of a whole row."""
    return ", ".join(f"{name}={show(cell)}" for name, cell in zip(names, cells, strict=True))


def show(cell: Row) -> str:
    """A short text of one column's value: NULL bare, text in quotes, other bytes in hexadecimal."""
    value = cell[0]
    if value is None:
        return "NULL"
    cut = value[:SHOWN_BYTES]
    try:
        text = repr(cut.decode("utf-8"))
    except UnicodeDecodeError:
        text = "0x" + cut.hex()
    number = f" #{(cell[1] or b'').decode()}" if len(cell) > 1 else ""
    rest = f"… ({len(value)} bytes)" if len(value) > SHOWN_BYTES else ""
    return text + rest + number
