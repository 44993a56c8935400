"""What on the target is in the way of the plan's tables and views, or would act while rows are loaded."""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.engine.preflight import scope
from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.engine.preflight.server import Server
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
    """Triggers on tables that are about to be loaded: they would fire for every row."""
    if not context.target_tables or context.options.prep_mode is TargetTablePrepMode.DROP_AND_CREATE:
        return
    rows = context.target.session.query(statement("preflight/triggers"), {"schemas": context.target_schemas})
    firing: dict[TableName, list[str]] = {}
    for row in rows:
        table = context.on_target(TableName(row["schema_name"], row["table_name"]))
        firing.setdefault(table, []).append(row["name"])
    for planned in context.plan.tables:
        triggers = firing.get(context.on_target(planned.target))
        if triggers and not _loaded_before(context, str(planned.target)):
            yield blocker(
                "target-trigger",
                planned.target,
                f"has triggers on the target that would fire for every row loaded: {listed(triggers)}",
                "drop them on the target; the source's own triggers are created after the load",
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


def check_target_expressions(context: Context) -> Iterator[Finding]:
    """Generated columns and CHECK constraints of existing tables that compute or refuse something else."""
    existing = {p.mapping.source: p.target for p in context.plan.tables if context.existing(p) is not None}
    if not existing or context.options.prep_mode is TargetTablePrepMode.DROP_AND_CREATE:
        return
    ours = _expressions(context.source, context.plan.schemas)
    theirs = _expressions(context.target, context.target_schemas)
    for source, target in existing.items():
        mine, its = ours.get(_as_kept(context.source, source), {}), theirs.get(context.on_target(target), {})
        changed = sorted(name for name in mine.keys() | its.keys() if mine.get(name) != its.get(name))
        if changed:
            yield warning(
                "target-expression-differs",
                target,
                f"is on the target with other expressions: {listed(changed)}",
                "compare SHOW CREATE TABLE on both sides; drop the table there unless only the spelling differs",
            )


def _as_kept(server: Server, name: TableName) -> TableName:
    return TableName(server.same_name(name.schema), server.same_name(name.name))


def _expressions(server: Server, schemas: tuple[str, ...]) -> dict[TableName, dict[str, str]]:
    found: dict[TableName, dict[str, str]] = {}
    for row in server.session.query(statement("preflight/expressions"), {"schemas": schemas}):
        table = _as_kept(server, TableName(row["schema_name"], row["table_name"]))
        found.setdefault(table, {})[f"{row['kind']} {row['name']}"] = row["expression"]
    return found


def _loaded_before(context: Context, name: str) -> bool:
    return context.options.prep_mode is TargetTablePrepMode.DO_NOTHING and name in context.loaded
