"""How far a run has come, in one value that logs, the terminal and the page all show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows and bytes of one table done so far; the estimate is statistics until ``exact``."""

    phase: str
    table: str
    rows: int = 0
    bytes: int = 0
    row_estimate: int = 0
    exact: bool = False
    rows_per_second: float = 0.0
    seconds: float = 0.0

    @property
    def fraction(self) -> float | None:
        """Part done, 0..1, or None while there is nothing to measure against."""
        if self.row_estimate <= 0:
            return None
        return min(1.0, self.rows / self.row_estimate)

    @property
    def eta_seconds(self) -> float | None:
        """Seconds to go at the present rate, or None while measuring."""
        if self.rows_per_second <= 0 or self.row_estimate <= 0:
            return None
        return max(0, self.row_estimate - self.rows) / self.rows_per_second
