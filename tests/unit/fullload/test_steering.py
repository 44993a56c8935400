"""The rows of the next chunk follow the bytes and the seconds of the last one."""

from __future__ import annotations

import pytest

from aurora_migration.engine.fullload.loading import _next_goal
from aurora_migration.model.config import LoadConfig
from aurora_migration.mysql.writer import Written

MIB = 1 << 20


@pytest.mark.parametrize(
    ("goal", "rows", "size", "seconds", "expected"),
    [
        (1000, 1000, MIB, 0.1, 4000),  # far from both aims: as fast as it may
        (8000, 8000, 8 * MIB, 1.0, 16_000),  # 16 MiB would be twice as many rows
        (16_000, 16_000, 16 * MIB, 9.0, 16_000),
        (16_000, 16_000, 16 * MIB, 20.0, 8000),  # bytes are right, time is not
        (16_000, 16_000, 16 * MIB, 400.0, 4000),  # no more than by four
        (4000, 4000, 64 * MIB, 1.0, 1000),
        (4, 1, MIB, 500.0, 1),
        (500, 0, 0, 1.0, 500),
    ],
)
def test_bytes_and_time_bound_a_chunk(goal: int, rows: int, size: int, seconds: float, expected: int) -> None:
    assert _next_goal(goal, Written(rows, size), seconds, LoadConfig(chunk_mib=16, chunk_seconds=10)) == expected


def test_a_slow_server_is_approached_within_a_few_chunks() -> None:
    load, goal, rate = LoadConfig(chunk_mib=16, chunk_seconds=10), 100_000, 300
    took = []
    for _ in range(8):
        took.append(goal / rate)
        goal = _next_goal(goal, Written(goal, goal * 100), took[-1], load)
    assert took[0] > 300
    assert took[-1] == pytest.approx(10, rel=0.01)
