"""One way to say which privileges a side's account lacks on a scope, and which GRANT gives them.

An account that holds a privilege through a role which is not active at login does not have it in our sessions;
then the remedy activates the role instead of granting once more
(https://dev.mysql.com/doc/refman/8.4/en/roles.html#roles-activating).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aurora_migration.engine.preflight.remedies import grant
from aurora_migration.engine.preflight.server import Server
from aurora_migration.model.finding import Finding, blocker


def privilege_finding(
    server: Server, privileges: Sequence[str], schema: str | None, why: str
) -> Iterator[Finding]:
    """A blocker naming those of ``privileges`` that the session lacks on a schema (None: on the server)."""
    lacking = [name for name in privileges if not server.grants.holds(name, schema)]
    if not lacking:
        return
    seen = f"the {server.role} account lacks {', '.join(lacking)}: {why}"
    if all(server.grants_with_all_roles.holds(name, schema) for name in lacking):
        roles = ", ".join(map(str, server.grants.roles))
        seen = (
            f"{seen}; its role {roles} has what it lacks, but is not active (activate_all_roles_on_login is OFF)"
        )
        remedy = f"SET DEFAULT ROLE ALL TO {server.quoted_account};"
    else:
        remedy = grant(server, lacking, schema)
    yield blocker(
        "source-privilege-missing" if server.role == "source" else "target-privilege-missing",
        server.label if schema is None else schema,
        seen,
        remedy,
    )
