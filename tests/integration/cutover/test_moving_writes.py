"""The part of a cutover in which nobody writes: it undoes itself at once, and what can wait comes behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aurora_migration.bridge import cutover_outcome, moving_writes
from aurora_migration.bridge.run import Run
from aurora_migration.errors import DataMismatchError, RetryableError
from aurora_migration.model.cutover import CutoverState
from aurora_migration.sql.quoting import raw
from aurora_migration.store import reports, runs
from tests.integration.cutover.stage import LOCKED, STEPS, Stage, cut_over

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.timeout(300)]
New = Callable[..., Stage]
UNDONE_SECONDS = 60.0
FAILURES = (
    (("readiness", "block", "release"), "move_writes", "move_writes failed; the source takes writes"),
    (("readiness", "block", "release"), "", "ended from outside; the source takes writes"),
    (("readiness", "release"), "approve", "approve failed; the source takes writes"),
    (("readiness", "block"), "release", "neither side may be taking writes"),
)
NOBODY = '{"conn_type": "mysql", "host": "127.0.0.1", "port": 1, "login": "x"}'


def phases(made: Stage, run: Run) -> dict[str, dict[str, Any]]:
    return {row["phase"]: row for row in runs.phases(made.made.target_root, run.control, run.run_id)}


def test_a_difference_gives_the_writes_back_before_it_is_told(stage: New) -> None:
    made = stage()
    made.made.on_target("DELETE FROM marks WHERE id = 2")
    run = made.next_run()
    STEPS["readiness"](run)
    with pytest.raises(DataMismatchError):
        STEPS["move"](run)
    made.assert_released(run)
    failed = phases(made, run)["drain-and-verify"]
    opened = made.recorded(run).opened_at
    assert failed["state"] == "failed"
    assert opened is not None
    took = (opened - failed["finished_at"]).total_seconds()
    print(f"the source took writes {took:.2f} s after the verification failed")
    assert took < UNDONE_SECONDS


def test_what_may_pass_is_tried_again_with_the_writes_blocked(stage: New, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage()
    run = made.next_run()
    STEPS["readiness"](run)
    for state in (CutoverState.READY, CutoverState.BLOCKED):
        with monkeypatch.context() as broken:
            broken.setenv("AIRFLOW_CONN_SOURCE_MYSQL", NOBODY)
            with pytest.raises(RetryableError):
                STEPS["move"](made.run(run.run_id))
        assert made.recorded(run).state is state
        STEPS["block"](run)
        assert (made.refusal("source"), made.refusal("target")) == (LOCKED, LOCKED)
    for _ in range(2):
        STEPS["move"](run)
        made.assert_cut_over(run)
    found = {phase: row["state"] for phase, row in phases(made, run).items() if row["state"] == "success"}
    assert set(found) == {"readiness", "drain-and-verify", "hand-over"}, "a step that is done is passed over"


def test_what_came_since_is_applied_first_and_statistics_are_gathered_behind(stage: New) -> None:
    by_hand = ("ALTER TABLE marks STATS_AUTO_RECALC = 0", "ALTER TABLE audit STATS_AUTO_RECALC = 0")
    made = stage("CREATE TABLE `odd ``name` (id INT PRIMARY KEY)", *by_hand, rollback_window=True)

    def spoil(role: str) -> None:
        session = made.made.target_root if role == "target" else made.made.source_root
        session.execute(raw(f"UPDATE mysql.innodb_table_stats SET n_rows = 12345 WHERE {_of(made)}"))

    def spoilt(role: str) -> set[str]:
        sql = f"SELECT table_name AS n FROM mysql.innodb_table_stats WHERE n_rows = 12345 AND {_of(made)}"
        return {name for (name,) in made.rows(role, sql)}

    for direction, taken, left in (("forward", "target", "source"), ("back", "source", "target")):
        run = made.next_run(direction)
        STEPS["readiness"](run)
        assert moving_writes.analyze(run) == {}, "before the cutover there is nothing to do"
        made.write(left, "INSERT INTO marks (word) VALUES ('while a person reads')")
        STEPS["move"](run)
        drained = json.loads(phases(made, run)["drain-and-verify"]["summary"])
        assert drained["row_changes"] == 0, "applied while writes went on"
        spoil(taken)
        spoil(left)
        assert moving_writes.analyze(run) == {"tables": 3, "failed": 0}
        assert spoilt(taken) == set()
        assert spoilt(left) == {"marks", "audit", "odd `name"}
        assert phases(made, run)["analyze"]["state"] == "success"


def test_what_became_of_it(stage: New, caplog: pytest.LogCaptureFixture) -> None:
    made = stage()

    def state(run: Run) -> str | None:
        return reports.state(made.made.target_root, run.control, run.run_id)

    rejected = made.next_run()
    assert cut_over(rejected, ("readiness", "release")) is None
    states = {"approve": "success", "move_writes": "skipped"}
    assert cutover_outcome.summary(rejected, states) == {"state": "not approved"}
    assert state(rejected) == "not approved"
    for steps, failed, words in FAILURES:
        run = made.next_run()
        for step in steps:
            STEPS[step](run)
        with pytest.raises(DataMismatchError, match=words):
            cutover_outcome.summary(run, {failed: "failed"} if failed else {})
        assert state(run) == "failed"
        STEPS["release"](run)
    done = made.next_run()
    assert cut_over(done) is None
    made.write("target", "DROP TABLE audit")
    assert moving_writes.analyze(done) == {"tables": 2, "failed": 1}, "what cannot be gathered is a warning"
    assert f"table={made.made.name}.audit" in caplog.text
    found = cutover_outcome.summary(done, {"analyze": "failed"})
    assert (found["state"], found["approved_by"], found["writes_go_to"]) == ("open", "tester", "target_aurora")
    assert state(done) == "success"


def _of(made: Stage) -> str:
    return f"database_name = '{made.made.name}'"
