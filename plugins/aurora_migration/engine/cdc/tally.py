"""What one sync has done so far, over all its attempts, and its samples for charts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aurora_migration.model.names import TableName
from aurora_migration.model.progress import Progress
from aurora_migration.model.sync import Checkpoint
from aurora_migration.mysql.session import Session
from aurora_migration.store import sync
from aurora_migration.store.control import Control

_SAMPLE_SECONDS: Final = 2.0


@dataclass
class Tally:
    """Committed transactions and row changes by source table; ``wall`` gives seconds since 1970."""

    on_progress: Callable[[Progress], None]
    wall: Callable[[], float] = time.time
    clock: Callable[[], float] = time.monotonic
    transactions: int = 0
    row_changes: dict[TableName, int] = field(default_factory=dict)
    _started: float = 0.0
    _sampled: float = float("-inf")

    def __post_init__(self) -> None:
        self._started = self.clock()

    @property
    def seconds(self) -> float:
        return self.clock() - self._started

    def add(self, transactions: int, changes: Mapping[TableName, int]) -> None:
        """What a commit covered."""
        self.transactions += transactions
        seconds = max(1e-6, self.seconds)
        for name, count in changes.items():
            total = self.row_changes[name] = self.row_changes.get(name, 0) + count
            self.on_progress(Progress("sync", str(name), total, 0, 0, True, total / seconds, seconds))

    def lag_seconds(self, committed_at: int) -> float:
        """Seconds since the source committed what was applied last."""
        return max(0.0, self.wall() - committed_at / 1e6) if committed_at else 0.0

    def sample(self, session: Session, control: Control, run_id: str, moved: Checkpoint) -> None:
        """Keep a sample in the open transaction, every few seconds."""
        if self.clock() - self._sampled < _SAMPLE_SECONDS:
            return
        self._sampled = self.clock()
        lag = self.lag_seconds(moved.committed_at)
        sync.save_sample(session, control, run_id, self.transactions, sum(self.row_changes.values()), lag)
