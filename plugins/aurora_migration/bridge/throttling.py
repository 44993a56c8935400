"""The throttle of one load unit as a task has it: both servers are measured, pauses are logged and kept."""

from __future__ import annotations

import logging
from typing import Final

from aurora_migration.bridge.run import Run
from aurora_migration.engine.fullload.throttle import Throttle
from aurora_migration.mysql.health import HealthProbe
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.store.pauses import Pause, next_number, save_pause

_log = logging.getLogger(__name__)
_SESSIONS_A_UNIT: Final = 2
_LOG_SECONDS: Final = 30.0
_KEEP_SECONDS: Final = 5.0


def throttle_of(run: Run, unit: int, source: Session, target: Session, reader: RowReader) -> Throttle:
    """A throttle over the sessions of a load unit, by the limits of the migration file."""
    own = _SESSIONS_A_UNIT * run.config.load.parallel_units
    probes = (HealthProbe(source, own), HealthProbe(target, own))
    pauses = UnitPauses(run, unit, target, reader)
    return Throttle(run.config.load.throttle, lambda: [s for probe in probes for s in probe.read()], pauses)


class UnitPauses:
    """Tells the task's log and the control schema of a unit's pauses."""

    def __init__(self, run: Run, unit: int, target: Session, reader: RowReader) -> None:
        self._run = run
        self._unit = unit
        self._target = target
        self._reader = reader
        self._number = 0
        self._logged = self._kept = 0.0

    def waits(self, reason: str, seconds: float) -> None:
        """Log the beginning and every half a minute, keep every five seconds."""
        if self._number == 0:
            self._number = next_number(self._target, self._run.control, self._run.run_id, self._unit)
            self._reader.close()  # an idle stream could be cut off; the next statement opens a new one
            _log.warning("Load pauses reason=%s", reason)
            self._keep(reason, seconds, over=False)
        elif seconds - self._logged >= _LOG_SECONDS:
            self._logged = seconds
            _log.info("Load still pauses seconds=%.0f reason=%s", seconds, reason)
        if seconds - self._kept >= _KEEP_SECONDS:
            self._keep(reason, seconds, over=False)

    def ends(self, reason: str, seconds: float, *, calm: bool) -> None:
        """Log and keep the end."""
        self._keep(reason, seconds, over=True)
        self._number, self._logged, self._kept = 0, 0.0, 0.0
        if calm:
            _log.info("Load goes on paused_seconds=%.0f", seconds)
        else:
            _log.warning(
                "Load goes on for one chunk paused_seconds=%.0f reason=%s What to do: relieve it, or raise "
                "the limit in load.throttle if it is always like this",
                seconds,
                reason,
            )

    def _keep(self, reason: str, seconds: float, *, over: bool) -> None:
        self._kept = seconds
        pause = Pause(self._run.run_id, self._unit, self._number, reason)
        save_pause(self._target, self._run.control, pause, seconds, over=over)
