"""The whole comparison of two servers: structure first, then every row of every table both sides have.

Unequal structure never stops the rows from being compared; a table that cannot be read with the same columns
on both sides counts as unequal and says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from local.oracle.columns import read_columns
from local.oracle.rows import Side, TableComparison, compare_table
from local.oracle.session import ServerParams, Session
from local.oracle.structure import Difference, base_tables, compare_structure

Progress = Callable[[TableComparison], None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that was compared and everything that differs."""

    tables: tuple[TableComparison, ...]
    differences: tuple[Difference, ...]
    seconds: float

    @property
    def equal(self) -> bool:
        """True when at least one table was compared and nothing differs."""
        return bool(self.tables) and not self.differences and all(table.equal for table in self.tables)

    @property
    def rows(self) -> int:
        """Rows read from the source."""
        return sum(table.source_rows for table in self.tables)

    def problems(self) -> list[str]:
        """One line for each thing that differs, examples of rows below their table."""
        lines = [str(difference) for difference in self.differences]
        for table in self.tables:
            if not table.equal:
                lines.append(
                    f"rows of {table.source}: {table.source_rows} -> {table.target_rows} or other content"
                )
                lines += [f"  {example}" for example in table.examples]
        return lines

    def __str__(self) -> str:
        verdict = "equal" if self.equal else "NOT EQUAL"
        head = f"{verdict}: {len(self.tables)} tables, {self.rows:,} rows, {self.seconds:.1f} s"
        return "\n".join([head, *self.problems()])


def compare_databases(
    source: ServerParams,
    target: ServerParams,
    databases: Mapping[str, str] | Iterable[str],
    *,
    without: Collection[str] = (),
    structure: bool = True,
    examples: int = 5,
    progress: Progress | None = None,
) -> Comparison:
    """Compare these databases of two servers: names, or source name to target name.

    `without` holds source tables ("database.table") that were not migrated. `examples` bounds the rows named
    for each unequal table. `progress` is called after each table.

    Raises:
        MySQLdb.Error: a server could not be read.
    """
    started = time.monotonic()
    pairs = dict(databases) if isinstance(databases, Mapping) else {name: name for name in databases}
    left_out = frozenset(without)
    tables: list[TableComparison] = []
    with Session(source) as one, Session(target) as other:
        differences = compare_structure(one, other, pairs, left_out) if structure else []
        with Session(source, raw=True) as ours, Session(target, raw=True) as theirs:
            for old, new in pairs.items():
                existing = set(base_tables(other, new))
                for table in base_tables(one, old):
                    if f"{old}.{table}" in left_out:
                        continue
                    columns, others = read_columns(one, old, table), read_columns(other, new, table)
                    problem = unreadable(columns.column_names, others.column_names, table in existing)
                    if problem:
                        differences.append(Difference("rows", f"{new}.{table}", problem))
                        continue
                    tables.append(compare_table(Side(ours, columns), Side(theirs, others), examples))
                    if progress:
                        progress(tables[-1])
    return Comparison(tuple(tables), tuple(differences), time.monotonic() - started)


def unreadable(ours: list[str], theirs: list[str], exists: bool) -> str | None:
    """Why the rows of a table cannot be compared, or None."""
    if not exists:
        return "not compared: the table is missing on the target"
    if ours != theirs:
        return f"not compared: columns {', '.join(ours)} -> {', '.join(theirs)}"
    return None
