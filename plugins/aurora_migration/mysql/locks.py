"""Who can log in and write: accounts, their sessions, a server's read-only state, events that run alone."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from aurora_migration.errors import MigrationError, MissingPrivilegeError, RetryableError, StatementError
from aurora_migration.model.account import AccountName
from aurora_migration.model.names import TableName
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import account, identifier, raw

_SERVERS_OWN = frozenset({"system user", "event_scheduler", "unauthenticated user"})
_NO_SUCH_THREAD: Final = 1094
_EVENT_IN_THE_PAST: Final = frozenset({1543, 1588, 1589})  # it cannot be enabled any more, and will not run
_TURNS: Final = 5
_log = logging.getLogger(__name__)


def take_turn(session: Session, name: str) -> None:
    """Be the only one who acts under this name on a server, until this session ends; an earlier one is ended.

    A process that died, or lost its line, may have left a statement that the server is still about to carry out.

    Raises: RetryableError, MissingPrivilegeError.
    """
    for _ in range(_TURNS):
        if session.scalar(statement("cutover/take_turn"), {"name": name}) == 1:
            return
        holder = session.scalar(statement("cutover/turn_of"), {"name": name})
        if holder is not None:
            _log.warning("An earlier session is ended lock=%s thread=%s", name, holder)
            _end(session, int(holder))
    raise RetryableError("an earlier session does not end", subject=f"lock {name} on {session.endpoint.label}")


def open_accounts(session: Session) -> tuple[AccountName, ...]:
    """Accounts that can log in."""
    return tuple(AccountName(row["user"], row["host"]) for row in session.query(statement("cutover/accounts")))


def is_locked(session: Session, name: AccountName) -> bool | None:
    """Whether an account is locked; None if there is none."""
    rows = session.query(statement("cutover/locked"), {"user": name.user, "host": name.host})
    return rows[0]["locked"] == "Y" if rows else None


def lock_accounts(session: Session, names: Iterable[AccountName]) -> None:
    """Let nobody log in with these accounts any more."""
    for name in names:
        session.execute(statement("cutover/lock_account", account=account(name.user, name.host)))


def unlock_accounts(session: Session, names: Iterable[AccountName]) -> None:
    """Let these accounts log in again; those that can, or are gone, need no right and are passed over."""
    for name in names:
        if is_locked(session, name):
            session.execute(statement("cutover/unlock_account", account=account(name.user, name.host)))


def sessions(session: Session) -> list[dict[str, Any]]:
    """Sessions but this one, binlog readers and the server's own: id, user, host, db, command, seconds."""
    own = session.connection.thread_id()
    return [
        {
            "id": row["Id"],
            "user": row["User"],
            "host": row["Host"],
            "db": row["db"],
            "command": row["Command"],
            "seconds": row["Time"],
        }
        for row in session.query(statement("cutover/sessions"))
        if row["Id"] != own
        and row["User"] not in _SERVERS_OWN
        and not str(row["Command"]).startswith("Binlog Dump")
    ]


def end_sessions(session: Session, users: Collection[str]) -> int:
    """End the sessions of these users; how many there were. Raises: MissingPrivilegeError."""
    found = [row for row in sessions(session) if row["user"] in users]
    for row in found:
        _end(session, int(row["id"]))
    return len(found)


def read_only_state(session: Session) -> str:
    """``super_read_only``, ``read_only``, or an empty text for a server that takes writes."""
    row = session.query(statement("cutover/read_only"))[0]
    return "super_read_only" if row["super_read_only"] else "read_only" if row["read_only"] else ""


def set_read_only(session: Session, state: str) -> str:
    """Bring the server to a state of `read_only_state`, or the weaker one where that is refused; the new state."""
    if state == read_only_state(session):
        return state
    if state == "super_read_only":
        try:
            _set(session, "super_read_only", "ON")
        except MissingPrivilegeError:
            _set(session, "read_only", "ON")
    else:
        _set(session, "super_read_only", "OFF")
        _set(session, "read_only", "ON" if state else "OFF")
    return read_only_state(session)


def enabled_events(session: Session, schemas: Sequence[str]) -> tuple[TableName, ...]:
    """Events of some schemas that run by themselves."""
    if not schemas:
        return ()
    rows = session.query(statement("cutover/enabled_events"), {"schemas": tuple(schemas)})
    return tuple(TableName(row["event_schema"], row["event_name"]) for row in rows)


def set_event(session: Session, name: TableName, *, enabled: bool) -> None:
    """Enable or disable an event; one that is gone, is so already, or whose time is over is passed over."""
    found = session.scalar(statement("cutover/event_state"), {"schema": name.schema, "name": name.name})
    if found is None or (found == "ENABLED") == enabled:
        return
    event = identifier(name.schema) + raw(".") + identifier(name.name)
    try:
        session.execute(statement("cutover/set_event", event=event, state=raw("ENABLE" if enabled else "DISABLE")))
    except StatementError as error:
        if error.errno not in _EVENT_IN_THE_PAST:
            raise
        _log.warning("An event's time is over, it stays disabled event=%s", name)


def running_events(session: Session, schemas: Sequence[str]) -> tuple[int, ...]:
    """Threads of events that are running now; a disabled one runs to its end. Raises: MissingPrivilegeError."""
    if not schemas:
        return ()
    rows = session.query(statement("cutover/running_events"), {"schemas": tuple(schemas)})
    return tuple(int(row["id"]) for row in rows)


def end_session(session: Session, number: int) -> None:
    """End one session; one that is gone is passed over. Raises: MissingPrivilegeError."""
    _end(session, number)


def _set(session: Session, variable: str, value: str) -> None:
    session.execute(statement("cutover/set_read_only", variable=raw(variable), value=raw(value)))


def _end(session: Session, number: int) -> None:
    try:
        session.execute(statement("cutover/kill"), {"id": number})
    except MissingPrivilegeError as error:
        try:
            session.execute(statement("cutover/rds_kill"), {"id": number})
        except MigrationError:
            raise error from None
    except StatementError as error:
        if error.errno != _NO_SUCH_THREAD:
            raise
