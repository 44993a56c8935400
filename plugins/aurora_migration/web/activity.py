"""What Airflow itself knows of a migration's runs: states and times of runs and tasks, as plain values.

The control schema tells what was moved and proved; only Airflow knows of a run that is queued, that preflight
stopped before it wrote anything, or whose worker died.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

KINDS: Final = ("migrate", "verify", "sync", "cutover", "dms_teardown")


def dag_of(migration: str, kind: str = "migrate") -> str:
    """The id of one of a migration's DAGs; reading a migration is reading ``<name>.migrate``."""
    return f"{migration}.{kind}"


@dataclass(frozen=True, slots=True)
class TaskActivity:
    """All instances of one task in one run: how many are in which state, from when to when."""

    task_id: str
    states: dict[str, int]
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunActivity:
    """A DAG run as Airflow sees it."""

    dag_id: str
    run_id: str
    state: str
    started_at: datetime | None
    finished_at: datetime | None
    tasks: tuple[TaskActivity, ...] = field(default=())

    @property
    def active(self) -> bool:
        return self.state in {"queued", "running"}
