"""The way back: after a cutover the old source follows the target, and takes the applications again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from aurora_migration.bridge import following, going_back
from aurora_migration.bridge.run import Run
from aurora_migration.model.cutover import CutoverState
from tests.integration.cutover.stage import LOCKED, Stage, cut_over

pytestmark = [pytest.mark.servers, pytest.mark.slow]
New = Callable[..., Stage]
PLAIN = (
    "CREATE TABLE prices (code VARCHAR(10) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, cents INT, UNIQUE (cents))",
    "INSERT INTO prices VALUES ('a', 1), ('b', 2), ('c', 3)",
    "CREATE EVENT tick ON SCHEDULE EVERY 1 DAY DO DELETE FROM audit WHERE id < 0",
)


def back(made: Stage) -> Run:
    run = made.next_run()
    return replace(run, options=replace(run.options, direction="back"))


def test_rows_written_on_the_target_are_on_the_source_after_the_way_back(stage: New) -> None:
    made = stage(*PLAIN, rollback_window=True)
    made.write("source", "INSERT INTO marks (word) VALUES ('before')")
    forward = made.next_run()
    assert cut_over(forward) is None
    assert made.recorded(forward).state is CutoverState.OPEN
    assert (made.refusal("source"), made.refusal("target")) == (LOCKED, 0)
    assert made.triggers("source") == [], "they would fire on what the old source is given"
    assert made.enabled_events("target") == ["tick"]
    assert made.enabled_events("source") == []

    made.write(
        "target", "INSERT INTO marks (word) VALUES ('on the target')", "UPDATE prices SET code = UPPER(code)"
    )
    following.sync_once(going_back.present_way(forward))
    made.assert_equal()
    made.write(
        "target",
        "UPDATE prices SET cents = NULL WHERE code = 'a'",
        "UPDATE prices SET cents = 1 WHERE code = 'b'",
        "DELETE FROM prices WHERE code = 'c'",
        "INSERT INTO marks (word) VALUES ('last')",
    )

    returned = back(made)
    assert cut_over(returned) is None
    assert made.recorded(returned).state is CutoverState.OPEN
    assert (made.refusal("source"), made.refusal("target")) == (0, LOCKED)
    made.assert_equal()
    assert made.triggers("source") == ["noted"]
    assert made.triggers("target") == []
    assert made.enabled_events("source") == ["tick"]
    assert made.enabled_events("target") == []
    audit = f"SELECT COUNT(*) AS n FROM {made.made.name}.audit"
    before = made.rows("source", audit)[0][0]
    made.write("source", "INSERT INTO marks (word) VALUES ('home again')")
    assert made.rows("source", audit)[0][0] == before + 1

    # the target follows again, and may take over once more
    following.sync_once(going_back.present_way(returned))
    made.assert_equal()
    again = made.next_run()
    assert cut_over(again) is None
    assert (made.refusal("source"), made.refusal("target")) == (LOCKED, 0)
    made.assert_equal()


def test_a_way_back_that_fails_leaves_the_target_with_the_applications(stage: New) -> None:
    made = stage(*PLAIN, rollback_window=True)
    assert cut_over(made.next_run()) is None
    made.write("target", "INSERT INTO marks (word) VALUES ('on the target')")
    following.sync_once(going_back.present_way(made.next_run()))
    made.made.on_source("UPDATE marks SET word = 'by hand' WHERE word = 'on the target'")
    returned = back(made)
    failure = cut_over(returned)
    assert failure is not None
    assert "rows differ" in str(failure)
    assert made.recorded(returned).state is CutoverState.RELEASED
    assert (made.refusal("source"), made.refusal("target")) == (LOCKED, 0)


def test_no_way_back_without_a_window_and_none_before_a_cutover(stage: New) -> None:
    made = stage(*PLAIN, rollback_window=True)
    assert "applications write to the source" in str(cut_over(back(made), ("readiness",)))
    made.settings["rollback_window"] = False
    assert cut_over(made.next_run()) is None
    assert "handed over already" in str(cut_over(made.next_run(), ("readiness",)))
    assert "way back needs" in str(cut_over(back(made), ("readiness",)))
