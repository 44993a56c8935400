"""Tables that already are where the plan's tables go.

With ``do-nothing`` a table must be absent or empty and of the same definition, unless this migration itself has
loaded it before. ``truncate-before-load`` keeps definitions, so these must agree; what the other modes delete is
told beforehand. Whether tables have rows is asked for many tables at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.engine.preflight.table_difference import differences, suspects
from aurora_migration.model.config import MigrationType, TargetTablePrepMode
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.table import Table
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, join, qualified, raw

_TABLES_A_QUERY: Final = 100
_MODES: Final = "target_table_prep_mode"


def check_target_definitions(context: Context) -> Iterator[Finding]:
    """Tables of another definition than the plan's."""
    if context.options.prep_mode is TargetTablePrepMode.DROP_AND_CREATE:
        return
    existing = list(_existing(context))
    for planned in suspects(context.source, context.target, existing) if existing else ():
        found = differences(context.source.session, context.target.session, context.plan, planned)
        if found:
            yield blocker(
                "target-table-differs",
                planned.target,
                f"is on the target with another definition: {'; '.join(found)}",
                f"drop or alter it on the target, or run with {_MODES} = drop-and-create",
            )


def check_target_rows(context: Context) -> Iterator[Finding]:
    """Tables with rows that this migration has not put there, or that the run will delete."""
    if context.config.type is MigrationType.CDC:
        return  # changes alone go on with the rows that are there, and delete none
    existing = [planned for planned, _ in _existing(context)]
    filled = tables_with_rows(context.target.session, [planned.target for planned in existing])
    mode = context.options.prep_mode
    for planned in existing:
        has_rows = planned.target in filled
        if mode is TargetTablePrepMode.DO_NOTHING:
            if has_rows and not context.is_loaded(planned):
                yield blocker(
                    "target-table-has-rows",
                    planned.target,
                    "is on the target and has rows that this migration has not loaded",
                    f"empty it, or run with {_MODES} = truncate-before-load or drop-and-create (both delete them)",
                )
        elif has_rows:
            yield warning(
                "target-rows-deleted",
                planned.target,
                f"has rows, and {_MODES} = {mode} deletes them",
                f"run with {_MODES} = do-nothing to keep them",
            )
    kept = [p.target for p in existing if p.target in filled and context.is_loaded(p)]
    if kept and mode is TargetTablePrepMode.DO_NOTHING:
        yield note("target-table-loaded", context.target.label, f"loaded before, goes on there: {listed(kept)}")


def check_target_only_tables(context: Context) -> Iterator[Finding]:
    """Tables of the plan's schemas on the target that the plan knows nothing of."""
    planned = {context.on_target(table.target) for table in context.plan.tables}
    others = sorted(table.name for name, table in context.target_tables.items() if name not in planned)
    if others:
        yield note(
            "target-has-other-tables",
            context.target.label,
            f"has tables in these schemas that do not come from this migration: {listed(others)}",
            "if they are left over, drop them; this migration leaves them alone",
        )


def tables_with_rows(session: Session, names: Sequence[TableName]) -> frozenset[TableName]:
    """Which of some existing tables have a row."""
    found: set[TableName] = set()
    for start in range(0, len(names), _TABLES_A_QUERY):
        part = names[start : start + _TABLES_A_QUERY]
        rows = session.query(has_rows_query(part))
        found |= {part[row["number"]] for row in rows if row["has_rows"]}
    return frozenset(found)


def has_rows_query(names: Sequence[TableName]) -> Fragment:
    """One query for several tables; rows carry a table's number in ``names``."""
    return join(
        (
            statement("preflight/has_rows", number=raw(str(number)), table=qualified(name))
            for number, name in enumerate(names)
        ),
        " UNION ALL ",
    )


def _existing(context: Context) -> Iterator[tuple[PlannedTable, Table]]:
    for planned in context.plan.tables:
        table = context.existing(planned)
        if table is not None:
            yield planned, table
