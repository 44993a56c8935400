"""How much slower this machine's processor is than a usual one: limits in processor time follow it."""

from __future__ import annotations

import json
import time
from typing import Final

USUAL_SECONDS: Final = 0.025  # what `_work` takes on a processor of 2024
_ROWS: Final = [{"name": f"table {number}", "rows": number, "state": "loaded"} for number in range(500)]


def delayed() -> float:
    """The same in time that passes: also what others leave of the processor counts."""
    worst = 0.0
    for _ in range(3):
        before = time.monotonic()
        _work()
        worst = max(worst, time.monotonic() - before)
    return max(1.0, worst / USUAL_SECONDS)


def slower() -> float:
    """1 on a usual processor or a faster one, else how many times longer it takes for the same work.

    The worst of three tries counts, since neighbours slow a processor for moments.
    """
    return max(1.0, *(_work() / USUAL_SECONDS for _ in range(3)))


def _work() -> float:
    """Processor seconds of a fixed piece of work, of the kind that our pages do: text from many small values."""
    began = time.process_time()
    for _ in range(40):
        rows = json.loads(json.dumps(_ROWS))
        "".join(f"<td>{row['name']}</td>" for row in sorted(rows, key=lambda row: str(row["rows"])))
    return time.process_time() - began
