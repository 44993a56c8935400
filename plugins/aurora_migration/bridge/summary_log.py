"""The last lines of a task: what it did, as a small table of plain text that is aligned in any log viewer.

One log record a line, since viewers put their own text in front of each. Numbers have thousands separators and
stand to the right; what is not known is a dash; long tables are cut after their largest rows and say so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_log = logging.getLogger(__name__)
MOST: Final = 30
_WIDEST: Final = 60  # of a column
_LONGEST: Final = 400  # of a value that has its line to itself
_GAP: Final = "   "
_DASH: Final = "–"
Cell = str | int | float | None


def log_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], total: Sequence[Cell] | None = None
) -> None:
    """Log rows under their columns, and what they come to."""
    for line in table(title, columns, rows, total):
        _log.info("%s", line)


def log_summary(title: str, summary: Mapping[str, Any]) -> None:
    """Log the summary that a phase returns, one value a line."""
    for line in values(title, summary):
        _log.info("%s", line)


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], total: Sequence[Cell] | None = None
) -> Iterator[str]:
    """The lines of a table; a column of numbers is aligned to the right."""
    if not rows:
        yield f"{title}: none"
        return
    shown = [*rows[:MOST], *([total] if total is not None else [])]
    right = [
        all(isinstance(row[at], (int, float, type(None))) for row in rows[:MOST]) for at in range(len(columns))
    ]
    texts = [list(columns), *([_text(cell) for cell in row] for row in shown)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(columns))]

    def line(cells: Sequence[str]) -> str:
        parts = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(cells, widths, right, strict=True)
        ]
        return _GAP.join(parts).rstrip()

    yield title
    yield line(texts[0])
    body = texts[1:] if total is None else texts[1:-1]
    yield from map(line, body)
    if len(rows) > MOST:
        yield f"… and {len(rows) - MOST:,} more"
    if total is not None:
        yield line(texts[-1])


def sums(rows: Sequence[Sequence[Cell]]) -> list[Cell]:
    """The total of rows: the sum of each column of numbers but the first one."""
    cells: list[Cell] = ["total"]
    for column in list(zip(*rows, strict=True))[1:]:
        numbers = [cell for cell in column if isinstance(cell, (int, float))]
        cells.append(sum(numbers) if len(numbers) == len(column) else "")
    return cells


def values(title: str, summary: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a summary; a list is its number and its first words, what is nested stays where it is kept."""
    told = {key.replace("_", " "): value for key, value in summary.items() if not isinstance(value, Mapping)}
    names = max(map(len, told), default=0)
    width = max((len(_value(value)) for value in told.values() if _is_number(value)), default=0)
    yield title
    for name, value in told.items():
        text = _value(value)
        yield f"  {name.ljust(names)}{_GAP}{text.rjust(width) if _is_number(value) else text}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        words = ", ".join(map(str, value[:3])) + (", …" if len(value) > 3 else "")
        return f"{len(value):,}" + (f": {_cut(words)}" if value and not isinstance(value[0], Mapping) else "")
    if isinstance(value, (int, float, type(None))):
        return _text(value)
    return _cut(" ".join(str(value).split()), _LONGEST)


def _text(cell: Cell) -> str:
    if cell is None:
        return _DASH
    if isinstance(cell, float):
        return f"{cell:,.1f}"
    if isinstance(cell, int):
        return f"{cell:,}"
    return _cut(" ".join(cell.split()))


def _cut(text: str, most: int = _WIDEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
