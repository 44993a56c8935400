"""Where the time of a DAG run goes: in our code, in tasks around it, and between tasks.

Airflow's log of each task brackets `execute` itself: ``::endgroup::`` closes the group ``Pre Execute`` right
before it, ``::group::Post Execute`` follows right after (airflow/sdk/execution_time/task_runner.py). What a task
takes outside these two is Airflow's: a process, imports, the DAG file, answers of the API server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

Span = tuple[float, float]
_BEFORE: Final = "::group::Pre Execute"
_BEGINS: Final = "::endgroup::"
_ENDS: Final = "::group::Post Execute"


@dataclass(frozen=True, slots=True)
class Parts:
    """Seconds of a run's wall time; together they are all of it.

    ``engine``: at least one task was in our code. ``around``: none was, but a task had begun. ``between``: no task
    had begun that had not ended; the run's own start and end are in it.
    """

    engine: float
    around: float
    between: float

    @property
    def share(self) -> float:
        """Airflow's part of the run: the time in which none of our code was at work."""
        return (self.around + self.between) / (self.engine + self.around + self.between)


def parts(wall: float, tasks: Sequence[Span], executes: Sequence[Span]) -> Parts:
    """Divide a run of ``wall`` seconds; time in which a task was in our code counts once, however many were."""
    engine, busy = covered(executes), covered([*tasks, *executes])
    return Parts(engine, busy - engine, max(0.0, wall - busy))


def execute_span(log: Iterable[Any]) -> Span | None:
    """When `execute` began and ended by a task's log, as the API answers it; None if the log does not say."""
    begin: float | None = None
    end: float | None = None
    before = False
    for entry in log:
        if not isinstance(entry, Mapping) or not entry.get("timestamp"):
            continue
        words, at = entry.get("event"), epoch(str(entry["timestamp"]))
        before = before or words == _BEFORE
        if words == _BEGINS and before and begin is None:
            begin = at
        if words == _ENDS:
            end = at
    return (begin, end) if begin is not None and end is not None else None


def epoch(text: str) -> float:
    """A moment as Airflow writes it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def covered(spans: Iterable[Span]) -> float:
    """Seconds in which at least one of the spans was open."""
    total, reached = 0.0, float("-inf")
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total
