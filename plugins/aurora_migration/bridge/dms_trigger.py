"""The trigger that waits for AWS, so that no worker does.

Airflow stores a trigger's arguments in its database: they are a connection's id and identifiers, never a secret.
The trigger only tells when it is time to look again; what to do is decided by the task, from what DMS says then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from airflow.triggers.base import BaseTrigger, TriggerEvent

from aurora_migration.bridge.dms_run import aws_client
from aurora_migration.bridge.progress import line
from aurora_migration.dms.replication import Replication
from aurora_migration.dms.statistics import TableStatistics, progress
from aurora_migration.dms.waiting import Wait, look
from aurora_migration.errors import MigrationError, RetryableError

_log = logging.getLogger(__name__)
_PATIENCE: Final = 20  # looks in a row that AWS does not answer
_SHOWN: Final = 20  # tables a look
TELL_SECONDS: Final = 60.0  # then the task looks at a load itself, and keeps for the page what it sees


class DmsTrigger(BaseTrigger):
    """Fires once a `Wait` is over; for a load it logs each table's progress meanwhile."""

    def __init__(
        self,
        connection_id: str,
        wait: Mapping[str, Any],
        poll_seconds: float,
        load: bool = False,
        estimates: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.connection_id = connection_id
        self.wait = dict(wait)
        self.poll_seconds = poll_seconds
        self.load = load
        self.estimates = dict(estimates or {})
        self._client: Any = None
        self._shown: dict[str, tuple[str, int]] = {}
        self._since = time.monotonic()

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Class path and arguments, as Airflow stores them."""
        return (
            "aurora_migration.bridge.dms_trigger.DmsTrigger",
            {
                "connection_id": self.connection_id,
                "wait": self.wait,
                "poll_seconds": self.poll_seconds,
                "load": self.load,
                "estimates": self.estimates,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look, sleep, look again; boto3 blocks, so it does that in a thread."""
        silent = 0
        while True:
            await asyncio.sleep(self.poll_seconds)
            try:
                over, seen = await asyncio.to_thread(self._look)
                over |= self.load and time.monotonic() - self._since > TELL_SECONDS
                silent = 0
            except RetryableError as error:
                silent += 1
                _log.warning(
                    "AWS does not answer look=%s of=%s reason=%s What to do: nothing, the task itself looks again",
                    silent,
                    _PATIENCE,
                    error,
                )
                over, seen = silent >= _PATIENCE, "no answer"
            except MigrationError as error:
                over, seen = True, str(error)  # the task meets the same error, and may say what to do
            if over:
                yield TriggerEvent({"seen": seen})  # type: ignore[no-untyped-call]
                return

    def _look(self) -> tuple[bool, str]:
        if self._client is None:
            self._client = aws_client(self.connection_id, "dms")
        wait = Wait.from_json(self.wait)
        over, seen = look(self._client, wait)
        if self.load:
            replication = Replication(self._client, wait.identifiers[0], wait.kind == "replication")
            observed = replication.observe()
            _log.info("Replication %s", observed)
            if observed.tables:
                self._log_progress(replication.statistics())
            return observed.at_rest or observed.status == "absent", observed.status
        _log.info("Waiting for %s status=%s", wait, seen)
        return over, seen

    def _log_progress(self, statistics: tuple[TableStatistics, ...]) -> None:
        changed = [one for one in statistics if self._shown.get(str(one.table)) != (one.state, one.rows)]
        self._shown.update({str(one.table): (one.state, one.rows) for one in changed})
        for found in progress(changed[:_SHOWN], self.estimates, time.monotonic() - self._since):
            _log.info("%s", line(found))
        if len(changed) > _SHOWN:
            _log.info("and %s more tables", len(changed) - _SHOWN)
