"""The source among its replicas: a server id that nobody else has, and a binlog that holds what it has received.

https://dev.mysql.com/doc/refman/8.4/en/replication-options-binary-log.html#sysvar_log_replica_updates
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed, parameter
from aurora_migration.errors import MissingPrivilegeError
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.sync_identity import replica_id, replica_name
from aurora_migration.mysql.binlog.stream import Replica
from aurora_migration.sql.library import statement


def check_binlog_server_id(context: Context) -> Iterator[Finding]:
    """Whether the server id that a sync registers with is free."""
    if not context.reads_binlog:
        return
    source, config = context.source, context.config
    wanted = replica_id(config)
    remedy = "set sync: {server_id: …} in the migration file to a number that no server and no reader has"
    if source.number("server_id") == wanted:
        seen = f"the replica's server id {wanted} is the source's own (server_id)"
        yield blocker("server-id-taken", source.label, seen, remedy)
    try:
        replicas = source.rows_by_age("preflight/replicas", "preflight/slave_hosts")
        others = [row for row in replicas if int(row.get("Server_Id") or row["Server_id"]) == wanted]
    except MissingPrivilegeError:  # has its own finding: the stream's check
        return
    for row in others:
        if _uuid(row) == Replica(wanted, replica_name(config)).uuid:
            yield warning(
                "sync-reads-already",
                source.label,
                f"a sync of a migration called {config.name} is reading its binlog now, with server id {wanted}",
                "if it is this migration's, let it end before a load; if it is another project's of that name, "
                "rename one or give it a sync.server_id of its own: they would end each other's streams",
            )
        else:
            seen = f"the replica's server id {wanted} is another replica's (UUID {_uuid(row) or 'none'})"
            yield blocker("server-id-taken", source.label, seen, remedy)


def check_replica_binlog(context: Context) -> Iterator[Finding]:
    """A source that is a replica: whether what it receives reaches its own binlog, and whether all is received."""
    if not context.reads_binlog or not context.source.channels:
        return
    source = context.source
    name = "log_replica_updates" if "log_replica_updates" in source.variables else "log_slave_updates"
    if not source.is_on(name):
        yield blocker(
            "replica-updates-not-logged",
            source.label,
            f"is a replica with {name} OFF: what it receives is not in its own binlog",
            f"follow the primary instead, or {parameter(source, name, 'ON')}, then restart it (on an RDS replica: "
            "switch its automated backups on)",
        )
    rows = source.session.query(statement("preflight/replica_filters"))
    if rows:
        shown = [f"{row['name']} = {row['rule']} (channel {row['channel'] or 'default'})" for row in rows]
        yield warning(
            "replica-filtered",
            source.label,
            f"is a replica that leaves out changes of its primary: {listed(shown)}",
            "follow the primary instead, if what is left out should arrive",
        )


def _uuid(row: dict[str, Any]) -> str:
    return str(row.get("Replica_UUID") or row.get("Slave_UUID") or "")
