"""DMS's part in a cutover, beside the tasks that every cutover has: drained, stopped, or resumed.

They stand between the write block and what moves the writes. No worker waits while AWS takes its time; looks are
more frequent than elsewhere, since nobody can write meanwhile.
"""

from __future__ import annotations

from typing import Any, ClassVar

from aurora_migration.bridge import dms_draining
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.dms.waiting import Wait
from aurora_migration.operators.dms import DmsOperator


class DmsDrainOperator(DmsOperator):
    """Waits until DMS has applied everything that the source has committed; nobody writes to the source then."""

    shows = False  # nobody can write meanwhile
    most_poll_seconds: ClassVar[float] = 5.0

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_draining.drain(dms_run)


class DmsStopOperator(DmsDrainOperator):
    """Stops the replication, so that nothing but the applications writes to the target from here on."""

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_draining.stop(dms_run)


class DmsResumeOperator(DmsOperator):
    """Lets the replication follow again where the cutover was undone; otherwise leaves it as it is."""

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_draining.resume(dms_run, fresh=fresh)
