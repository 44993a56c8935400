"""Load units: their labels are names of mapped tasks, and Airflow's database limits these."""

from __future__ import annotations

import pytest

from aurora_migration.engine.fullload.planning import group_units
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
