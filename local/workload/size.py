"""How large the application is: from it come the ranges that keys are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Size:
    """`rows` at the start in each table, `big_rows` in the table that large transactions change."""

    rows: int = 5_000
    big_rows: int = 20_000
    keyless: bool = False

    @property
    def accounts(self) -> int:
        """Accounts at the start."""
        return max(self.rows // 10, 20)

    def key(self, rng: Random) -> int:
        """A key that is taken or free: about every third one is taken."""
        return rng.randint(1, 3 * self.rows)

    def taken(self, rng: Random) -> int:
        """A key that most likely is taken, as long as changes have not moved many."""
        return rng.randint(1, self.rows)

    def account(self, rng: Random) -> int:
        return rng.randint(1, self.accounts * 5 // 4)
