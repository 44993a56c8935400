"""Following one run to its end: each task's outcome as a line, the load's progress below, failures with their
log.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import httpx

from local import LocalError
from local.airflow_client import FINISHED, AirflowClient
from local.demo.control import ControlReader
from local.demo.screen import Rate, Screen, progress_line

INTERVAL = 1.0
LOG_LINES = 25
SHOWN_TASKS = 2
CONSEQUENCE = "report"  # fails because others have failed
AIRFLOW_GROUPS = ("Log message source details", "Pre Execute", "Post Execute")
ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
SIGNS = {"success": ("✓", "green"), "skipped": ("-", "dim"), "removed": ("-", "dim")}
Task = dict[str, Any]


def follow(client: AirflowClient, dag_id: str, run_id: str, control: ControlReader, screen: Screen) -> str:
    """Show a run until it has ended; returns its state."""
    told: set[str] = set()
    retried: set[tuple[str, int, int]] = set()
    rate, lost = Rate(), 0
    while True:
        try:
            state = client.run_state(dag_id, run_id)
            tasks = client.task_instances(dag_id, run_id)
            lost = 0
        except (httpx.TransportError, LocalError) as error:
            lost += 1
            if lost > 5:
                raise LocalError(f"Airflow does not answer any more: {error}") from error
            time.sleep(2 * INTERVAL)
            continue
        tell_ended(tasks, told, screen)
        tell_retries(tasks, retried, screen)
        if state in FINISHED:
            return state
        snapshot = control.snapshot()
        if snapshot:
            rate.add(snapshot.rows)
        screen.show(progress_line(present_phase(tasks), snapshot, rate.per_second))
        time.sleep(INTERVAL)


def by_task(tasks: list[Task]) -> dict[str, list[Task]]:
    """Task instances by task, mapped ones together, in the order in which they started."""
    ordered = sorted(tasks, key=lambda task: (task["start_date"] or "9", task["id"]))
    grouped: dict[str, list[Task]] = {}
    for task in ordered:
        grouped.setdefault(task["task_id"], []).append(task)
    return grouped


def tell_ended(tasks: list[Task], told: set[str], screen: Screen) -> None:
    """A line for each task whose instances have all ended, once; told again if it was cleared and ended
    again.
    """
    for name, group in by_task(tasks).items():
        if any(task["state"] not in ENDED for task in group):
            told.discard(name)
            continue
        if name in told:
            continue
        told.add(name)
        states = {task["state"] for task in group}
        worst = next((state for state in ("failed", "upstream_failed") if state in states), "success")
        worst = "skipped" if states <= {"skipped", "removed"} else worst
        sign, style = SIGNS.get(worst, ("✗", "red"))
        count = f" ({len(group)} units)" if len(group) > 1 or group[0]["map_index"] >= 0 else ""
        outcome = "" if worst == "success" else f"  {worst}"
        screen.say(f"  {sign} {name}{count}  {seconds_of(group):.1f} s{outcome}", style)


def tell_retries(tasks: list[Task], told: set[tuple[str, int, int]], screen: Screen) -> None:
    """A line when a task has failed and will be tried again."""
    for task in tasks:
        this = (task["task_id"], task["map_index"], task["try_number"])
        if task["state"] == "up_for_retry" and this not in told:
            told.add(this)
            screen.say(f"  ↻ {label(task)} failed at try {task['try_number']} and will be tried again", "yellow")


def seconds_of(group: list[Task]) -> float:
    """From the first start to the last end."""
    starts = [datetime.fromisoformat(task["start_date"]) for task in group if task["start_date"]]
    ends = [datetime.fromisoformat(task["end_date"]) for task in group if task["end_date"]]
    return (max(ends) - min(starts)).total_seconds() if starts and ends else 0.0


def present_phase(tasks: list[Task]) -> str:
    """The tasks that run now, else those that wait for a worker."""
    for states in (("running",), ("queued", "scheduled", "restarting"), ("up_for_retry", "deferred")):
        names = [name for name, group in by_task(tasks).items() if any(task["state"] in states for task in group)]
        if names:
            waiting = "" if states == ("running",) else f" ({states[0].replace('_', ' ')})"
            return ", ".join(names) + waiting
    return "waiting for the scheduler"


def label(task: Task) -> str:
    """A task's name, with the unit of a mapped one."""
    unit = task.get("rendered_map_index") or (task["map_index"] if task["map_index"] >= 0 else "")
    return f"{task['task_id']}[{unit}]" if unit != "" else str(task["task_id"])


def show_failures(client: AirflowClient, dag_id: str, run_id: str, screen: Screen) -> None:
    """Name each failed task and print the end of its log; the first few, as one cause often fails many."""
    failed = [task for task in client.task_instances(dag_id, run_id) if task["state"] == "failed"]
    causes = [task for task in failed if task["task_id"] != CONSEQUENCE]
    failed = causes or failed
    for task in sorted(failed, key=lambda each: each["end_date"] or "")[:SHOWN_TASKS]:
        screen.say(f"\n✗ {label(task)} failed at try {task['try_number']}; the end of its log:", "bold red")
        try:
            lines = client.log(dag_id, run_id, task["task_id"], task["try_number"], task["map_index"])
        except LocalError as error:
            lines = [str(error)]
        for line in worth_showing(lines)[-LOG_LINES:]:
            screen.say(f"  {line}")
    if len(failed) > SHOWN_TASKS:
        screen.say(f"… and {len(failed) - SHOWN_TASKS} more failed tasks; see the UI", "red")


def worth_showing(lines: list[str]) -> list[str]:
    """A task's log without what Airflow says before and after the task, and without the marks that fold it."""
    kept: list[str] = []
    inside = True
    for line in lines:
        if "::group::" in line:
            inside = not any(title in line for title in AIRFLOW_GROUPS)
        elif "::endgroup::" in line:
            inside = True
        elif inside:
            kept.append(line)
    return kept
