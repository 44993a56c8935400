"""Moments as JSON: always UTC, always said so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def utc(moment: datetime) -> datetime: ...
@overload
def utc(moment: None) -> None: ...
def utc(moment: datetime | None) -> datetime | None:
    """A moment with its zone; the control schema's have none and are UTC."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def text(moment: datetime) -> str:
    """As JSON shows it: ``2026-01-31T12:00:00.123Z``."""
    return f"{utc(moment).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
