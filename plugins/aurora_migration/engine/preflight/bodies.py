"""What the bodies of views, routines, triggers and events depend on without the server knowing.

Bodies are text: a rename cannot follow into them, and a function from a shared library is only a name. Found by
looking for the words, so these are warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.engine.preflight.scope import StoredObject
from aurora_migration.engine.preflight.server import Server
from aurora_migration.model.finding import Finding, warning
from aurora_migration.sql.library import statement


def check_renamed_names_in_code(context: Context) -> Iterator[Finding]:
    """Renamed schemas and tables whose old name stands in a routine, trigger or event."""
    renamed = {old for old, new in context.config.renames.schemas.items() if old != new}
    for planned in context.plan.tables:
        if planned.mapping.source.name != planned.target.name:
            renamed.add(planned.mapping.source.name)
    code = [one for one in context.objects if one.kind != "view"]
    for name in sorted(renamed):
        users = _mentioning(code, name)
        if users:
            yield warning(
                "old-name-in-code",
                name,
                f"is renamed, but its old name stands in: {listed(users)}",
                "check these by hand after the migration: their text is not rewritten",
            )


def check_loadable_functions(context: Context) -> Iterator[Finding]:
    """Functions from shared libraries that the target lacks, if something that comes along names them."""
    for name in sorted(_loadable(context.source) - _loadable(context.target)):
        users = _mentioning(context.objects, name)
        if users:
            yield warning(
                "loadable-function-missing",
                name,
                f"comes from a shared library, which Aurora does not take; used by: {listed(users)}",
                "replace it with a stored function before the migration",
            )


def _loadable(server: Server) -> frozenset[str]:
    rows = server.session.query(statement("preflight/loadable_functions"))
    return frozenset(str(row["name"]).lower() for row in rows)


def _mentioning(objects: tuple[StoredObject, ...] | list[StoredObject], word: str) -> list[StoredObject]:
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    return [one for one in objects if pattern.search(one.text)]
