"""Cuts tables into key ranges and groups the ranges into load units.

A unit is one mapped task, so units are few and of about equal weight: small tables share one, large tables are
cut at keys that the server gives (`cutting`). Weight is bytes plus a fixed cost for each range, so that a thousand
empty tables spread over the workers as well. A server is asked about large tables only.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import Final

from aurora_migration.engine.fullload.bounds import SourceKeys, key_columns
from aurora_migration.engine.fullload.cutting import Keys, cut
from aurora_migration.model.chunk import KeyRange, LoadUnit
from aurora_migration.model.config import LoadConfig
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.table import Table
from aurora_migration.mysql.session import Session

RANGE_COST_BYTES: Final = (
    1 << 20
)  # a range costs about as much as a mebibyte of rows: some round trips and a commit
MIN_UNIT_BYTES: Final = 64 << 20  # below this a task costs more than it saves by spreading the work
UNIT_BYTES: Final = 512 << 20  # from here on a task's own cost is a few percent of it
MAX_UNIT_BYTES: Final = 16 << 30  # above this a worker's last unit keeps the others waiting for too long
_FEW_UNITS: Final = 24
_UNITS_A_WORKER: Final = 8
_UNITS_TO_BALANCE: Final = 4  # for each worker: units are never quite equal
_MOST_UNITS: Final = 1000  # Airflow maps a task over 1024 values at most ([core] max_map_length)
_LABEL_CHARACTERS: Final = 200  # Airflow keeps the name of a mapped task in 250 characters and PostgreSQL insists


def plan_ranges(source: Session, tables: Sequence[PlannedTable], load: LoadConfig) -> list[KeyRange]:
    """Key ranges of all ``tables``; asks the source for cuts of those that are larger than a unit."""
    return cut_tables(SourceKeys(source), tables, load)


def cut_tables(keys: Keys, tables: Sequence[PlannedTable], load: LoadConfig) -> list[KeyRange]:
    """`plan_ranges` for whoever answers about keys."""
    target = unit_bytes(tables, load)
    return [part for planned in tables for part in cut_table(keys, planned.table, target)]


def unit_bytes(tables: Sequence[PlannedTable], load: LoadConfig) -> int:
    """The weight one unit aims at, in bytes."""
    total = sum(planned.table.data_bytes + RANGE_COST_BYTES for planned in tables)
    return max(4 * RANGE_COST_BYTES, math.ceil(total / unit_count(total, load)))


def unit_count(total: int, load: LoadConfig) -> int:
    """How many units ``total`` bytes are worth: enough for the workers, few enough for Airflow."""
    balanced = min(_UNITS_TO_BALANCE * load.parallel_units, math.ceil(total / MIN_UNIT_BYTES))
    wanted = max(load.parallel_units, balanced, math.ceil(total / UNIT_BYTES))
    by_size = max(_FEW_UNITS, _UNITS_A_WORKER * load.parallel_units, math.ceil(total / MAX_UNIT_BYTES))
    return min(wanted, load.max_units or min(_MOST_UNITS, by_size))


def table_ranges(source: Session, table: Table, target: int) -> list[KeyRange]:
    """The key ranges of one table, each of about ``target`` bytes; one range if it has no key."""
    return cut_table(SourceKeys(source), table, target)


def cut_table(keys: Keys, table: Table, target: int) -> list[KeyRange]:
    """`table_ranges` for whoever answers about keys."""
    count = min(max(1, round(table.data_bytes / target)), max(1, table.row_estimate))
    if table.chunk_key is None or count == 1:
        return [KeyRange(table.name, 1, None, None, table.row_estimate, table.data_bytes)]
    parts = cut(keys, table, key_columns(table, table.chunk_key), math.ceil(table.row_estimate / count))
    known = max(1, sum(rows for _, _, rows in parts))
    return [
        KeyRange(table.name, number, lower, upper, rows, table.data_bytes * rows // known)
        for number, (lower, upper, rows) in enumerate(parts, 1)
    ]


def group_units(ranges: Sequence[KeyRange], load: LoadConfig) -> tuple[LoadUnit, ...]:
    """Put ranges into units, heaviest first into the lightest unit.

    The number of units follows from the weight; ranges of one table that meet in a unit stay in key order.
    """
    count = max(1, min(unit_count(sum(_weight(part) for part in ranges), load), len(ranges)))
    bins: list[list[KeyRange]] = [[] for _ in range(count)]
    lightest = [(0, number) for number in range(count)]
    for part in sorted(ranges, key=_weight, reverse=True):
        weight, number = lightest[0]
        bins[number].append(part)
        heapq.heapreplace(lightest, (weight + _weight(part), number))
    totals: dict[str, int] = {}
    for part in ranges:
        totals[str(part.table)] = totals.get(str(part.table), 0) + 1
    filled = [sorted(parts, key=lambda part: (part.table, part.number)) for parts in bins if parts]
    return tuple(
        LoadUnit(number, shortened(_label(parts, totals)), tuple(parts)) for number, parts in enumerate(filled, 1)
    )


def shortened(label: str) -> str:
    """A unit's label as the name of a mapped task may be long."""
    return label if len(label) <= _LABEL_CHARACTERS else f"{label[: _LABEL_CHARACTERS - 1]}…"


def _weight(part: KeyRange) -> int:
    return part.byte_estimate + RANGE_COST_BYTES


def _label(parts: Sequence[KeyRange], totals: dict[str, int]) -> str:
    names = list(dict.fromkeys(str(part.table) for part in parts))
    if len(names) > 1:
        return f"{len(names)} tables: {names[0]} … {names[-1]}"
    total = totals[names[0]]
    if total == 1:
        return names[0]
    numbers = ", ".join(str(part.number) for part in parts)
    return f"{names[0]} ({numbers} of {total})"
