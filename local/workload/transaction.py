"""What a writer sends: statements with values, decided before the first one is sent."""

from __future__ import annotations

from dataclasses import dataclass

Value = str | bytes | int | float | None


@dataclass(frozen=True, slots=True)
class Step:
    """One statement; `rows` is how many it must change, else the transaction is rolled back (None: any number)."""

    sql: str
    values: tuple[Value, ...] = ()
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """Statements between BEGIN and COMMIT, or ROLLBACK where the application changes its mind.

    With an `xid` it is an XA transaction: prepared, then committed or rolled back; or committed in one phase.
    """

    name: str
    steps: tuple[Step, ...]
    rollback: bool = False
    xid: str = ""
    one_phase: bool = False
