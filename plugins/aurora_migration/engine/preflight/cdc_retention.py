"""How long the source keeps its binlog, against the time from the position before the load to being caught up.

The time is an estimate by the source's statistics of the tables' sizes, at a speed that is slow for a warning and
fast for a blocker. How much binlog that is comes from the files that there are and the age of the oldest.
RDS keeps what ``binlog retention hours`` says, whatever the server's own variables are
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-stored-proc-configuring.html).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aurora_migration.engine.preflight.cdc_stream import file_begun
from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.server import Server
from aurora_migration.errors import FatalError
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.sql.library import statement

_HOUR: Final = 3600
_CATCH_UP_HOURS: Final = 24
_MIB: Final = 1 << 20
# bytes of rows and indexes a second: what a small instance does, and what nothing has done yet
_SLOW: Final = 5 * _MIB
_FAST: Final = 200 * _MIB
# a sync that has stopped needs a person, who needs some time
_LEAST: Final = _HOUR
_RDS_MOST_HOURS: Final = 168
_AURORA_MOST_HOURS: Final = 2160


@dataclass(frozen=True, slots=True)
class Retention:
    """Seconds that a binlog file is kept: 0 is not at all, None is for ever; ``by`` is what says so."""

    seconds: int | None
    by: str


def check_binlog_retention(context: Context) -> Iterator[Finding]:
    """Whether the binlog is kept until the target has caught up."""
    if not context.reads_binlog:
        return
    source = context.source
    kept = retention(source)
    size = sum(one.table.data_bytes + one.table.index_bytes for one in context.plan.tables)
    if kept is None:
        yield warning(
            "binlog-retention-unknown",
            source.label,
            "is RDS or Aurora, and the source account may not see how long binlog files are kept",
            f"as administrator: CALL mysql.rds_show_configuration; and {_remedy(source, _hours(size))}",
        )
        return
    yield from judge(source, kept, size)


def check_binlog_volume(context: Context) -> Iterator[Finding]:
    """How much binlog the source writes, and so how much space it needs until the target has caught up."""
    if not context.reads_binlog:
        return
    source = context.source
    try:
        files = source.session.query(statement("position/binary_logs"))
        begun = file_begun(context, files[0]["Log_name"]) if files else None
    except FatalError:  # has its own finding: the stream's check
        return
    if begun is None:
        return
    hours = max((source.clock - begun).total_seconds(), 1) / _HOUR
    total = sum(int(row["File_size"]) for row in files)
    size = sum(one.table.data_bytes + one.table.index_bytes for one in context.plan.tables)
    rate, wanted = total / hours, _hours(size)
    yield note(
        "binlog-volume",
        source.label,
        f"{len(files)} binlog files with {_size(total)} in {hours:.1f} hours: {_size(rate)} an hour, and "
        f"{_size(rate * wanted)} in the {wanted} hours for the load and a day to catch up",
        "see that the source has that much space for binlog files",
    )


def retention(source: Server) -> Retention | None:
    """How long a source keeps its binlog; None where that is not shown."""
    if source.session.query(statement("preflight/has_rds_configuration")):
        hours = source.session.scalar(statement("preflight/rds_retention"))
        return Retention(int(hours or 0) * _HOUR, f"binlog retention hours is {hours or 'NULL'}")
    if source.is_managed:
        return None
    seconds, days = source.number("binlog_expire_logs_seconds"), source.number("expire_logs_days")
    if source.variables.get("binlog_expire_logs_auto_purge", "ON") == "OFF":
        return Retention(None, "binlog_expire_logs_auto_purge is OFF")
    if not seconds and days:
        return Retention(days * 24 * _HOUR, f"expire_logs_days is {days}")
    return Retention(seconds or None, f"binlog_expire_logs_seconds is {seconds}")


def judge(source: Server, kept: Retention, size: int) -> Iterator[Finding]:
    """Judge a retention for the load of tables of some size in bytes."""
    if kept.seconds is None:
        return
    hours = _hours(size)
    lazy = source.is_aurora and kept.seconds == 0  # Aurora purges in its own time, within about a day
    if kept.seconds < size / _FAST + _LEAST and not lazy:
        yield blocker(
            "binlog-retention-impossible",
            source.label,
            f"{kept.by}: binlog files are gone before a load of {_size(size)} and an hour for a stopped sync have "
            "passed, however fast it is",
            _remedy(source, hours),
        )
    elif kept.seconds < hours * _HOUR:
        yield warning(
            "binlog-retention-short",
            source.label,
            f"{kept.by}: a load of {_size(size)} may take {size / _SLOW / _HOUR:.1f} hours, and a day to catch up "
            "should be left",
            _remedy(source, hours),
        )


def _hours(size: int) -> int:
    """For a slow load of ``size`` bytes and a day to catch up."""
    return math.ceil(size / _SLOW / _HOUR) + _CATCH_UP_HOURS


def _remedy(source: Server, hours: int) -> str:
    most = _AURORA_MOST_HOURS if source.is_aurora else _RDS_MOST_HOURS
    call = f"CALL mysql.rds_set_configuration('binlog retention hours', {min(hours, most)});"
    if source.is_managed:
        return f"on the source: {call}" + (f" ({most} is the most there)" if hours > most else "")
    return f"on the source: SET PERSIST binlog_expire_logs_seconds = {hours * _HOUR}; (on RDS and Aurora: {call})"


def _size(size: float) -> str:
    return f"{size / _MIB / 1024:.1f} GiB" if size >= 1024 * _MIB else f"{size / _MIB:.0f} MiB"
