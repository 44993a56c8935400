"""A place in the source's binlog."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """Executed GTID set and file+offset read together; ``gtid_set`` is empty where GTIDs are off."""

    gtid_set: str
    file: str
    offset: int

    def __str__(self) -> str:
        return self.gtid_set or f"{self.file}:{self.offset}"
