"""Views: broken ones, and ones that use what does not come along.

A view is created when everything it uses is there; a view that cannot be created is found here, and not after
hours of loading.
"""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.mapping import RESERVED
from aurora_migration.engine.preflight.scope import Reference
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.names import TableName


def check_broken_views(context: Context) -> Iterator[Finding]:
    """Views that the source itself cannot use, by its own words."""
    for name, comment in sorted(_broken(context).items()):
        yield warning(
            "view-broken",
            name,
            f"does not work on the source and is not created: {comment}",
            f"repair or drop it there, or leave it out (exclude: {name} in selection)",
        )


def check_view_references(context: Context) -> Iterator[Finding]:
    """Views on tables, views or functions that are neither selected nor on the target."""
    along = {one.name for one in context.objects if one.kind in {"view", "function"}} | context.planned.keys()
    broken = _broken(context)
    for reference in context.view_references:
        used = reference.name
        if used in along or used.schema.lower() in RESERVED or reference.view in broken:
            continue
        if not _is_on_target(context, reference):
            yield blocker(
                "view-reference-excluded",
                reference.view,
                f"uses the {reference.kind} {used}, which is neither selected nor on the target",
                f"select {used} too, or leave the view out (exclude: {reference.view} in selection)",
            )


def _broken(context: Context) -> dict[TableName, str]:
    """A view that works has the comment VIEW, a broken one the server's complaint in the server's language."""
    views = [one.name for one in context.objects if one.kind == "view"]
    comments = {name: context.source_names.get(name, "VIEW") for name in views}
    return {name: comment for name, comment in comments.items() if comment != "VIEW"}


def _is_on_target(context: Context, reference: Reference) -> bool:
    name = context.on_target(context.config.target_name(reference.name))
    return reference.kind == "table" and name in context.target_names_elsewhere
