"""Cuts tables into key ranges and groups the ranges into load units.

A unit is one mapped task, so units are few and of about equal weight: small tables share one, large tables are
split by bounds that the server gives. Weight is bytes plus a fixed cost for each range, so that a thousand empty
tables spread over the workers as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from aurora_migration.engine.fullload.bounds import nth_key
from aurora_migration.model.chunk import Bound, KeyRange, LoadUnit
from aurora_migration.model.config import LoadConfig
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.table import Table
from aurora_migration.mysql.session import Session

RANGE_COST_BYTES: Final = (
    1 << 20
)  # a range costs about as much as a mebibyte of rows: some round trips and a commit
MIN_UNIT_BYTES: Final = 64 << 20  # below this a task costs more than it saves
_LABEL_CHARACTERS: Final = 200  # Airflow keeps the name of a mapped task in 250 characters and PostgreSQL insists


def plan_ranges(source: Session, tables: Sequence[PlannedTable], load: LoadConfig) -> list[KeyRange]:
    """Key ranges of all ``tables``; reads the keys of those that are larger than a unit."""
    target = unit_bytes(tables, load)
    return [part for planned in tables for part in table_ranges(source, planned.table, target)]


def unit_bytes(tables: Sequence[PlannedTable], load: LoadConfig) -> int:
    """The weight one unit aims at, in bytes."""
    total = sum(planned.table.data_bytes + RANGE_COST_BYTES for planned in tables)
    wanted = max(load.parallel_units, math.ceil(total / MIN_UNIT_BYTES))
    return max(4 * RANGE_COST_BYTES, math.ceil(total / min(wanted, load.max_units)))


def table_ranges(source: Session, table: Table, target: int) -> list[KeyRange]:
    """The key ranges of one table, each of about ``target`` bytes; one range if it has no key."""
    count = min(max(1, round(table.data_bytes / target)), max(1, table.row_estimate))
    if table.chunk_key is None or count == 1:
        return [KeyRange(table.name, 1, None, None, table.row_estimate, table.data_bytes)]
    bounds: list[Bound] = [None]
    step = max(1, table.row_estimate // count)
    while len(bounds) < count:
        bound = nth_key(source, table, bounds[-1], None, step)
        if bound is None:
            break
        bounds.append(bound)
    bounds.append(None)
    rows, size = table.row_estimate // (len(bounds) - 1), table.data_bytes // (len(bounds) - 1)
    return [
        KeyRange(table.name, number, lower, upper, rows, size)
        for number, (lower, upper) in enumerate(pairwise(bounds), 1)
    ]


def group_units(ranges: Sequence[KeyRange], load: LoadConfig) -> tuple[LoadUnit, ...]:
    """Put ranges into at most ``load.max_units`` units, heaviest first into the lightest unit.

    The number of units follows from the weight; ranges of one table that meet in a unit stay in key order.
    """
    total = sum(_weight(part) for part in ranges)
    wanted = max(load.parallel_units, math.ceil(total / MIN_UNIT_BYTES))
    count = max(1, min(wanted, load.max_units, len(ranges)))
    bins: list[list[KeyRange]] = [[] for _ in range(count)]
    loads = [0] * count
    for part in sorted(ranges, key=_weight, reverse=True):
        lightest = loads.index(min(loads))
        bins[lightest].append(part)
        loads[lightest] += _weight(part)
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
