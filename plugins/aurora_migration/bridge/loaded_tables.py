"""What one load unit did by table, for the last lines of its log."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from aurora_migration.bridge.summary_log import log_table
from aurora_migration.model.names import TableName
from aurora_migration.mysql.writer import Written

_MIB: Final = 1 << 20
_COLUMNS: Final = ("table", "rows", "of earlier tries", "MiB", "seconds", "rows/s")


@dataclass(slots=True)
class _Range:
    """One key range: its rows on the target, and how many of them were there when this try began."""

    written: Written
    before: int
    seconds: float = 0.0


@dataclass(slots=True)
class LoadedTables:
    """Collects key ranges by table."""

    clock: Callable[[], float] = time.monotonic
    ranges: dict[TableName, list[_Range]] = field(default_factory=dict)

    @contextlib.contextmanager
    def timed(self, table: TableName, before: int) -> Iterator[_Range]:
        """Time the load of a key range, which the block puts into what it is given."""
        began, found = self.clock(), _Range(Written(0, 0), before)
        yield found
        found.seconds = self.clock() - began
        self.ranges.setdefault(table, []).append(found)

    @property
    def rows(self) -> int:
        return sum(one.written.rows for parts in self.ranges.values() for one in parts)

    @property
    def bytes(self) -> int:
        return sum(one.written.bytes for parts in self.ranges.values() for one in parts)

    def log(self, title: str) -> None:
        """Log the tables, those with the most rows first."""
        rows = [_row(str(table), parts) for table, parts in self.ranges.items()]
        everything = [one for parts in self.ranges.values() for one in parts]
        rows.sort(key=lambda row: -row[1])
        log_table(title, _COLUMNS, rows, _row("total", everything))


def _row(name: str, parts: list[_Range]) -> tuple[str, int, int, float, float, int | None]:
    rows, before = sum(one.written.rows for one in parts), sum(one.before for one in parts)
    seconds = sum(one.seconds for one in parts)
    fresh = rows - before
    rate = round(fresh / seconds) if fresh > 0 and seconds > 0 else None
    return name, rows, before, sum(one.written.bytes for one in parts) / _MIB, seconds, rate
