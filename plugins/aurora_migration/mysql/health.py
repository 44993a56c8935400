"""Reads the signals of one server's health. What a server lacks or an account may not see is not a signal.

Each look costs a few statements that read counters only. Aurora's own signals are taken where they are: its commit
counters and the lag of its replicas; elsewhere performance_schema's, and the lag of a server that is a replica.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, Final

from aurora_migration.errors import ConfigurationError, FatalError
from aurora_migration.model.health import Signal, SignalKind
from aurora_migration.model.names import TableName
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import qualified

_log = logging.getLogger(__name__)
_AURORA_REPLICAS: Final = TableName("information_schema", "replica_host_status")
_Counters = tuple[int, float]  # commits, milliseconds that they took


class HealthProbe:
    """One server through one session, which must be in no transaction.

    ``own_threads``: how many of the running threads may be the load's own; they are not counted.
    """

    def __init__(self, session: Session, own_threads: int, replicas: TableName = _AURORA_REPLICAS) -> None:
        self._session = session
        self._own = own_threads
        self._replicas = replicas
        self._missing: set[str] = set()
        self._commits: _Counters | None = None

    def read(self) -> tuple[Signal, ...]:
        """All signals that there are now. Raises: RetryableError."""
        return tuple(self._signals())

    def _signals(self) -> Iterator[Signal]:
        status = {row["Variable_name"].lower(): int(row["Value"]) for row in self._ask("status", self._status)}
        if "threads_running" in status:
            threads = max(0, status["threads_running"] - self._own)
            yield self._signal(SignalKind.RUNNING_THREADS, threads)
        counters = self._counters(status)
        if counters is not None:
            before, self._commits = self._commits, counters
            if before is not None and counters[0] > before[0]:
                mean = (counters[1] - before[1]) / (counters[0] - before[0])
                yield self._signal(SignalKind.COMMIT_LATENCY, mean)
        lag = self._lag()
        if lag is not None:
            yield self._signal(SignalKind.REPLICA_LAG, lag)
        for row in self._ask("history_length", lambda: self._session.query(statement("health/history_length"))):
            yield self._signal(SignalKind.HISTORY_LENGTH, float(row["length"]))

    def _status(self) -> list[dict[str, Any]]:
        return self._session.query(statement("health/status"))

    def _counters(self, status: dict[str, int]) -> _Counters | None:
        if "auroradb_commits" in status:
            return status["auroradb_commits"], status.get("auroradb_commit_latency", 0) / 1e3
        rows = self._ask("commits", lambda: self._session.query(statement("health/commits")))
        return (int(rows[0]["commits"]), int(rows[0]["picoseconds"]) / 1e9) if rows else None

    def _lag(self) -> float | None:
        """Seconds; None where there is nothing that could lag, or where it does not say."""
        status = qualified(self._replicas)
        asked = statement("health/aurora_replicas", status=status)
        found = [row["milliseconds"] for row in self._ask("aurora_replicas", lambda: self._session.query(asked))]
        lags = [float(value) / 1e3 for value in found if value is not None]
        rows = self._ask("replica", lambda: self._session.query(statement("health/replica")))
        lags += [float(row["Seconds_Behind_Source"]) for row in rows if row["Seconds_Behind_Source"] is not None]
        return max(lags, default=None)

    def _ask(self, name: str, query: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        """The rows; none, and no second question, where the server has or shows no such thing."""
        if name in self._missing:
            return []
        try:
            return query()
        except (FatalError, ConfigurationError) as error:
            self._missing.add(name)
            _log.debug("Signal is not to be had side=%s signal=%s reason=%s", self._side, name, error.message)
            return []

    def _signal(self, kind: SignalKind, value: float) -> Signal:
        return Signal(self._side, kind, value)

    @property
    def _side(self) -> str:
        return self._session.endpoint.role
