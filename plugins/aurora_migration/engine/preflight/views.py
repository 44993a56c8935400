"""Views: broken ones, ones that cannot be read, and ones that use what does not come along.

A view is created when everything it uses is there; a view that cannot be created is found here, and not after
hours of loading.
"""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.mapping import RESERVED
from aurora_migration.engine.preflight.remedies import grant
from aurora_migration.engine.preflight.scope import Reference
from aurora_migration.model.finding import Finding, blocker, warning


def check_broken_views(context: Context) -> Iterator[Finding]:
    """Views that the source itself cannot use, by its own words."""
    for name, comment in sorted(context.broken_views.items()):
        yield warning(
            "view-broken",
            name,
            f"does not work on the source and is not created: {comment}",
            f"repair or drop it there, or leave it out (exclude: {name} in selection)",
        )


def check_hidden_views(context: Context) -> Iterator[Finding]:
    """Views that work and whose text the server refuses to show to an account without EXECUTE."""
    source = context.source
    called = {one.name.schema for one in context.view_references if one.kind == "function"}
    for name, found in sorted(context.suspect_views.items()):
        if found.hidden:
            schemas = sorted(called | {name.schema})  # a view's text names no schema for functions of its own
            lacking = [schema for schema in schemas if not source.grants.holds("EXECUTE", schema)]
            grants = " ".join(grant(source, ["EXECUTE"], schema) for schema in lacking)
            yield warning(
                "view-hidden",
                name,
                f"its text is not shown to the source account, and it is not created: {found.hidden}",
                grants or grant(source, ["EXECUTE"]),
            )


def check_view_references(context: Context) -> Iterator[Finding]:
    """Views on tables, views or functions that are neither selected nor on the target."""
    along = {one.name for one in context.objects if one.kind in {"view", "function"}} | context.planned.keys()
    for reference in context.view_references:
        used = reference.name
        if used in along or used.schema.lower() in RESERVED or reference.view in context.broken_views:
            continue
        if not _is_on_target(context, reference):
            yield blocker(
                "view-reference-excluded",
                reference.view,
                f"uses the {reference.kind} {used}, which is neither selected nor on the target",
                f"select {used} too, or leave the view out (exclude: {reference.view} in selection)",
            )


def _is_on_target(context: Context, reference: Reference) -> bool:
    name = context.on_target(context.config.target_name(reference.name))
    return reference.kind == "table" and name in context.target_names_elsewhere
