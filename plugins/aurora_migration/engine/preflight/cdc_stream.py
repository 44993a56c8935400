"""A short look into the source's binlog, read as a replica reads it: what the server says then, a sync meets too.

The look has a server id and a name of its own, so that it ends no sync that is running.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.model.position import Position
from aurora_migration.model.sync_identity import probe_id, replica_name
from aurora_migration.mysql.binlog.framing import HEADER, EventType
from aurora_migration.mysql.binlog.stream import FIRST_OFFSET, DumpStream, Replica

# ROTATE and FORMAT_DESCRIPTION come before the server looks at the offset
_FIRST_EVENTS: Final = 3


def has_gtids(context: Context) -> bool:
    """Whether the source can be followed by GTID: every other mode than ON refuses a dump by GTID."""
    return context.source.variables.get("gtid_mode") == "ON"


def open_at(context: Context, start: Position, *, by_gtid: bool) -> None:
    """Read the first events from a position on. Raises: MigrationError."""
    with _stream(context, start, by_gtid=by_gtid) as stream:
        list(islice(stream, _FIRST_EVENTS))


def file_begun(context: Context, file: str) -> datetime | None:
    """When the server began a binlog file, in UTC as its clock was then. Raises: MigrationError."""
    with _stream(context, Position("", file, FIRST_OFFSET), by_gtid=False) as stream:
        for event in stream:
            timestamp, kind, *_ = HEADER.unpack_from(event)
            if kind == EventType.FORMAT_DESCRIPTION and timestamp:
                return datetime.fromtimestamp(timestamp, UTC).replace(tzinfo=None)
    return None


def _stream(context: Context, start: Position, *, by_gtid: bool) -> DumpStream:
    replica = Replica(probe_id(context.config), f"{replica_name(context.config)}/preflight")
    return DumpStream(context.source.endpoint, replica, start, by_gtid=by_gtid)
