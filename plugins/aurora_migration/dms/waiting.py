"""Waits as values: what is waited for, and whether it is over. Nothing here sleeps.

A wait holds identifiers and ARNs only, since Airflow keeps it in its database while a task is deferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from aurora_migration.dms import describe
from aurora_migration.dms.observed import AT_REST

_SETTLED: Final = {
    "instance": frozenset(
        {
            "available",
            "failed",
            "storage-full",
            "incompatible-network",
            "incompatible-credentials",
            "deleted",
            "absent",
        }
    ),
    "connection": frozenset({"successful", "failed", "absent"}),
    "task": AT_REST | {"running", "failed-move", "absent"},
    "replication": AT_REST | {"running", "absent"},
}


@dataclass(frozen=True, slots=True)
class Wait:
    """Until a resource settles, or with ``gone`` is absent; a connection is (instance ARN, endpoint ARN)."""

    kind: str
    identifiers: tuple[str, ...]
    gone: bool = False

    def __str__(self) -> str:
        what = "to be gone" if self.gone else "to settle"
        return f"{self.kind} {' '.join(self.identifiers)} {what}"

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "identifiers": list(self.identifiers), "gone": self.gone}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(stored["kind"], tuple(stored["identifiers"]), bool(stored["gone"]))


def look(client: Any, wait: Wait) -> tuple[bool, str]:
    """Whether the wait is over, and the status that was seen. Raises: MigrationError."""
    if wait.kind == "connection":
        found = describe.connection(client, *wait.identifiers)
        seen = "absent" if found is None else str(found["Status"])
    else:
        seen = describe.status(client, describe.KINDS[wait.kind], wait.identifiers[0])
    if wait.gone:
        return seen == "absent", seen
    return seen in _SETTLED[wait.kind], seen
