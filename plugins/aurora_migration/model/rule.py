"""What was changed on purpose on the way from source to target, and why it is not a difference.

A rule has a stable name; every application is kept as a value, so that the report can list it and verification
can class the change as "changed on purpose" instead of as a difference.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class AppliedRule:
    """One application of a named rule to one object, by its target name (``table shop.orders``)."""

    rule: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}: {self.detail}"
