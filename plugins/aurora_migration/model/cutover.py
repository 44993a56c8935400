"""A cutover: where it stands, and what it changed on the servers.

    ready → blocking → blocked → verified → handed-over → open
      └────────┴─────────┴──────────┴──→ releasing → released

Up to ``verified`` the way leads back: the source takes writes again. ``handed-over`` is the point of no return:
the one statement that sets it decides for the target, and what is left to do from there on only opens it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from aurora_migration.model.names import TableName


class CutoverState(StrEnum):
    """How far a cutover is."""

    READY = "ready"
    BLOCKING = "blocking"
    BLOCKED = "blocked"
    VERIFIED = "verified"
    HANDED_OVER = "handed-over"
    OPEN = "open"
    RELEASING = "releasing"
    RELEASED = "released"

    @property
    def decided(self) -> bool:
        """Whether the target has it: then there is no way back within this cutover."""
        return self in {CutoverState.HANDED_OVER, CutoverState.OPEN}

    @property
    def under_way(self) -> bool:
        """Whether something was changed on the servers that is to be undone, or brought to its end."""
        return self is not CutoverState.READY and not self.ended

    @property
    def ended(self) -> bool:
        return self in {CutoverState.OPEN, CutoverState.RELEASED}


@dataclass(frozen=True, slots=True)
class CutoverChanges:
    """What was changed, recorded before it was: accounts as ``user@host``, events by schema and name."""

    source_accounts: tuple[str, ...] = ()
    target_accounts: tuple[str, ...] = ()
    source_events: tuple[TableName, ...] = ()
    read_only: str = ""  # the source's own state before: "", "read_only" or "super_read_only"

    def text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Self:
        found: dict[str, Any] = json.loads(text)
        return cls(
            tuple(found.get("source_accounts", ())),
            tuple(found.get("target_accounts", ())),
            tuple(TableName(**name) for name in found.get("source_events", ())),
            found.get("read_only", ""),
        )


@dataclass(frozen=True, slots=True)
class Cutover:
    """One cutover as it is recorded; times are UTC."""

    run_id: str
    direction: str
    state: CutoverState
    policy: str
    approved_by: str
    changes: CutoverChanges
    reason: str
    started_at: datetime
    blocked_at: datetime | None
    opened_at: datetime | None

    @property
    def downtime_seconds(self) -> float | None:
        """From the first block to the first side that takes writes again."""
        if self.blocked_at is None or self.opened_at is None:
            return None
        return (self.opened_at - self.blocked_at).total_seconds()

    def at(self, state: CutoverState) -> Self:
        return replace(self, state=state)


def closed_accounts(newest_first: Iterable[Cutover], direction: str) -> frozenset[str]:
    """Accounts of the side that a cutover in this direction opens, which earlier ones closed and left closed.

    A release leaves them locked, so that never both sides take writes; the cutover that succeeds opens them all.
    """
    found: set[str] = set()
    for one in newest_first:
        if one.state.decided:
            return frozenset(found if one.direction == direction else found | set(one.changes.source_accounts))
        if one.direction == direction:
            found |= set(one.changes.target_accounts)
    return frozenset(found)
