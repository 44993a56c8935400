"""Where following begins: whether the source lets us read from there, and what such a position does not cover.

Privileges and positions are tried, not judged: a dump stream is opened at the checkpoint of an earlier run, or at
the source's present end, and what the server answers is the finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from aurora_migration.engine.preflight.cdc_stream import has_gtids, open_at
from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.missing import privilege_finding
from aurora_migration.engine.preflight.remedies import grant, listed
from aurora_migration.errors import ConfigurationError, FatalError, MissingPrivilegeError, PositionLostError
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.gtid import GtidSet
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint
from aurora_migration.mysql.transactions import detached_transactions
from aurora_migration.sql.library import statement

_RESYNC: Final = (
    "set sync: {strategy: checksum} in the migration file for one sync, which rewrites the rows that differ, then "
    "go on by the binlog; or load anew (target_table_prep_mode = truncate-before-load)"
)
_LOCKING: Final = ("RELOAD", "FLUSH_TABLES")


def check_binlog_stream(context: Context) -> Iterator[Finding]:
    """REPLICATION CLIENT shows the position, REPLICATION SLAVE opens a stream there: both are tried."""
    if not context.reads_binlog:
        return
    source = context.source
    try:
        status = source.binlog_status
    except MissingPrivilegeError:
        yield from _lacking(context, "REPLICATION CLIENT", "the binlog position cannot be read")
        return
    checkpoint = context.checkpoint
    gone = list(_gone(context, checkpoint)) if checkpoint is not None else []
    yield from gone
    if gone or status is None:
        return
    start = checkpoint.position if checkpoint is not None else _position(status)
    by_gtid = checkpoint.by_gtid if checkpoint is not None else has_gtids(context)
    try:
        open_at(context, start, by_gtid=by_gtid)
    except MissingPrivilegeError:
        yield from _lacking(context, "REPLICATION SLAVE", "the binlog cannot be read")
    except PositionLostError as error:
        yield _lost(context, error.message)
    except (FatalError, ConfigurationError) as error:
        yield blocker(
            "binlog-stream-refused",
            source.label,
            f"refuses to send its binlog from {start} on: {error.message}",
            error.remedy or "remove what the server names, and run preflight again",
        )


def check_binlog_position(context: Context) -> Iterator[Finding]:
    """Without GTIDs a position is a place in one server's files."""
    if not context.reads_binlog or has_gtids(context):
        return
    source = context.source
    mode = source.variables.get("gtid_mode", "OFF")
    locks = any(source.grants.holds(privilege) for privilege in _LOCKING)
    how = (
        "FLUSH TABLES WITH READ LOCK, for a moment"
        if locks
        else f"nothing but a pause, which is no proof ({grant(source, ['RELOAD'])} lets it be read under a lock)"
    )
    yield warning(
        "binlog-position-by-file",
        source.label,
        f"gtid_mode is {mode}: the position is a file and an offset of this one server, and a failover of the "
        f"source loses it; before the load it is read under {how}",
        "switch GTIDs on (enforce_gtid_consistency = ON, then gtid_mode step by step: OFF_PERMISSIVE, "
        "ON_PERMISSIVE, ON), or let no failover happen until cutover",
    )


def check_prepared_transactions(context: Context) -> Iterator[Finding]:
    """XA transactions that are prepared: their rows are in the binlog already, and not yet in the tables.

    Seen by XA RECOVER, which needs XA_RECOVER_ADMIN; without it by InnoDB's transactions that no thread has.
    """
    if not context.reads_binlog:
        return
    source = context.source
    if source.grants.holds("XA_RECOVER_ADMIN"):
        rows = source.session.query(statement("preflight/xa_recover"))
        shown = [str(row["data"]) for row in rows]
    else:
        rows = detached_transactions(source.session)
        shown = [f"one of InnoDB since {row['started']}" for row in rows]
    if shown:
        yield warning(
            "xa-prepared",
            source.label,
            f"has prepared XA transactions: {listed(shown)}; their rows were written to the binlog before the "
            "position, and a load reads them only after their XA COMMIT",
            "XA COMMIT or XA ROLLBACK them before the load (XA RECOVER lists them)",
        )


def _gone(context: Context, checkpoint: Checkpoint) -> Iterator[Finding]:
    """What can be said of a checkpoint in better words than the server's."""
    if checkpoint.by_gtid and has_gtids(context):
        yield from _gtids_gone(context, checkpoint.position)
    elif checkpoint.by_gtid:
        mode = context.source.variables.get("gtid_mode", "OFF")
        yield _lost(context, f"it was read by GTID, and gtid_mode is {mode} now")
    elif checkpoint.source_uuid != context.source.variables["server_uuid"]:
        yield _lost(
            context, f"{checkpoint.position} is a place on the server {checkpoint.source_uuid}, not on this one"
        )


def _position(status: Mapping[str, Any]) -> Position:
    gtids = str(status["Executed_Gtid_Set"] or "").replace("\n", "")
    return Position(gtids, str(status["File"]), int(status["Position"]))


def _gtids_gone(context: Context, checkpoint: Position) -> Iterator[Finding]:
    # asked after the checkpoint was read, which a sync may be moving on
    row = context.source.session.query(statement("preflight/gtid_sets"))[0]
    purged, executed = GtidSet.parse(row["purged"]), GtidSet.parse(row["executed"])
    applied = GtidSet.parse(checkpoint.gtid_set)
    unread = purged.subtract(applied)
    if unread:
        yield _lost(context, f"the source has purged {unread}, which is not on the target")
    unknown = applied.subtract(executed)
    if unknown:
        yield blocker(
            "position-ahead-of-source",
            context.source.label,
            f"the source does not have {unknown}, which the target has: it was restored, or took over from a "
            "server that was ahead of it",
            f"make sure that the source is the right server; {_RESYNC}",
        )


def _lost(context: Context, words: str) -> Finding:
    seen = f"its binlog cannot be read from the checkpoint on: {words}"
    return blocker("position-lost", context.source.label, seen, _RESYNC)


def _lacking(context: Context, privilege: str, why: str) -> Iterator[Finding]:
    found = list(privilege_finding(context.source, [privilege], None, why))
    if found:
        yield from found
        return
    yield blocker(
        "source-privilege-missing",
        context.source.label,
        f"the source account lacks {privilege}: {why}",
        grant(context.source, [privilege]),
    )
