"""The page says at the load how it has waited, and for what it waits now."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from aurora_migration.web.run_view import throttled


def _steps() -> list[dict[str, Any]]:
    return [{"phase": "plan", "summary": {"units": 3}}, {"phase": "load", "summary": {}}]


def test_a_load_that_never_waited_says_nothing() -> None:
    steps = _steps()
    throttled(steps, None)
    assert steps == _steps()


def test_pauses_are_counted_and_those_that_last_are_named() -> None:
    row = {"pauses": 3, "seconds": Decimal("61.512"), "waiting_units": Decimal(0), "reason": "target has …"}
    steps = _steps()
    throttled(steps, row)
    assert steps[0] == _steps()[0]
    assert steps[1]["summary"] == {"pauses": 3, "paused_seconds": 62}
    throttled(steps, {**row, "waiting_units": Decimal(2)})
    assert steps[1]["summary"] == {
        "pauses": 3,
        "paused_seconds": 62,
        "units_waiting_now": 2,
        "waiting_because": "target has …",
    }
