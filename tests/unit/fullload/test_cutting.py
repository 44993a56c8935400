"""Cutting tables by questions about their keys: coverage, balance, few questions; the answers are arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aurora_migration.engine.fullload.planning import MAX_UNIT_BYTES, cut_table, cut_tables, group_units
from aurora_migration.model.chunk import cover_everything
from aurora_migration.model.config import LoadConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.table import Column, Table
from aurora_migration.sql.midpoint import midpoint
from bench.simulate import Constants, simulate
from bench.simulated_tables import GIB, TIB, KeyRun, SimulatedKeys, _table, population

NAME = TableName("simulated", "t")


def _keys(runs: list[KeyRun], seed: int = 1) -> tuple[Table, SimulatedKeys]:
    rows = sum(run.rows for run in runs)
    table = _table(NAME, rows, rows * 200, composite=bool(runs[0].leading))
    return table, SimulatedKeys({NAME: runs}, seed)


SHAPES = {
    "dense": [KeyRun((), 1, 1, 10**9)],
    "negative": [KeyRun((), -(10**9), 2, 10**9)],
    "outlier": [KeyRun((), 1, 1, 10**9), KeyRun((), (1 << 63) - 1, 1, 1)],
    "dense in a corner": [KeyRun((), 1, 10**9, 1000), KeyRun((), 10**15, 1, 10**9)],
    "one tenant": [KeyRun((1,), 1, 1, 10), KeyRun((2,), 1, 1, 10**9), KeyRun((3,), 1, 1, 10)],
    "neighbours": [KeyRun((7,), 1, 1, 5 * 10**8), KeyRun((8,), 1, 1, 5 * 10**8)],
    "many tenants": [KeyRun((tenant,), 1, 3, 10**7) for tenant in range(0, 300, 3)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_large_table_is_cut_evenly_by_few_questions(shape: str) -> None:
    table, keys = _keys(SHAPES[shape])
    parts = cut_table(keys, table, table.data_bytes // 100)
    assert cover_everything(parts)
    true = [keys.rank(NAME, part.upper, table.row_estimate) - keys.rank(NAME, part.lower, 0) for part in parts]
    assert sum(true) == table.row_estimate
    assert min(true) > 0
    assert 60 <= len(parts) <= 140
    assert max(true) < 3.5 * table.row_estimate / 100
    assert keys.questions < 2500
    assert keys.keys_read < 2500  # the rows between the cuts were not read


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 10**12), st.integers(1, 1000), st.integers(1, 5000)), min_size=1, max_size=8
    ),
    st.integers(2, 40),
    st.integers(0, 99),
)
def test_whatever_the_keys_no_row_is_left_out_or_doubled(
    gaps: list[tuple[int, int, int]], count: int, seed: int
) -> None:
    runs, at = [], 0
    for gap, step, rows in gaps:
        runs.append(KeyRun((), at + gap, step, rows))
        at = runs[-1].first + step * rows
    table, keys = _keys(runs, seed)
    parts = cut_table(keys, table, max(1, table.data_bytes // count))
    assert cover_everything(parts)
    ends = [keys.rank(NAME, part.upper, table.row_estimate) for part in parts]
    assert ends == sorted(set(ends))
    assert ends[-1] == table.row_estimate


def test_a_key_without_a_midpoint_is_walked() -> None:
    table, keys = _keys([KeyRun((), 1, 1, 10_000)])
    decimal = Column("id", 1, "decimal", "decimal(20,0)", False)
    table = Table(NAME, "InnoDB", (decimal,), table.keys, row_estimate=10_000, data_bytes=2_000_000)
    parts = cut_table(keys, table, 200_000)
    assert cover_everything(parts)
    assert [part.row_estimate for part in parts] == [1000] * 10


@pytest.mark.parametrize(
    ("kind", "charset", "low", "high", "expected"),
    [
        ("bigint", None, "-10", "9", "-1"),
        ("int", None, "4", "5", "4"),
        ("bit", None, "0", "8", "4"),
        ("binary", None, "00FF", "02FF", "01FF"),
        ("varbinary", None, "", "80", "40"),
        ("varchar", "utf8mb4", "6161", "6163", "6162"),
        ("varchar", "utf8mb4", "C3A9", "6163", None),
        ("varchar", "ucs2", "0041", "0043", None),
        ("date", None, "2020-01-01", "2020-01-05", "2020-01-03"),
        ("datetime", None, "2020-01-01 00:00:00", "2020-01-02 00:00:00", "2020-01-01 12:00:00.000000"),
        ("datetime", None, "0000-00-00 00:00:00", "2020-01-02 00:00:00", None),
        ("year", None, "1990", "2010", None),
        ("enum", None, "1", "9", None),
    ],
)
def test_midpoints(kind: str, charset: str | None, low: str, high: str, expected: str | None) -> None:
    assert midpoint(Column("k", 1, kind, kind, False, charset=charset), low, high) == expected


def test_ten_tebibytes_become_units_that_airflow_takes() -> None:
    planned, keys = population(3, 20_000, 10 * TIB, 4 * TIB)
    load = LoadConfig(parallel_units=16)
    ranges = cut_tables(keys, planned, load)
    units = group_units(ranges, load)
    assert 10 * TIB // MAX_UNIT_BYTES <= len(units) <= 1000
    assert len({part.table for part in ranges}) == 20_000
    weights = [sum(part.byte_estimate for part in unit.ranges) for unit in units]
    assert max(weights) < 2.5 * sum(weights) / len(weights)
    assert max(len(unit.ranges) for unit in units) < 20_000 / 2


def test_the_simulation_is_the_same_from_the_same_seed_and_workers_help() -> None:
    known = Constants(40, 0.03, 0.02, 0.4, 0.001, 0.001, 6, 1.5)
    one, two = (simulate(5, 2000, TIB, 400 * GIB, known) for _ in range(2))
    assert one["outlooks"] == two["outlooks"]
    hours = {outlook.workers: outlook.hours for outlook in one["outlooks"]}
    assert hours[16] < hours[1] / 14
    assert one["longest_unit_hours"] < 4 * one["mean_unit_hours"]
    assert one["xcom_bytes"] < 1 << 20
