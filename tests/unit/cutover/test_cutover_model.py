"""What a recorded cutover says: which states lead where, which accounts are closed, how long nobody wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aurora_migration.model.cutover import Cutover, CutoverChanges, CutoverState, closed_accounts
from aurora_migration.model.names import TableName

BEGAN = datetime(2026, 1, 2, 3, 4, 5)
S = CutoverState


def cutover(state: CutoverState, target: str = "", source: str = "", direction: str = "forward") -> Cutover:
    changes = CutoverChanges(tuple(source.split()), tuple(target.split()))
    return Cutover("run", direction, state, "lock-accounts", "", changes, "", BEGAN, None, None)


@pytest.mark.parametrize(
    ("newest_first", "closed"),
    [
        ([], ""),
        ([cutover(S.RELEASED, "a b")], "a b"),
        (
            [cutover(S.RELEASED), cutover(S.RELEASED, "a")],
            "a",
        ),  # one that was rejected closed nothing and opened nothing
        ([cutover(S.RELEASED, "b"), cutover(S.RELEASED, "a")], "a b"),
        ([cutover(S.BLOCKED, "a")], "a"),
        ([cutover(S.OPEN, "a"), cutover(S.RELEASED, "b")], ""),
        ([cutover(S.RELEASED, "c"), cutover(S.OPEN, "a", direction="back")], "c"),
        # back on the source: what the way back closed on the target is for the next one to open
        ([cutover(S.OPEN, "s", "a b", direction="back"), cutover(S.OPEN, "a")], "a b"),
        ([cutover(S.RELEASED, "s", direction="back"), cutover(S.OPEN, "a")], ""),
    ],
)
def test_closed_accounts(newest_first: list[Cutover], closed: str) -> None:
    assert closed_accounts(newest_first, "forward") == frozenset(closed.split())


def test_states() -> None:
    assert {state for state in S if state.decided} == {S.HANDED_OVER, S.OPEN}
    assert {state for state in S if state.ended} == {S.OPEN, S.RELEASED}
    assert {state for state in S if not state.under_way} == {S.READY, S.OPEN, S.RELEASED}


def test_changes_survive_their_text() -> None:
    changes = CutoverChanges(("a@%",), ("b@h", 'odd "name"@%'), (TableName("sh.op", "ev.ent"),), "read_only")
    assert CutoverChanges.parse(changes.text()) == changes
    assert CutoverChanges.parse("{}") == CutoverChanges()


def test_downtime_is_known_when_both_ends_are() -> None:
    began = replace(cutover(S.BLOCKED), blocked_at=BEGAN)
    assert began.downtime_seconds is None
    assert replace(began, opened_at=BEGAN + timedelta(seconds=3.5)).downtime_seconds == 3.5
