"""Load units: their labels are names of mapped tasks, and Airflow's database limits these."""

from __future__ import annotations

import pytest

from aurora_migration.engine.fullload.planning import group_units, unit_count
from aurora_migration.model.chunk import KeyRange
from aurora_migration.model.config import LoadConfig
from aurora_migration.model.names import TableName

RENDERED_MAP_INDEX = 250  # VARCHAR(250) in Airflow's table task_instance; PostgreSQL refuses what is longer


@pytest.mark.parametrize("tables", [1, 3, 100])
@pytest.mark.parametrize("ranges", [1, 400])
def test_labels_of_the_longest_names_fit(tables: int, ranges: int) -> None:
    names = [TableName("😀" * 64, f"{number:03}" + "é" * 61) for number in range(tables)]
    parts = [KeyRange(name, number, None, None, 1, 1) for name in names for number in range(1, ranges + 1)]
    units = group_units(parts, LoadConfig(parallel_units=2))
    assert sum(len(unit.ranges) for unit in units) == tables * ranges
    for unit in units:
        assert 0 < len(unit.label) <= RENDERED_MAP_INDEX
        assert unit.label.startswith(str(unit.ranges[0].table)[:60]) or "tables: " in unit.label


MIB, GIB, TIB = 1 << 20, 1 << 30, 1 << 40


@pytest.mark.parametrize(
    ("total", "parallel", "most", "expected"),
    [
        (MIB, 4, None, 4),
        (200 * MIB, 2, None, 4),
        (1000 * MIB, 2, None, 8),  # a thousand tiny tables
        (4 * GIB, 2, None, 8),
        (4 * GIB, 4, None, 16),
        (4 * GIB, 64, None, 64),
        (100 * GIB, 2, None, 24),
        (100 * GIB, 8, None, 64),
        (10 * TIB, 4, None, 640),
        (100 * TIB, 4, None, 1000),
        (10 * TIB, 4, 24, 24),
        (4 * GIB, 4, 3, 3),
    ],
)
def test_the_number_of_units_follows_the_size(total: int, parallel: int, most: int | None, expected: int) -> None:
    assert unit_count(total, LoadConfig(parallel_units=parallel, max_units=most)) == expected
