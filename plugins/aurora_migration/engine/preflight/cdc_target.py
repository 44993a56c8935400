"""What on the target would act on applied rows, or write beside them, while it follows the source.

Triggers of the source have acted already when a row is in its binlog, so on the target they wait for cutover.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.model.config import MigrationType, TargetTablePrepMode
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.names import TableName
from aurora_migration.sql.library import statement


def check_following_events(context: Context) -> Iterator[Finding]:
    """Enabled events on the target whose text names a table that the migration fills."""
    if not context.follows_changes or not context.target_schemas or not context.target.is_on("event_scheduler"):
        return
    rows = context.target.session.query(statement("preflight/events"), {"schemas": context.target_schemas})
    tables = sorted({planned.target.name for planned in context.plan.tables})
    for row in rows:
        named = [name for name in tables if row["status"] == "ENABLED" and _mentions(row["text"] or "", name)]
        if named:
            yield warning(
                "target-event-writes",
                f"{row['schema_name']}.{row['name']}",
                f"is enabled on the target, and its text names tables that follow the source: {listed(named)}",
                "ALTER EVENT … DISABLE on the target until cutover, if it writes to them",
            )


def check_following_tables(context: Context) -> Iterator[Finding]:
    """Tables that a migration of changes alone expects on the target."""
    if not context.follows_changes or context.config.type is not MigrationType.CDC:
        return
    missing = [planned.target for planned in context.plan.tables if context.existing(planned) is None]
    if missing:
        yield blocker(
            "target-table-missing",
            context.target.label,
            f"does not have these tables, which changes alone do not bring: {listed(missing)}",
            "set type: full-load-and-cdc in the migration file, or load them first",
        )


def check_following_triggers(context: Context) -> Iterator[Finding]:
    """Triggers on the target's tables; those that the source does not have stop every load already."""
    drops = context.options.prep_mode is TargetTablePrepMode.DROP_AND_CREATE
    if not context.follows_changes or not context.target_tables or drops:
        return
    alone = context.config.type is MigrationType.CDC
    own = {(one.table, one.name.name) for one in context.objects if one.kind == "trigger"}
    there: dict[TableName, list[str]] = {}
    for row in context.target.session.query(statement("preflight/triggers"), {"schemas": context.target_schemas}):
        table = context.on_target(TableName(row["schema_name"], row["table_name"]))
        there.setdefault(table, []).append(row["name"])
    for planned in context.plan.tables:
        triggers = there.get(context.on_target(planned.target), [])
        waiting = [name for name in triggers if (planned.mapping.source, name) in own]
        if alone and triggers:
            yield blocker(
                "target-trigger-fires",
                planned.target,
                f"has triggers on the target, which fire for every applied row: {listed(triggers)}",
                "drop them on the target; the source's are created at cutover",
            )
        elif waiting and not alone:
            yield warning(
                "target-trigger-waits",
                planned.target,
                f"has triggers on the target that this run drops and cutover creates again: {listed(waiting)}",
                "see that nothing but this migration writes to the table on the target until then",
            )


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
