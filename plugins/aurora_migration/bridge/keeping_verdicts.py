"""Verdicts of a load unit on their way to the control schema: of small tables many at once.

What has not been kept when a process dies is compared again, since a repeated task compares its whole unit.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Self

from aurora_migration.bridge.run import Run
from aurora_migration.model.chunk import KeyRange
from aurora_migration.model.report import TableVerdict
from aurora_migration.mysql.session import Session
from aurora_migration.store import verdicts

_MOST: Final = 100
_SECONDS: Final = 1.0  # after which what is known can be seen on the page


@dataclass(slots=True)
class VerdictKeeper:
    """Keeps verdicts through ``target``, some at a time."""

    run: Run
    target: Session
    found: list[TableVerdict] = field(default_factory=list)
    _waiting: list[verdicts.RangeVerdict] = field(default_factory=list)
    _last: float = field(default_factory=time.monotonic)

    @classmethod
    @contextlib.contextmanager
    def of(cls, run: Run, target: Session) -> Iterator[Self]:
        """A keeper that has kept everything at its end, and what it can where the comparison has failed."""
        keeper = cls(run, target)
        try:
            yield keeper
        except BaseException:
            with contextlib.suppress(Exception):
                keeper.keep()
            raise
        keeper.keep()

    def add(self, part: KeyRange, verdict: TableVerdict) -> None:
        """Take the verdict on a key range."""
        self.found.append(verdict)
        self._waiting.append(verdicts.RangeVerdict(part.table, part.number, verdict))
        if len(self._waiting) >= _MOST or time.monotonic() - self._last >= _SECONDS:
            self.keep()

    def keep(self) -> None:
        """Keep what is waiting."""
        verdicts.save_verdicts(self.target, self.run.control, self.run.run_id, self._waiting)
        self._waiting.clear()
        self._last = time.monotonic()
