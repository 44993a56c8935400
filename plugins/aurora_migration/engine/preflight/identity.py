"""Whether the target is another server than the source and takes writes.

Copying a server onto itself would delete what it is meant to copy, so three signs are looked at: the server's
UUID, the machine with port and data directory, and, for clusters, Aurora's reader switch ``innodb_read_only``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.model.finding import Finding, blocker, warning

_PLACE: Final = ("hostname", "port", "datadir")
_READ_ONLY: Final = ("innodb_read_only", "super_read_only", "read_only")


def check_target_is_another_server(context: Context) -> Iterator[Finding]:
    """Whether both connections lead to one server."""
    source, target = context.source.variables, context.target.variables
    same_uuid = source.get("server_uuid") == target.get("server_uuid")
    same_place = all(source.get(name) == target.get(name) for name in _PLACE)
    if same_place:
        yield blocker(
            "target-is-source",
            context.target.label,
            f"leads to the same server as the {context.source.label} (host name, port and data directory agree)",
            "point the target connection at the Aurora cluster's writer endpoint",
        )
    elif same_uuid:
        yield blocker(
            "target-is-source",
            context.target.label,
            f"has the same server_uuid as the {context.source.label}: one server, or a copy of its data directory",
            "point the target connection at another server, or remove auto.cnf from the copy and restart it",
        )


def check_target_is_writable(context: Context) -> Iterator[Finding]:
    """Whether the target is a writer instance."""
    target = context.target
    on = [name for name in _READ_ONLY if target.is_on(name)]
    if "innodb_read_only" in on:
        yield blocker(
            "target-read-only",
            target.label,
            "is a reader instance (innodb_read_only is ON)",
            "use the cluster (writer) endpoint, not the reader endpoint or a replica",
        )
    elif on:
        yield blocker(
            "target-read-only",
            target.label,
            f"does not take writes ({', '.join(on)} is ON)",
            f"connect to the writer, or on the target: SET GLOBAL {on[0]} = OFF;",
        )


def check_replication(context: Context) -> Iterator[Finding]:
    """Whether somebody else writes to the target, or the source is only a copy of another server."""
    for server in context.servers:
        for row in server.channels:
            channel = row["channel"] or "default"
            if server.role == "source":
                yield warning(
                    "source-is-replica",
                    server.label,
                    f"is a replica (channel {channel}): rows that it has not received yet are not copied",
                    "use the primary, or wait until the replica has caught up and stop its applier",
                )
            elif {row["receiver"], row["applier"]} & {"ON", "CONNECTING"}:
                yield warning(
                    "target-replicates",
                    server.label,
                    f"is a replica (channel {channel}): replication writes there beside this migration",
                    "stop replication on the target before the load",
                )
