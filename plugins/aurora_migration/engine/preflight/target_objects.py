"""What on the target is in the way of the plan's tables and views, or would act while rows are loaded."""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.engine.preflight import scope
from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.names import TableName
from aurora_migration.sql.library import statement


def check_names_taken(context: Context) -> Iterator[Finding]:
    """Views where tables go, tables where views go."""
    views = [context.config.target_name(one.name) for one in context.objects if one.kind == "view"]
    for name, wanted in [*((p.target, "table") for p in context.plan.tables), *((v, "view") for v in views)]:
        kind = context.target_names.get(context.on_target(name))
        if kind is not None and (kind == "VIEW") != (wanted == "view"):
            there = "view" if kind == "VIEW" else "table"
            yield blocker(
                "target-name-taken",
                name,
                f"is a {there} on the target, where a {wanted} goes",
                f"drop the {there} on the target, or rename on one side",
            )


def check_target_triggers(context: Context) -> Iterator[Finding]:
    """Triggers, other than the source's own, that would fire for every row loaded."""
    mode = context.options.prep_mode
    if not context.target_tables or mode is TargetTablePrepMode.DROP_AND_CREATE:
        return
    own = {(one.table, one.name.name) for one in context.objects if one.kind == "trigger"}
    rows = context.target.session.query(statement("preflight/triggers"), {"schemas": context.target_schemas})
    there: dict[TableName, list[str]] = {}
    for row in rows:
        table = context.on_target(TableName(row["schema_name"], row["table_name"]))
        there.setdefault(table, []).append(row["name"])
    for planned in context.plan.tables:
        triggers = there.get(context.on_target(planned.target), [])
        strange = [name for name in triggers if (planned.mapping.source, name) not in own]
        if strange and mode is TargetTablePrepMode.DO_NOTHING:
            yield blocker(
                "target-trigger",
                planned.target,
                f"has triggers on the target that the source does not have: {listed(strange)}",
                "drop them on the target, since they would fire for every row loaded",
            )
        elif strange:
            yield warning(
                "target-trigger-dropped",
                planned.target,
                f"has triggers on the target that this run drops: {listed(strange)}",
                "note their text (SHOW CREATE TRIGGER) to create them again",
            )


def check_target_references(context: Context) -> Iterator[Finding]:
    """Foreign keys of tables outside the plan, whose parent rows the run deletes."""
    if context.options.prep_mode is TargetTablePrepMode.DO_NOTHING:
        return
    planned = {context.on_target(table.target): table for table in context.plan.tables}
    for key in scope.foreign_keys(context.target.session, context.target_schemas):
        parent = planned.get(context.on_target(key.parent))
        if parent is not None and context.on_target(key.child) not in planned:
            yield warning(
                "target-table-referenced",
                parent.target,
                f"is referenced on the target by the {key}, which this migration does not know: its rows may "
                "point at nothing once the parent's are deleted",
                "drop that foreign key on the target, or take its table into the selection",
            )
