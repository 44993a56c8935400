"""Recorded chunks are measured together, and a difference still names the chunk it is in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.engine.verify.rows import MEASURED_BYTES, together
from aurora_migration.model.chunk import Chunk
from aurora_migration.model.names import TableName
from aurora_migration.model.report import Verdict
from aurora_migration.store import load
from aurora_migration.store.chunks import chunks
from tests.fresh_databases import Databases, create_like_source
from tests.loads import control_of, load_all, verify_all


def chunk(number: int, size: int) -> Chunk:
    return Chunk(TableName("s", "t"), 1, number, (str(number - 1),), (str(number),), 1, size)


@pytest.mark.parametrize(
    ("sizes", "groups"),
    [
        ([], []),
        ([5], [[1]]),
        ([5, 5, 5], [[1, 2, 3]]),
        ([MEASURED_BYTES, 1], [[1], [2]]),
        ([MEASURED_BYTES // 2, MEASURED_BYTES // 2, 1], [[1, 2], [3]]),
        ([2 * MEASURED_BYTES, 1, 1], [[1], [2, 3]]),
        ([1, 0, 1], [[1], [2], [3]]),  # nothing is known of the second: it is what no chunk covers
    ],
)
def test_groups_are_adjacent_and_not_too_large(sizes: list[int], groups: list[list[int]]) -> None:
    found = together([chunk(number, size) for number, size in enumerate(sizes, 1)])
    assert [[one.number for one in group] for group in found] == groups


def test_chunks_with_a_gap_between_them_are_not_one_range() -> None:
    assert together([chunk(1, 1), chunk(3, 1)]) == [(chunk(1, 1),), (chunk(3, 1),)]


@pytest.mark.servers
def test_each_difference_names_its_recorded_chunk(databases: Callable[..., Databases]) -> None:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(300), j JSON)",
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
        "SELECT i, REPEAT('v', 300), IF(i = 700, JSON_OBJECT('n', 0.5), JSON_OBJECT('n', 5e-1)) FROM n",
    )
    create_like_source(made, ["t"])
    chunks = load_all(made, chunk_bytes=40_000).chunks["t"]
    assert chunks > 5
    assert verify_all(made)["t"].verdict is Verdict.DEGRADED
    made.on_target("UPDATE t SET v = 'w' WHERE id IN (2, 900)", "INSERT INTO t (id) VALUES (5000)")
    verdict = verify_all(made)["t"]
    assert (verdict.verdict, verdict.chunks, verdict.chunks_differing) == (Verdict.DIFFERS, chunks, 3)
    assert (verdict.source_rows, verdict.target_rows) == (1000, 1001)
    named = {
        difference.detail.split(" differs")[0].split(":")[0]: difference.subject
        for difference in verdict.differences
    }
    assert set(named) == {"row id=2", "row id=700", "row id=900", "row id=5000 is only on the target"}
    for text, subject in named.items():
        assert subject == str(_chunk_of(made, int(text.split("=")[1].split()[0])))


def _chunk_of(made: Databases, key: int) -> Chunk:
    (part,) = load.ranges(made.target, control_of(made))
    return next(
        one
        for one in chunks(made.target, control_of(made), part)
        if (one.lower is None or int(one.lower[0]) < key) and (one.upper is None or key <= int(one.upper[0]))
    )
