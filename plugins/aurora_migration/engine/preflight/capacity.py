"""Connections and size: whether the servers have room for what the load opens, and how much is coming."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import parameter
from aurora_migration.engine.preflight.server import Server
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.sql.library import statement

_A_UNIT: Final = 2  # a load unit opens a session and a stream of rows
_BESIDE: Final = 3  # plan, progress, verification
_MIB: Final = 1 << 20


def check_connections(context: Context) -> Iterator[Finding]:
    """``max_connections`` and the account's own limit against what load.parallel_units needs."""
    units = context.config.load.parallel_units
    needed = units * _A_UNIT + _BESIDE
    for server in context.servers:
        yield from _connections(server, needed, units)


def check_size(context: Context) -> Iterator[Finding]:
    """How much the plan moves, by the source's statistics."""
    tables = [planned.table for planned in context.plan.tables]
    if not tables:
        return
    rows, data = sum(t.row_estimate for t in tables), sum(t.data_bytes for t in tables)
    indexes = sum(t.index_bytes for t in tables)
    largest = max(tables, key=lambda table: table.data_bytes)
    yield note(
        "size-estimate",
        context.source.label,
        f"about {rows} rows in {len(tables)} tables, {_size(data)} of rows and {_size(indexes)} of secondary "
        f"indexes; the largest is {largest.name} with {_size(largest.data_bytes)}",
        "index builds on Aurora use the instance's local storage, which should hold the largest table's indexes",
    )


def _connections(server: Server, needed: int, units: int) -> Iterator[Finding]:
    row = server.session.query(statement("preflight/connections"))[0]
    most, connected, own = server.number("max_connections"), int(row["connected"]), int(row["account_limit"])
    fewer = f"lower load.parallel_units (now {units})"
    if most < needed or 0 < own < needed:
        limit = f"max_connections is {most}" if most < needed else f"the account may have {own} connections"
        yield blocker(
            "connections-too-few",
            server.label,
            f"{limit}, the load opens {needed}",
            f"{fewer}, or {parameter(server, 'max_connections', most + needed)}"
            if most < needed
            else f"{fewer}, or ALTER USER {server.quoted_account} WITH MAX_USER_CONNECTIONS {needed};",
        )
    elif most - connected < needed:
        yield warning(
            "connections-short",
            server.label,
            f"{connected} of {most} connections are open, the load opens {needed} more",
            f"{fewer}, close connections, or {parameter(server, 'max_connections', most + needed)}",
        )


def _size(size: int) -> str:
    mebibytes = size / _MIB
    return f"{mebibytes:.1f} MiB" if mebibytes < 1024 else f"{mebibytes / 1024:.1f} GiB"
