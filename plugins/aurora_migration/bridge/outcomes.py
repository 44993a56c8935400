"""What Airflow says became of a run's tasks.

The last task of a graph runs whatever happened before it, and it alone decides the state of the run. What earlier
tries have stored in the control schema is not enough for that: a task that was cleared may have failed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from airflow.sdk import Context

from aurora_migration.errors import ConfigurationError, PreflightError

_FINE: Final = frozenset({"success", "removed"})  # removed: an instance of a mapped task that the new plan lacks
_BEGUN: Final = frozenset({"success", "failed", "running", "up_for_retry"})


def states_of_others(context: Context) -> dict[str, str]:
    """The state of every other task instance of this run; mapped ones are called ``task_0``, ``task_1``, …"""
    task: Any = context["ti"]
    found = task.get_task_states(dag_id=task.dag_id, run_ids=[task.run_id]).get(task.run_id, {})
    return {name: str(state or "not run") for name, state in found.items() if name != task.task_id}


def unfinished(states: Mapping[str, str]) -> dict[str, str]:
    """Those that did not succeed."""
    return {task: state for task, state in states.items() if state not in _FINE}


def check_dry_run(states: Mapping[str, str]) -> None:
    """A dry run that failed must not end green. Raises: PreflightError."""
    failed = sorted(task for task, state in states.items() if state == "failed")
    if failed:
        raise PreflightError(f"the dry run failed in {', '.join(failed)}", (), remedy="see its log")


def check_not_alone(states: Mapping[str, str], next_task: str) -> None:
    """A task that resets tables must not run after those that fill them. Raises: ConfigurationError."""
    state = states.get(next_task)
    if state in _BEGUN:
        raise ConfigurationError(
            f"the tasks behind it have run in this run ({next_task}: {state}) and would not run again",
            subject="schema_wave_1",
            remedy="clear it together with downstream, or start a new run",
        )
