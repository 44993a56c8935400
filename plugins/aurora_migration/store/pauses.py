"""Pauses of the full load: when a load unit waited for a server, why, and whether it still does."""

from __future__ import annotations

from dataclasses import dataclass

from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause of one load unit; ``number`` counts those of a try from 1."""

    run_id: str
    unit: int
    number: int
    reason: str


def save_pause(session: Session, control: Control, pause: Pause, seconds: float, *, over: bool) -> None:
    """Keep how long a pause has lasted by now; one that is neither over nor renewed is a dead process's."""
    control.execute(
        session,
        "save_pause",
        run_id=pause.run_id,
        unit=pause.unit,
        number=pause.number,
        reason=pause.reason[:1000],
        seconds=round(seconds, 3),
        is_over=over,
    )


def next_number(session: Session, control: Control, run_id: str, unit: int) -> int:
    """The number of the unit's next pause in this run."""
    return int(control.query(session, "last_pause", run_id=run_id, unit=unit)[0]["last_number"]) + 1
