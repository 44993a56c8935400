"""What writers have done so far, by number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace


@dataclass(slots=True)
class Tally:
    """Counts of one thread, or of several added up; a thread changes only its own.

    `refused`: rolled back because of a duplicate key, a foreign key or a row that was not there. `retried`:
    deadlocks, lock waits, lost connections. `in_doubt`: the connection was lost at COMMIT.
    """

    rows: int = 0
    rolled_back: int = 0
    refused: int = 0
    retried: int = 0
    in_doubt: int = 0
    connections: int = 0
    by_name: Counter[str] = field(default_factory=Counter)  # committed transactions by operation

    @property
    def committed(self) -> int:
        """Transactions whose commit the server has confirmed."""
        return self.by_name.total()

    def copy(self) -> Tally:
        """As it is at this moment: the thread may go on counting, and count what it has never counted before."""
        return replace(self, by_name=Counter(dict(self.by_name)))

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.rows + other.rows,
            self.rolled_back + other.rolled_back,
            self.refused + other.refused,
            self.retried + other.retried,
            self.in_doubt + other.in_doubt,
            self.connections + other.connections,
            self.by_name + other.by_name,
        )

    def __str__(self) -> str:
        return (
            f"{self.committed} transactions, {self.rows} rows, {self.rolled_back} rolled back, "
            f"{self.refused} refused, {self.retried} retried, {self.in_doubt} in doubt, "
            f"{self.connections} connections"
        )
