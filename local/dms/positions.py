"""Where change data capture starts: the forms of CdcStartPosition that a MySQL source knows.

Native "mysql-bin.000024:373", a checkpoint of DMS, a time, or nothing, which is now. For a time the oldest binlog
is read from its beginning and what was committed before is passed over.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from local.dms.faults import AwsError
from local.dms.job import Job
from local.dms.mysql import binlog_position, run, text

_NATIVE: Final = re.compile(r"(?P<file>[^:#]+\.\d+):(?P<offset>\d+)")
_CHECKPOINT: Final = re.compile(r"checkpoint:V1#\d+#(?P<file>[^:#]+):(?P<offset>\d+):")
_FIRST: Final = 4


def check_start(position: str) -> None:
    """Raises: AwsError, where CdcStartPosition has none of the forms."""
    if position and parse(position) is None and parse_time(position) is None:
        raise AwsError(
            "InvalidParameterValueException", f"CdcStartPosition {position} is not valid for a MySQL source"
        )


def check_stop(position: str) -> None:
    """Raises: AwsError, where CdcStopPosition has none of the forms."""
    kind, _, moment = position.partition(":")
    if position and (kind not in ("server_time", "commit_time") or parse_time(moment) is None):
        raise AwsError("InvalidParameterValueException", f"CdcStopPosition {position} is not valid")


def parse(position: str) -> tuple[str, int] | None:
    """File and offset of a native position or a checkpoint."""
    found = _CHECKPOINT.match(position) or _NATIVE.fullmatch(position)
    return (found["file"], int(found["offset"])) if found else None


def parse_time(position: str) -> datetime | None:
    """A time in UTC."""
    try:
        return datetime.fromisoformat(position).replace(tzinfo=UTC)
    except ValueError:
        return None


def first_position(source: Connection[Cursor], job: Job) -> tuple[str, int]:
    """Where the job starts to read; sets `start_time` where the position is a time."""
    job.start_time = job.start_time or parse_time(job.start_position)
    if job.start_time is not None:
        return text(run(source, "SHOW BINARY LOGS")[0][0]), _FIRST
    return parse(job.start_position) or binlog_position(source)
