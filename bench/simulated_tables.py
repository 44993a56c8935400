"""A source of ten terabytes that no machine here holds: tables with statistics and keys, and no rows.

What the planner asks about keys is answered by arithmetic, as a server would by its index; the estimates are wrong
by chance (`ERROR`), from a seed. Keys come in runs of equal steps, so dense, gappy, skewed and composite keys are
lists of a few numbers.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from aurora_migration.model.chunk import Bound
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.table import Column, Key, KeyPart, Table

ERROR: Final = 0.35  # standard deviation of the logarithm of an estimate
ROW_BYTES: Final = 220
GIB: Final = 1 << 30
TIB: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class KeyRun:
    """``rows`` keys from ``first`` on, ``step`` apart, all below the same leading column."""

    leading: tuple[int, ...]
    first: int
    step: int
    rows: int

    def key(self, place: int) -> tuple[int, ...]:
        """The key of the ``place``-th row, from 0."""
        return (*self.leading, self.first + self.step * place)

    def up_to(self, edge: tuple[int, ...]) -> int:
        """How many of its keys are at or before ``edge``, whose leading columns are this run's."""
        if len(edge) <= len(self.leading):
            return self.rows
        return max(0, min(self.rows, (edge[-1] - self.first) // self.step + 1))


@dataclass(slots=True)
class SimulatedKeys:
    """Answers what `engine.fullload.cutting` asks, and counts questions and the keys that a server would read."""

    runs: dict[TableName, list[KeyRun]]
    seed: int
    questions: int = 0
    keys_read: int = 0
    _ends: dict[TableName, list[int]] = field(default_factory=dict)
    _starts: dict[TableName, list[tuple[int, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, runs in self.runs.items():
            self._ends[name] = list(accumulate(run.rows for run in runs))
            self._starts[name] = [run.key(0) for run in runs]

    def last(self, table: Table) -> Bound:
        return self._asked(table, self._ends[table.name][-1])

    def nth(self, table: Table, lower: Bound, upper: Bound, rows: int) -> Bound:
        place = self.rank(table.name, lower, 0) + rows
        self.keys_read += rows - 1
        return self._asked(table, place) if place <= self._last(table, upper) else None

    def before(self, table: Table, edge: tuple[str, ...], lower: Bound, upper: Bound) -> Bound:
        place = min(self.rank(table.name, edge, 0), self._last(table, upper))
        return self._asked(table, place) if place > self.rank(table.name, lower, 0) else None

    def estimate(self, table: Table, lower: Bound, upper: Bound) -> int:
        self.questions += 1
        rows = self._last(table, upper) - self.rank(table.name, lower, 0)
        chance = random.Random(f"{self.seed} {table.name} {lower} {upper}")
        wrong = rows * chance.lognormvariate(0, ERROR)
        return max(1, min(round(wrong), self._ends[table.name][-1] // 2))

    def rank(self, name: TableName, bound: Bound, open_end: int) -> int:
        """How many keys are at or before a bound, which may be the leading columns alone."""
        if bound is None:
            return open_end
        edge = tuple(map(int, bound))
        after = bisect_right(self._starts[name], edge, key=lambda start: start[: len(edge)])
        if after == 0:
            return 0
        run = self.runs[name][after - 1]
        before = self._ends[name][after - 1] - run.rows
        return before + (run.up_to(edge) if run.key(0)[: len(edge) - 1] == edge[:-1] else run.rows)

    def _last(self, table: Table, upper: Bound) -> int:
        return self.rank(table.name, upper, self._ends[table.name][-1])

    def _asked(self, table: Table, place: int) -> Bound:
        """The key of a rank, from 1."""
        self.questions += 1
        self.keys_read += 1
        ends = self._ends[table.name]
        number = bisect_left(ends, place)
        run = self.runs[table.name][number]
        return tuple(map(str, run.key(place - 1 - (ends[number] - run.rows))))


def population(seed: int, tables: int, total: int, largest: int) -> tuple[list[PlannedTable], SimulatedKeys]:
    """``tables`` tables of ``total`` bytes: one of ``largest`` bytes, many tiny ones, keys of every kind."""
    chance = random.Random(seed)
    sizes = [largest, *_pareto(chance, tables - 1, total - largest, largest // 2)]
    planned, runs = [], {}
    for number, size in enumerate(sizes):
        name = TableName("simulated", f"t{number:05}")
        rows = max(1, size // ROW_BYTES)
        kind = "tenants" if number == 0 else chance.choice(("dense", "gaps", "skewed", "tenants"))
        runs[name] = _KINDS[kind](chance, rows)
        planned.append(
            PlannedTable(_table(name, rows, size, composite=kind == "tenants"), TableMapping(name, name))
        )
    return planned, SimulatedKeys(runs, seed)


def _pareto(chance: random.Random, number: int, total: int, most: int) -> list[int]:
    """Sizes of which few are large and most tiny, none over ``most``, about ``total`` together."""
    weights = [chance.paretovariate(0.9) for _ in range(number)]
    scale = total / sum(weights)
    for _ in range(30):  # what the limit takes from the largest goes to the others
        sizes = [min(most, round(weight * scale)) for weight in weights]
        scale *= total / sum(sizes)
    return sizes


def _dense(_: random.Random, rows: int) -> list[KeyRun]:
    return [KeyRun((), 1, 1, rows)]


def _gaps(chance: random.Random, rows: int) -> list[KeyRun]:
    """Sparse random-looking identifiers, a hole, and one key far beyond all others."""
    step = chance.randrange(2, 5000)
    half = rows // 2
    runs = [KeyRun((), 1, step, half), KeyRun((), 1 << 50, step, rows - half - 1), KeyRun((), (1 << 63) - 1, 1, 1)]
    return [run for run in runs if run.rows > 0]


def _skewed(_: random.Random, rows: int) -> list[KeyRun]:
    """Nine tenths of the rows in a millionth of the key space."""
    few = rows // 20
    runs = [KeyRun((), 1, 10**6, few), KeyRun((), 10**17, 1, rows - 2 * few), KeyRun((), 2 * 10**17, 10**6, few)]
    return [run for run in runs if run.rows > 0]


def _tenants(chance: random.Random, rows: int) -> list[KeyRun]:
    """(tenant, id): the first tenant has half of the rows, the others ever fewer."""
    runs: list[KeyRun] = []
    left, tenant = rows, 0
    while left > 0 and tenant < 400:
        tenant += chance.randrange(1, 50)
        share = max(1, left // 2) if not runs else max(1, left // 12)
        runs.append(KeyRun((tenant,), 1, 1, left if tenant >= 400 else min(left, share)))
        left -= runs[-1].rows
    return runs if left <= 0 else [*runs, KeyRun((tenant + 1,), 1, 1, left)]


_KINDS: Final = {"dense": _dense, "gaps": _gaps, "skewed": _skewed, "tenants": _tenants}


def _table(name: TableName, rows: int, size: int, *, composite: bool) -> Table:
    names = ("tenant", "id") if composite else ("id",)
    columns = tuple(Column(column, place, "bigint", "bigint", False) for place, column in enumerate(names, 1))
    key = Key("PRIMARY", tuple(KeyPart(column) for column in names), True)
    return Table(name, "InnoDB", columns, (key,), row_estimate=rows, data_bytes=size)
