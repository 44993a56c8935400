"""Says, as a finding, that a check itself failed: the privilege that was missing, or the server's words."""

from __future__ import annotations

import logging
import re

from aurora_migration.engine.preflight.context import Context
from aurora_migration.errors import MigrationError, MissingPrivilegeError
from aurora_migration.model.finding import Finding, Severity

log = logging.getLogger(__name__)

_AGAIN = "run preflight again; if it stays, the check's module says what it reads"
_NEEDED = re.compile(r"the ([A-Z_, ]+) privilege\(s\)|\A.*?: ([A-Z ]+) command denied .* for table '([^']+)'")

# error 1142 names the table without its schema; these are the ones that checks read beside information_schema
_SYSTEM_TABLES = {"user": "mysql"} | dict.fromkeys(
    (
        "global_status",
        "metadata_locks",
        "replication_connection_configuration",
        "replication_connection_status",
        "replication_applier_status",
        "user_defined_functions",
    ),
    "performance_schema",
)


def failure(context: Context, check: str, severity: Severity, error: Exception) -> Finding:
    """The finding that a check failed, without its subject: checks that fail alike are told together."""
    if isinstance(error, MissingPrivilegeError):
        seen = f"could not run on the {error.subject}: {error.message}"
        return Finding(severity, "check-lacks-privilege", "", seen, _grant_for(context, error))
    if isinstance(error, MigrationError):
        seen = f"could not run: {error.subject}: {error.message}"
        return Finding(severity, "check-failed", "", seen, error.remedy or _AGAIN)
    log.warning("preflight check failed check=%s What to do: %s", check, _AGAIN, exc_info=error)
    seen = f"could not run: {type(error).__name__}, see the task's log"
    return Finding(severity, "check-failed", "", seen, _AGAIN)


def _grant_for(context: Context, error: MissingPrivilegeError) -> str:
    server = next((server for server in context.servers if server.label == error.subject), None)
    who = server.quoted_account if server else "the account"
    found = _NEEDED.search(error.message)
    if found and found[1]:
        return f"GRANT {found[1].split(',')[-1].strip()} ON *.* TO {who};"
    if found and found[3] in _SYSTEM_TABLES:
        return f"GRANT {found[2]} ON {_SYSTEM_TABLES[found[3]]}.{found[3]} TO {who};"
    return f"grant the privilege that the server names to {who}"
