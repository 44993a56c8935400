"""Verification while the source is written to: no false alarm, no true difference missed."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.verify import suspects
from aurora_migration.engine.verify.recheck import CHUNK_ROUNDS, CONFIRMATIONS, ROUNDS
from aurora_migration.engine.verify.rows import VerifyContext, verify_range
from aurora_migration.model.chunk import Chunk, KeyRange
from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.plan import RunOptions
from aurora_migration.model.report import TableVerdict, Verdict
from tests.fresh_databases import Databases
from tests.integration.resync.following import Following, Steps, Transaction

pytestmark = pytest.mark.servers
Twins = Callable[..., Databases]
ROWS = 400
TABLE = (
    "CREATE TABLE t (id INT PRIMARY KEY, n INT, j JSON)",
    f"INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
    "SELECT i, 0, NULL FROM n",
)
CUTS = [None, *((str(key),) for key in range(40, ROWS, 40)), None]
MOVING = (10, 5)  # a step after which the target holds neither what the source held before nor what it holds now
BACK_AGAIN = (2, 1)  # of what has two states: the source is where it was, and the target in between


def verify(
    made: Databases,
    following: Following | Steps | None,
    level: VerificationLevel = VerificationLevel.CHECKSUM,
    *,
    whole: bool = False,
) -> TableVerdict:
    """The verdict on t, by chunks of forty rows."""
    name = made.table("t")
    part = KeyRange(name, 1, None, None)
    cuts = [None, None] if whole else CUTS
    chunks = [Chunk(name, 1, i, *ends, 40, 4000) for i, ends in enumerate(itertools.pairwise(cuts), 1)]
    plan = build_plan(made.config(), RunOptions(), made.source)
    context = VerifyContext(made.source, made.target, level, lambda _: None)
    if following is None:
        return verify_range(context, plan.table(name), part, chunks)
    context = replace(context, settle=following.settle, sleep=following.sleep)
    verdict = verify_range(context, plan.table(name), part, chunks)
    following.go_on()
    return verdict


def busy(seed: int) -> Callable[[int], Transaction]:
    """Changes, deletes, inserts and moves rows whose key is divisible by three.

    No row comes back to a state that it had, but for being gone, and that `CONFIRMATIONS` times at most: so none
    can look the same in so many rounds while it was something else within each.
    """
    rng, gone = random.Random(seed), Counter[int]()

    def write(number: int) -> Transaction:
        one, two = (3 * rng.randrange(1, ROWS // 3) for _ in range(2))
        kind = rng.randrange(5)
        if kind in {1, 3}:
            gone.update({one, two})
            if max(gone[one], gone[two]) > CONFIRMATIONS:
                kind = 2
        return [
            [f"UPDATE t SET n = {number} WHERE id = {one}"],
            [f"DELETE FROM t WHERE id = {one}"],
            [f"REPLACE INTO t (id, n) VALUES ({one}, {number})", f"UPDATE t SET n = {number} WHERE id = {two}"],
            [f"DELETE FROM t WHERE id = {two}", f"UPDATE t SET id = {two}, n = {number} WHERE id = {one}"],
            [f"REPLACE INTO t (id, n) VALUES ({5000 + 3 * number}, 0)"],
        ][kind]

    return write


def test_rows_on_their_way_raise_no_alarm(twins: Twins) -> None:
    made = twins(*TABLE)
    with Following(made, busy(1)) as following:
        with following.held(behind=50):
            assert verify(made, None).verdict is Verdict.DIFFERS, "nothing is on its way"
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


def change(number: int) -> Transaction:
    return [f"UPDATE t SET n = {number} WHERE id = 7"]


def test_a_row_that_moves_but_is_met_at_rest_is_equal(twins: Twins) -> None:
    """It is looked at until nothing happens between two readings: moving alone is no difference."""
    made = twins(*TABLE)
    with Steps(made, change, [MOVING] * (ROUNDS - 1)) as steps:
        verdict = verify(made, steps)
        assert steps.left == 0
    assert verdict.verdict is Verdict.EQUAL, verdict.differences


def test_a_row_that_never_rests_is_told_as_such(twins: Twins) -> None:
    made = twins(*TABLE)
    with Steps(made, change, [MOVING] * (ROUNDS + 1)) as steps:
        verdict = verify(made, steps)
        assert steps.left == 1
    assert verdict.verdict is Verdict.DIFFERS
    (difference,) = verdict.differences
    assert difference.detail == "row id=7 is changing too fast to be compared"
    assert difference.subject == f"{made.name}.t range 1 chunk 1"


@pytest.mark.parametrize("seed", range(5))
def test_a_row_that_goes_back_and_forth_is_no_difference(twins: Twins, seed: int) -> None:
    """Though in two rounds it looks like one."""
    made, rng = twins(*TABLE), random.Random(seed)

    def toggle(number: int) -> Transaction:
        exists = "DELETE FROM t WHERE id = 9" if number % 2 else "REPLACE INTO t VALUES (9, 0, NULL)"
        return [f"UPDATE t SET n = {number % 2} WHERE id = 7", exists]

    plan = [rng.choice([BACK_AGAIN, (4, 1), (4, 3)]) for _ in range(2)]
    with Steps(made, toggle, plan) as steps:
        verdict = verify(made, steps)
        assert steps.left == 0
    assert verdict.verdict is Verdict.EQUAL, verdict.differences
    assert verdict.source_rows == verdict.target_rows == ROWS - 1


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

    # values are judged first, then types: both move in two rounds and are met at rest in the third
    with Steps(made, write, [BACK_AGAIN, BACK_AGAIN, (0, 0), BACK_AGAIN, BACK_AGAIN]) as steps:
        verdict = verify(made, steps)
        assert steps.left == 0
    assert verdict.verdict is Verdict.DEGRADED
    assert [difference.detail.split(":")[0] for difference in verdict.differences] == ["row id=5", "row id=6"]


def test_counts_are_compared_until_they_settle(twins: Twins) -> None:
    made = twins(*TABLE)
    with Steps(made, busy(5), [MOVING] * 12) as steps:
        verdict = verify(made, steps, VerificationLevel.ROW_COUNT)
        assert steps.left == 0
        assert verdict.verdict is Verdict.EQUAL, verdict.differences
        made.on_target("DELETE FROM t WHERE id IN (41, 43, 44)")
        verdict = verify(made, steps, VerificationLevel.ROW_COUNT)
    assert verdict.verdict is Verdict.DIFFERS
    (difference,) = verdict.differences
    assert difference.subject == f"{made.name}.t range 1 chunk 2"
    assert verdict.source_rows == verdict.target_rows + 3


KEYLESS = ("CREATE TABLE t (n INT, v INT)", "INSERT INTO t VALUES (1, 0), (1, 0), (2, 0)")


def test_a_table_without_a_key_is_compared_whole(twins: Twins) -> None:
    made = twins(*KEYLESS)

    def write(number: int) -> Transaction:
        return [f"UPDATE t SET v = {number} WHERE n = 2"]

    with Steps(made, write, [MOVING] * (2 * CHUNK_ROUNDS - 1)) as steps:
        verdict = verify(made, steps, whole=True)
        assert verdict.verdict is Verdict.DIFFERS
        assert verdict.differences[0].detail == (
            "is changing too fast to be compared: 3 rows on the source, 3 on the target when last compared"
        )
        assert verify(made, steps, whole=True).verdict is Verdict.EQUAL
        assert steps.left == 0
        made.on_target("DELETE FROM t WHERE n = 1 LIMIT 1")
        verdict = verify(made, steps, whole=True)
        assert [difference.detail for difference in verdict.differences] == [
            "1 rows are missing on the target; the table has no key to name them by"
        ]
