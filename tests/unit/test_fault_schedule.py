"""A schedule of faults follows from its seed, and leaves no kind out."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.faults import KINDS, schedule


def test_the_seed_decides() -> None:
    assert schedule(5, 60, 40, [*KINDS]) == schedule(5, 60, 40, [*KINDS])
    assert schedule(5, 60, 40, [*KINDS]) != schedule(6, 60, 40, [*KINDS])


@pytest.mark.parametrize("seed", range(5))
def test_faults_are_spread_over_the_time_and_the_kinds(seed: int) -> None:
    plan = schedule(seed, 900, 100, [*KINDS])
    assert [one.at for one in plan] == sorted(one.at for one in plan)
    assert all(number * 9 <= one.at <= (number + 1) * 9 for number, one in enumerate(plan))
    counts = Counter(one.kind for one in plan)
    assert set(counts) == set(KINDS)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_each_fault_has_a_chance_of_its_own_that_can_be_repeated() -> None:
    plan = schedule(1, 10, 20, [*KINDS])
    drawn = [Random(one.seed).random() for one in plan]
    assert drawn == [Random(one.seed).random() for one in schedule(1, 10, 20, [*KINDS])]
    assert len(set(drawn)) == len(drawn)
