"""When a suspect is proved to differ, and how long rounds wait."""

from __future__ import annotations

import pytest

from aurora_migration.engine.verify.recheck import CONFIRMATIONS, Follower, Judge


@pytest.mark.parametrize(
    ("rounds", "proved"),
    [
        ([["a", "a", "a"]] * CONFIRMATIONS, True),
        ([[None, None, None]] * CONFIRMATIONS, True),  # the row is on the target only
        ([["a", "a", "a"]] * (CONFIRMATIONS - 1), False),
        ([["a", "a", "b"]] * 10, False),  # it moved within each round
        ([["a", "a", "a"], ["b", "b", "b"]] * 10, False),  # it moved between rounds
        ([["a", "a", "a"]] * (CONFIRMATIONS - 1) + [["a", "b", "a"], ["a", "a", "a"]], False),
        ([["b", "b", "b"]] + [["a", "a", "a"]] * CONFIRMATIONS, True),
        ([[None, None, None], ["a", "a", "a"]] * 10, False),
    ],
)
def test_a_row_differs_if_the_source_stood_still_for_some_rounds(
    rounds: list[list[str | None]], proved: bool
) -> None:
    judge = Judge()
    assert any(judge.differs(seen) for seen in rounds) is proved


def test_pauses_between_rounds_grow_and_none_is_before_the_first() -> None:
    slept: list[float] = []
    follower = Follower(lambda: None, slept.append)
    assert list(follower.rounds(14)) == list(range(14))
    assert slept == sorted(slept)
    assert len(slept) == 13
    assert slept[-1] == 1.0
