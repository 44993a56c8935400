"""Reads the source's present binlog position, who it is, and how much binlog lies between two places."""

from __future__ import annotations

from dataclasses import dataclass

from aurora_migration.errors import MissingPrivilegeError, StatementError
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Place, order
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement

_SYNTAX_ERROR = 1064


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """Which server this is, and whether every transaction has a GTID."""

    uuid: str
    by_gtid: bool


def read_facts(session: Session) -> ServerFacts:
    """Identity and GTID mode of a server."""
    row = session.query(statement("position/server_uuid"))[0]
    return ServerFacts(str(row["server_uuid"]), str(row["gtid_mode"]).upper() == "ON")


def read_position(session: Session) -> Position | None:
    """GTID set and file+offset, read together; None where the binlog is off or may not be seen."""
    try:
        rows = session.query(statement("position/binary_log_status"))
    except MissingPrivilegeError:
        return None
    except StatementError as error:
        if error.errno != _SYNTAX_ERROR:
            raise
        rows = session.query(statement("position/master_status"))
    if not rows:
        return None
    row = rows[0]
    gtids = str(row["Executed_Gtid_Set"] or "").replace("\n", "")
    return Position(gtids, str(row["File"]), int(row["Position"]))


def binlog_bytes(session: Session, start: Place, end: Place) -> int | None:
    """Bytes of binlog from one place to another; None where the list of files may not be seen."""
    try:
        rows = session.query(statement("position/binary_logs"))
    except MissingPrivilegeError:
        return None
    first, last = order((start[0], 0)), order((end[0], 0))
    sizes = [int(row["File_size"]) for row in rows if first <= order((str(row["Log_name"]), 0)) < last]
    return max(0, sum(sizes) + end[1] - start[1])


def server_version(session: Session) -> str:
    """Version and distribution, as the server states them."""
    row = session.query(statement("position/versions"))[0]
    return f"{row['version']} ({str(row['comment']).strip('()')})"  # Debian's comment has parentheses of its own
