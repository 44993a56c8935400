"""The phases of a run in order, from two witnesses: the control schema and Airflow's tasks.

The control schema knows what a phase did and when; Airflow knows whether its task waits, retries, failed or was
killed. Where both speak, Airflow's word counts for the state and the control schema's for the times.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from aurora_migration.web.activity import RunActivity, TaskActivity
from aurora_migration.web.times import utc

ORDER: Final = (
    "preflight",
    "schema-wave-1",
    "position",
    "plan",
    "dms-provision",
    "load",
    "dms-load",
    "catch-up",
    "schema-wave-2",
    "objects",
    "accounts",
    "dms-follow",
    "verify-rows",
    "verify-objects",
    "report",
    "readiness",
    "approve",
    "move-writes",
    "block-writes",
    "dms-drain",
    "dms-stop",
    "drain-and-verify",
    "hand-over",
    "release",
    "analyze",
    "dms-resume",
    "summary",
)
_WHOLE: Final = "move-writes"  # one task, whose phases are recorded
_PARTS: Final = ("block-writes", "drain-and-verify", "hand-over")
# what the state of a phase is, if one of its task's instances is in the state on the left; the first that fits
_STATES: Final = (
    ("failed", "failed"),
    ("upstream_failed", "not run"),
    ("up_for_retry", "retrying"),
    ("running", "running"),
    ("awaiting_input", "waiting for a person"),
    ("deferred", "running"),
    ("up_for_reschedule", "running"),
    ("restarting", "running"),
)
_ENDED: Final = {"success": "success", "skipped": "skipped", "removed": "skipped"}
_NOT_BEGUN: Final = {"waiting", "scheduled", "queued"}


def phases(
    recorded: Iterable[Mapping[str, Any]], spans: Mapping[str, Mapping[str, Any]], seen: RunActivity | None
) -> list[dict[str, Any]]:
    """Every phase that one of the witnesses knows, in the order of the graph."""
    control = {row["phase"]: row for row in recorded}
    tasks = _with_parts(control, {task.task_id.replace("_", "-"): task for task in seen.tasks} if seen else {})
    # what a cutover compares is told by the phase in which it does
    worked = {phase for phase, span in spans.items() if span["done"] and "drain-and-verify" not in control}
    names = [*control.keys(), *(tasks.keys() - control.keys()), *(worked - control.keys() - tasks.keys())]
    found = [_phase(name, control.get(name), spans.get(name), tasks.get(name)) for name in names]
    return sorted(found, key=_place)


def _with_parts(
    control: Mapping[str, Mapping[str, Any]], tasks: Mapping[str, TaskActivity]
) -> dict[str, TaskActivity]:
    """The tasks; one with parts gives way to those that are recorded, and a part at work is as its task is."""
    parts = [part for part in _PARTS if part in control and part not in tasks]
    whole = tasks.get(_WHOLE)
    if whole is None or not parts:
        return dict(tasks)
    at_work = {part: whole for part in parts if control[part]["state"] == "running"}
    return {name: task for name, task in tasks.items() if name != _WHOLE} | at_work


def _phase(
    name: str, row: Mapping[str, Any] | None, span: Mapping[str, Any] | None, task: TaskActivity | None
) -> dict[str, Any]:
    started, finished = _times(row, span, task)
    state = _state(task) if task else _recorded_state(row)
    running = state in {"running", "retrying", "waiting for a person"}
    return {
        "phase": name,
        "state": state,
        "started_at": started,
        "finished_at": None if running else finished,
        "tasks": sum(task.states.values()) if task else None,
        "tasks_done": task.states.get("success", 0) if task else None,
        "summary": _summary(row),
    }


def _times(
    row: Mapping[str, Any] | None, span: Mapping[str, Any] | None, task: TaskActivity | None
) -> tuple[datetime | None, datetime | None]:
    if row is not None:
        return utc(row["started_at"]), utc(row["finished_at"])
    if task is not None:
        return utc(task.started_at), utc(task.finished_at)
    return (utc(span["first_at"]), utc(span["last_at"])) if span else (None, None)


def _state(task: TaskActivity) -> str:
    states = set(task.states)
    for state, word in _STATES:
        if state in states:
            return word
    if states <= _ENDED.keys():
        return "success" if "success" in states else "skipped"
    return "waiting" if states <= _NOT_BEGUN else "running"


def _recorded_state(row: Mapping[str, Any] | None) -> str:
    return str(row["state"]) if row is not None else "success"


def _summary(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """The plain values of the summary; lists are counted, since they are shown where they belong."""
    if row is None:
        return {}
    known = json.loads(row["summary"] or "{}")
    return {
        key: len(value) if isinstance(value, list) else value
        for key, value in known.items()
        if not isinstance(value, dict)
    }


def _place(phase: Mapping[str, Any]) -> tuple[int, float]:
    started = phase["started_at"]
    at = started.timestamp() if started else float("inf")
    return (ORDER.index(phase["phase"]) if phase["phase"] in ORDER else len(ORDER), at)
