"""Reads the source's present binlog position."""

from __future__ import annotations

from aurora_migration.errors import MissingPrivilegeError, StatementError
from aurora_migration.model.position import Position
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement

_SYNTAX_ERROR = 1064


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


def server_version(session: Session) -> str:
    """Version and distribution, as the server states them."""
    row = session.query(statement("position/versions"))[0]
    return f"{row['version']} ({row['comment']})"
