"""Runs account statements so that the hashes in them are kept nowhere.

MySQL writes ``IDENTIFIED … AS`` as it came into the general log and into performance_schema's statement history
(9.7; only plain passwords are blanked), and its syntax errors quote the statement. So the session's history is
switched off while accounts are written, a general log that is on is reported to the caller, and errors leave here
without the driver's text attached. Nothing here logs a statement.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator

from aurora_migration.errors import ConfigurationError, MigrationError, MissingPrivilegeError, StatementError
from aurora_migration.model.account import AccountName
from aurora_migration.mysql.errno import errno_of
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, raw

log = logging.getLogger(__name__)

_HEX = re.compile(r"(0x)?[0-9A-Fa-f]{12,}")
_REFUSED = "the target's server refused it to the connection's account; look at its privileges"


@contextlib.contextmanager
def unrecorded(session: Session) -> Iterator[bool]:
    """Keep this session out of the statement history; yields whether the general log still sees it."""
    hidden = _history(session, "NO")
    unlogged = session.try_variable("sql_log_off", 1)
    logged = session.scalar(raw("SELECT @@GLOBAL.general_log")) == 1
    try:
        yield logged and not unlogged
    finally:
        with contextlib.suppress(Exception):  # a lost connection has no history left to switch on
            if unlogged:
                session.try_variable("sql_log_off", 0)
            if hidden:
                _history(session, "YES")


def write_account(session: Session, sql: Fragment, name: AccountName, what: str) -> None:
    """Run one account statement; ``what`` says in words what it does.

    Raises: RetryableError, MissingPrivilegeError, StatementError; none holds a part of the statement.
    """
    failure: MigrationError | None = None
    try:
        session.execute(sql)
    except MigrationError as error:
        failure = _without_secrets(error, name, what)
    if failure is not None:  # outside of the handler, so that no driver error hangs on it
        raise failure
    log.debug("account statement done account=%s what=%s", name, what)


def redacted(text: str) -> str:
    """A server's error text without what could be a hash; a quoted piece of the statement is cut off."""
    return _HEX.sub("***", text.split(" near '")[0])


def _without_secrets(error: MigrationError, name: AccountName, what: str) -> MigrationError:
    number = errno_of(error.__cause__) if error.__cause__ is not None else 0
    text = f"{what} failed: {redacted(error.message)}"
    if isinstance(error, StatementError):
        return StatementError(text, errno=number, subject=f"account {name}")
    if isinstance(error, ConfigurationError | MissingPrivilegeError):
        return MissingPrivilegeError(text, subject=f"account {name}", remedy=_REFUSED)
    return type(error)(text, subject=f"account {name}", remedy=error.remedy)


def _history(session: Session, state: str) -> bool:
    try:
        session.execute(statement("accounts/statement_history"), {"state": state})
    except MigrationError as error:  # a lost connection is told by the next statement
        log.info("statement history stays as it is reason=%s", error.message)
        return False
    return True
