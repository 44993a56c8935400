"""Verification while the source is written to: no false alarm, no true difference missed."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable

import pytest

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.verify import suspects
from aurora_migration.engine.verify.rows import VerifyContext, verify_range
from aurora_migration.model.chunk import Chunk, KeyRange
from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.plan import RunOptions
from aurora_migration.model.report import TableVerdict, Verdict
from tests.fresh_databases import Databases
from tests.integration.resync.following import Following, Transaction

pytestmark = pytest.mark.servers
Twins = Callable[..., Databases]
ROWS = 400
TABLE = (
    "CREATE TABLE t (id INT PRIMARY KEY, n INT, j JSON)",
    f"INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
    "SELECT i, 0, NULL FROM n",
)
CUTS = [None, *((str(key),) for key in range(40, ROWS, 40)), None]


def verify(
    made: Databases,
    following: Following | None,
    level: VerificationLevel = VerificationLevel.CHECKSUM,
    *,
    whole: bool = False,
    late: bool = False,
) -> TableVerdict:
    """The verdict on t, by chunks of forty rows; ``late``: the target gets further than to where it has to."""
    name = made.table("t")
    part = KeyRange(name, 1, None, None)
    cuts = [None, None] if whole else CUTS
    chunks = [Chunk(name, 1, i, *ends, 40, 4000) for i, ends in enumerate(itertools.pairwise(cuts), 1)]
    plan = build_plan(made.config(), RunOptions(), made.source)
    settle = None if following is None else following.settle_late if late else following.settle
    context = VerifyContext(
        made.source, made.target, level, lambda _: None, settle=settle, sleep=lambda s: time.sleep(s / 10)
    )
    return verify_range(context, plan.table(name), part, chunks)


def busy(seed: int) -> Callable[[int], Transaction]:
    """Changes, deletes, inserts and moves rows whose key is divisible by three."""
    rng = random.Random(seed)

    def write(number: int) -> Transaction:
        one, two = (3 * rng.randrange(1, ROWS // 3) for _ in range(2))
        return [
            [f"UPDATE t SET n = {number} WHERE id = {one}"],
            [f"DELETE FROM t WHERE id = {one}"],
            [f"REPLACE INTO t (id, n) VALUES ({one}, {number})", f"UPDATE t SET n = {number} WHERE id = {two}"],
            [f"DELETE FROM t WHERE id = {two}", f"UPDATE t SET id = {two} WHERE id = {one}"],
            [f"REPLACE INTO t (id, n) VALUES ({5000 + 3 * number}, 0)"],
        ][rng.randrange(5)]

    return write


def test_rows_on_their_way_raise_no_alarm(twins: Twins) -> None:
    made = twins(*TABLE)
    with Following(made, busy(1)) as following:
        assert verify(made, None).verdict is Verdict.DIFFERS, "the target does not lag"
        for _ in range(3):
            verdict = verify(made, following)
            assert verdict.verdict is Verdict.EQUAL, verdict.differences
            assert verdict.source_rows == verdict.target_rows
            assert verdict.differences == ()
    assert verify(made, None).verdict is Verdict.EQUAL


@pytest.mark.parametrize("seed", range(20))
def test_a_true_difference_among_moving_rows_is_found_every_time(twins: Twins, seed: int) -> None:
    rng = random.Random(seed)
    made = twins(*TABLE)
    quiet = [key for key in range(1, ROWS) if key % 3]
    changed, gone = rng.sample(quiet, 2)
    extra = ROWS + 1 + rng.choice([0, 2])  # the writer's new rows have other remainders
    made.on_target(
        f"UPDATE t SET n = 1 WHERE id = {changed}",
        f"DELETE FROM t WHERE id = {gone}",
        f"INSERT INTO t VALUES ({extra}, 0, NULL)",
    )
    with Following(made, busy(seed)) as following:
        verdict = verify(made, following)
    assert verdict.verdict is Verdict.DIFFERS
    assert {difference.detail for difference in verdict.differences} == {
        f"row id={changed} differs in n",
        f"row id={gone} is missing on the target",
        f"row id={extra} is only on the target",
    }
    assert verdict.chunks_differing == len({min((key - 1) // 40, 9) for key in (changed, gone, extra)})
    assert verdict.source_rows == verdict.target_rows


def test_a_row_that_moves_but_is_met_at_rest_is_equal(twins: Twins) -> None:
    """Between two changes there is time to stop where one has to, and to read: moving alone is no difference."""
    made = twins(*TABLE)
    with Following(made, lambda number: [f"UPDATE t SET n = {number} WHERE id = 7"], pause=0.1) as following:
        verdict = verify(made, following)
    assert verdict.verdict is Verdict.EQUAL, verdict.differences


def test_a_row_that_never_rests_is_told_as_such(twins: Twins) -> None:
    made = twins(*TABLE)
    with Following(made, lambda number: [f"UPDATE t SET n = {number} WHERE id = 7"]) as following:
        verdict = verify(made, following, late=True)
    assert verdict.verdict is Verdict.DIFFERS
    (difference,) = verdict.differences
    assert difference.detail == "row id=7 is changing too fast to be compared"
    assert difference.subject == f"{made.name}.t range 1 chunk 1"


@pytest.mark.parametrize("seed", range(5))
def test_a_row_that_goes_back_and_forth_is_no_difference(twins: Twins, seed: int) -> None:
    made, rng = twins(*TABLE), random.Random(seed)

    def toggle(number: int) -> Transaction:
        exists = "REPLACE INTO t VALUES (9, 0, NULL)" if number % 2 else "DELETE FROM t WHERE id = 9"
        return [f"UPDATE t SET n = {number % 2} WHERE id = 7", exists]

    with Following(made, toggle, lag=rng.uniform(0.01, 0.1), pause=rng.uniform(0.001, 0.05)) as following:
        for _ in range(3):
            verdict = verify(made, following)
            assert verdict.verdict is Verdict.EQUAL, verdict.differences


def test_a_difference_of_a_row_that_was_moving_before_is_found(twins: Twins) -> None:
    """A change that the target lost: the row moves until then, and rests afterwards."""
    made = twins(*TABLE)
    with Following(made, busy(3)) as following:
        following.stop_writing()
        following.settle()
        made.on_target("UPDATE t SET n = n - 1 WHERE id = 5")
        verdict = verify(made, following)
    assert [difference.detail for difference in verdict.differences] == ["row id=5 differs in n"]


def test_suspects_are_judged_in_batches_and_chunks_listed_in_pieces(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspects, "MAX_SUSPECTS", 15)
    monkeypatch.setattr(suspects, "LISTED_ROWS", 13)
    made = twins(*TABLE)
    made.on_target("UPDATE t SET n = 1 WHERE id IN (100, 301)")
    with Following(
        made, lambda number: [f"UPDATE t SET n = n + 1 WHERE id % 3 = {number % 3} AND id % 100 > 1"]
    ) as following:
        following.stop_writing()
        verdict = verify(made, following)
    assert [difference.detail for difference in verdict.differences] == [
        "row id=100 differs in n",
        "row id=301 differs in n",
    ]
    assert (verdict.source_rows, verdict.target_rows, verdict.chunks_differing) == (ROWS, ROWS, 2)


def test_enough_named_rows_end_the_search(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspects, "MAX_SUSPECTS", 10)
    made = twins(*TABLE)
    made.on_target("UPDATE t SET n = 1 WHERE id <= 300", "DELETE FROM t WHERE id > 300")
    with Following(made, lambda number: ["DO 0"]) as following:
        verdict = verify(made, following)
    assert verdict.verdict is Verdict.DIFFERS
    assert len(verdict.differences) == suspects.MAX_ROW_DIFFERENCES + 1
    assert (
        verdict.differences[-1].detail == "7 more chunks were not the same at first sight and were not looked into"
    )
    assert (verdict.source_rows, verdict.target_rows) == (ROWS, 300)


def test_types_inside_json_are_compared_as_well(twins: Twins) -> None:
    made = twins(*TABLE)
    made.on_source("UPDATE t SET j = JSON_OBJECT('a', CAST(2.5 AS DECIMAL(5,1))) WHERE id IN (5, 6)")
    made.on_target("""UPDATE t SET j = '{"a": 2.5}' WHERE id IN (5, 6)""")

    def write(number: int) -> Transaction:
        return [
            f"UPDATE t SET j = JSON_OBJECT('n', {number % 2 or 'DATE ' + repr('2024-01-01')}) WHERE id % 10 = 2"
        ]

    with Following(made, write) as following:
        verdict = verify(made, following)
    assert verdict.verdict is Verdict.DEGRADED
    assert [difference.detail.split(":")[0] for difference in verdict.differences] == ["row id=5", "row id=6"]


def test_counts_are_compared_until_they_settle(twins: Twins) -> None:
    made = twins(*TABLE)
    with Following(made, busy(5)) as following:
        verdict = verify(made, following, VerificationLevel.ROW_COUNT)
        assert verdict.verdict is Verdict.EQUAL, verdict.differences
        made.on_target("DELETE FROM t WHERE id IN (41, 43, 44)")
        following.stop_writing()
        verdict = verify(made, following, VerificationLevel.ROW_COUNT)
    assert verdict.verdict is Verdict.DIFFERS
    (difference,) = verdict.differences
    assert difference.subject == f"{made.name}.t range 1 chunk 2"
    assert verdict.source_rows == verdict.target_rows + 3


KEYLESS = ("CREATE TABLE t (n INT, v INT)", "INSERT INTO t VALUES (1, 0), (1, 0), (2, 0)")


def test_a_table_without_a_key_is_compared_whole(twins: Twins) -> None:
    made = twins(*KEYLESS)
    with Following(made, lambda number: [f"UPDATE t SET v = {number} WHERE n = 2"]) as following:
        verdict = verify(made, following, whole=True, late=True)
        assert verdict.verdict is Verdict.DIFFERS
        assert verdict.differences[0].detail == (
            "is changing too fast to be compared: 3 rows on the source, 3 on the target when last compared"
        )
    with Following(made, lambda number: [f"UPDATE t SET v = {number} WHERE n = 2"], pause=0.4) as following:
        assert verify(made, following, whole=True).verdict is Verdict.EQUAL
        made.on_target("DELETE FROM t WHERE n = 1 LIMIT 1")
        following.stop_writing()
        verdict = verify(made, following, whole=True)
        assert [difference.detail for difference in verdict.differences] == [
            "1 rows are missing on the target; the table has no key to name them by"
        ]
