"""Repairs rows that differ: by key, from the source, in one target transaction per chunk.

`review` keeps the statements for a person to read. `apply` deletes just the differing rows on the target, copies
them from the source, compares the chunk again inside the transaction and commits only if it is equal; the
incident commits with it. Triggers of the table would fire on these writes, so they must be dropped before
(`drop_triggers`) and made again after by whoever made them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_migration.engine.verify.drilldown import described, differing_rows, key_condition
from aurora_migration.engine.verify.scope import Side, measure, sides
from aurora_migration.errors import DataMismatchError
from aurora_migration.model.chunk import Chunk
from aurora_migration.model.config import RepairMode, VerificationLevel
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.report import DifferenceKind, RowDifference
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import writer_for
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, identifier, join, qualified, raw
from aurora_migration.sql.row_text import RowStyle, row_builder, row_values
from aurora_migration.store.control import Control
from aurora_migration.store.incidents import save_incident

_KEYS_PER_STATEMENT: Final = 200


@dataclass(frozen=True, slots=True)
class RepairContext:
    """What repair needs; ``target`` is set up for bulk writing."""

    source: Session
    reader: RowReader
    target: Session
    control: Control
    run_id: str
    style: RowStyle
    mode: RepairMode


def repair_chunk(context: RepairContext, planned: PlannedTable, chunk: Chunk) -> int:
    """Repair one chunk, or keep the statements that would; the number of rows that differ.

    Raises: DataMismatchError if the chunk still differs after it (nothing is then changed), RetryableError.
    """
    pair = sides(context.source, context.target, planned)
    rows = differing_rows(pair, chunk)
    if not rows:
        return 0
    deletes = [delete.plain + ";" for delete in _deletes(pair[1], rows)]
    copies = [
        f"-- from the source: {_select(pair[0], where, raw('*')).plain};"
        for where in _conditions(pair[0], rows, on_source=True)
    ]
    words = [described(pair[0], row).detail for row in rows]
    if context.mode is RepairMode.REVIEW:
        save_incident(
            context.target, context.control, context.run_id, str(chunk), "review", words, [*deletes, *copies]
        )
        return sum(row.rows for row in rows)
    context.target.set_variable("unique_checks", 1)  # a load's 0 would let doubles into unique indexes unseen
    with context.target.transaction():
        for delete in _deletes(pair[1], rows):
            context.target.execute(delete)
        writer_for(context.style)(context.target, pair[1].table, _source_rows(context, pair[0], rows))
        if measure(VerificationLevel.CHECKSUM, pair[0], chunk) != measure(
            VerificationLevel.CHECKSUM, pair[1], chunk
        ):
            raise DataMismatchError(
                f"{chunk} still differs after its rows were copied again; nothing was changed",
                remedy="the source may be written to: verify again when it is quiet",
            )
        save_incident(
            context.target, context.control, context.run_id, str(chunk), "applied", words, [*deletes, *copies]
        )
    return sum(row.rows for row in rows)


def trigger_names(session: Session, table: TableName) -> list[str]:
    """The triggers of a table."""
    found = session.query(statement("verify/table_triggers"), {"schema": table.schema, "table": table.name})
    return [row["name"] for row in found]


def drop_triggers(target: Session, table: TableName) -> int:
    """Drop the triggers of a target table; how many there were."""
    names = trigger_names(target, table)
    for name in names:
        trigger = identifier(table.schema) + raw(".") + identifier(name)
        target.execute(statement("verify/drop_trigger", trigger=trigger))
    return len(names)


def _deletes(side: Side, rows: Sequence[RowDifference]) -> Iterator[Fragment]:
    for condition in _conditions(side, rows, on_source=False):
        yield statement("verify/delete_rows", table=qualified(side.table.name), condition=condition)


def _source_rows(context: RepairContext, side: Side, rows: Sequence[RowDifference]) -> Iterator[list[bytes]]:
    build = row_builder(side.table, context.style)
    for condition in _conditions(side, rows, on_source=True):
        yield from context.reader.value_rows(_select(side, condition, row_values(side.table)), build)


def _select(side: Side, condition: Fragment, row: Fragment) -> Fragment:
    return statement("verify/select_rows", row=row, table=qualified(side.table.name), condition=condition)


def _conditions(side: Side, rows: Sequence[RowDifference], *, on_source: bool) -> Iterator[Fragment]:
    """Predicates over the rows that are on one side, a few hundred keys each; all rows if there is no key."""
    if not side.key_columns:
        yield raw("TRUE")
        return
    absent = DifferenceKind.EXTRA if on_source else DifferenceKind.MISSING
    keys = [row.key for row in rows if row.kind is not absent]
    for start in range(0, len(keys), _KEYS_PER_STATEMENT):
        batch = keys[start : start + _KEYS_PER_STATEMENT]
        yield join((raw("(") + key_condition(side, key) + raw(")") for key in batch), " OR ")
