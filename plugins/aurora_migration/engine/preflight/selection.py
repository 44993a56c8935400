"""Parts of the migration file that match nothing on the source: often a typing mistake.

That an include rule or a table of the run matches nothing is an error of the plan itself; here are the parts
with which a plan can still be made, but hardly the one that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.model.finding import Finding, note, warning


def check_exclude_rules(context: Context) -> Iterator[Finding]:
    """Exclude rules that leave nothing out."""
    for rule in context.config.selection:
        if rule.exclude is not None and not any(rule.matches(name) for name in context.source_names):
            yield warning(
                "exclude-rule-unmatched",
                f"exclude: {rule.exclude}",
                "matches no table or view of the schemas that are included",
                "correct the pattern, or remove the rule from selection",
            )


def check_renames(context: Context) -> Iterator[Finding]:
    """Renames of something that the selection does not have."""
    config = context.config
    selected = {str(name) for name in context.source_names if config.selects(name)}
    schemas = {name.schema for name in context.source_names} | set(context.plan.schemas)
    unmatched = [("schemas", name) for name in config.renames.schemas if name not in schemas]
    unmatched += [("tables", name) for name in config.renames.tables if name not in selected]
    for key, name in unmatched:
        yield warning(
            "rename-unmatched",
            f"renames.{key}: {name}",
            "names nothing that the selection takes, so nothing is renamed by it",
            "correct the name (names are compared letter by letter), or remove the entry",
        )


def check_schemas_without_tables(context: Context) -> Iterator[Finding]:
    """Whole schemas of the selection in which there is no table to load."""
    with_tables = {planned.mapping.source.schema for planned in context.plan.tables}
    for schema in context.plan.whole_schemas:
        if schema not in with_tables:
            yield note("schema-without-tables", schema, "has no table; its views, routines and events come along")
