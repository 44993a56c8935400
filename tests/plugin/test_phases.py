"""Two witnesses tell what the phases of a run are: the control schema and Airflow's tasks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aurora_migration.web.activity import RunActivity, TaskActivity
from aurora_migration.web.phases import ORDER, phases

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def row(phase: str, state: str = "success", summary: str = "{}", seconds: int = 5) -> dict[str, Any]:
    start = AT.replace(tzinfo=None)
    return {
        "phase": phase,
        "state": state,
        "started_at": start,
        "finished_at": start + timedelta(seconds=seconds) if state != "running" else None,
        "summary": summary,
    }


def seen(**tasks: dict[str, int]) -> RunActivity:
    found = tuple(TaskActivity(name, states, AT, AT + timedelta(seconds=9)) for name, states in tasks.items())
    return RunActivity("x.migrate", "r", "running", AT, None, found)


def test_phases_stand_in_the_order_of_the_graph_whoever_knows_them() -> None:
    tasks = {name.replace("-", "_"): {"success": 1} for name in reversed(ORDER)}
    found = phases([row("plan"), row("preflight")], {}, seen(**tasks))
    assert [phase["phase"] for phase in found] == list(ORDER)


def test_a_phase_that_only_newer_versions_know_comes_last() -> None:
    found = phases([row("unheard-of"), row("summary"), row("preflight")], {}, None)
    assert [phase["phase"] for phase in found] == ["preflight", "summary", "unheard-of"]


def test_the_phases_of_a_cutover_stand_in_the_order_of_its_graph() -> None:
    tasks = ("summary", "analyze", "release", "approve", "readiness", "move_writes")
    waiting = seen(**{name: {"waiting": 1} for name in tasks})
    found = [phase["phase"] for phase in phases([row("readiness")], {}, waiting)]
    assert found == ["readiness", "approve", "move-writes", "release", "analyze", "summary"]


@pytest.mark.parametrize(
    ("task", "state"),
    [("running", "running"), ("up_for_retry", "retrying"), ("failed", "failed")],
)
def test_a_task_with_phases_of_its_own_gives_way_to_them(task: str, state: str) -> None:
    recorded = [row("block-writes"), row("drain-and-verify", "running")]
    found = phases(recorded, {}, seen(move_writes={task: 1}, release={"waiting": 1}))
    assert [(phase["phase"], phase["state"]) for phase in found] == [
        ("block-writes", "success"),
        ("drain-and-verify", state),
        ("release", "waiting"),
    ]


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ({"success": 4}, "success"),
        ({"success": 3, "failed": 1}, "failed"),
        ({"success": 3, "running": 1}, "running"),
        ({"success": 3, "waiting": 1}, "running"),
        ({"success": 3, "up_for_retry": 1, "running": 1}, "retrying"),
        ({"upstream_failed": 1}, "not run"),
        ({"waiting": 1}, "waiting"),
        ({"queued": 2, "scheduled": 1}, "waiting"),
        ({"skipped": 1}, "skipped"),
        ({"success": 2, "removed": 1}, "success"),
        ({"awaiting_input": 1}, "waiting for a person"),
    ],
)
def test_the_state_of_a_phase_is_that_of_its_tasks(states: dict[str, int], state: str) -> None:
    (phase,) = phases([], {}, seen(load=states))
    assert phase["state"] == state
    assert (phase["tasks"], phase["tasks_done"]) == (sum(states.values()), states.get("success", 0))


def test_a_phase_whose_process_was_killed_is_not_shown_as_running() -> None:
    (phase,) = phases([row("plan", "running")], {}, seen(plan={"failed": 1}))
    assert phase["state"] == "failed"


def test_a_run_that_airflow_has_forgotten_is_still_told() -> None:
    span = {
        "done": 3,
        "first_at": AT.replace(tzinfo=None),
        "last_at": AT.replace(tzinfo=None) + timedelta(seconds=60),
    }
    found = {phase["phase"]: phase for phase in phases([row("plan", "failed")], {"load": span}, None)}
    assert found["plan"]["state"] == "failed"
    assert found["load"]["started_at"] == AT
    assert found["load"]["finished_at"] == AT + timedelta(seconds=60)


def test_lists_of_a_summary_are_counted_and_objects_left_out() -> None:
    (phase,) = phases(
        [row("accounts", summary='{"created": ["a", "b"], "grants": 3, "plan": {"x": 1}}')], {}, None
    )
    assert phase["summary"] == {"created": 2, "grants": 3}
