"""Predicates over key ranges, shared by load, verification and change apply.

MySQL does not use an index for row constructors, so ``(a, b) > (x, y)`` is written out as ORs of ANDs, led by a
plain comparison of the first column that lets the optimizer start the range scan.
"""

from __future__ import annotations

from collections.abc import Sequence

from aurora_migration.model.chunk import Bound
from aurora_migration.model.table import Column
from aurora_migration.sql.literals import literal
from aurora_migration.sql.quoting import Fragment, identifier, join, raw


def key_range(columns: Sequence[Column], lower: Bound, upper: Bound) -> Fragment:
    """``lower < key <= upper``; an open end is left out; TRUE if both are open."""
    parts = []
    if lower is not None:
        parts.append(_beyond(columns, lower, ">", inclusive=False))
    if upper is not None:
        parts.append(_beyond(columns, upper, "<", inclusive=True))
    return join(parts, " AND ") if parts else raw("TRUE")


def key_order(columns: Sequence[Column]) -> Fragment:
    """The key's columns for ORDER BY."""
    return join((identifier(column.name) for column in columns), ", ")


def _beyond(columns: Sequence[Column], bound: tuple[str, ...], sign: str, *, inclusive: bool) -> Fragment:
    last = len(columns) - 1
    if last == 0:
        return _compare(columns[0], f"{sign}=" if inclusive else sign, bound[0])
    choices = []
    for index in range(len(columns)):
        equal = [_compare(columns[i], "=", bound[i]) for i in range(index)]
        edge = f"{sign}=" if inclusive and index == last else sign
        choices.append(join([*equal, _compare(columns[index], edge, bound[index])], " AND "))
    spread = raw("(") + join((raw("(") + choice + raw(")") for choice in choices), " OR ") + raw(")")
    return raw("(") + _compare(columns[0], f"{sign}=", bound[0]) + raw(" AND ") + spread + raw(")")


def _compare(column: Column, sign: str, text: str) -> Fragment:
    return identifier(column.name) + raw(f" {sign} ") + literal(column, text)
