"""Transactions that InnoDB has open on a server.

information_schema.INNODB_TRX keeps each one's statement in utf8mb3, whether it is asked for or not, and refuses
where a running one has characters beyond U+FFFF. It is asked again until that statement is over; never is a
transaction passed over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from aurora_migration.errors import RetryableError, StatementError
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement

_CANNOT_CONVERT: Final = 3854
_TRIES: Final = 50
_PAUSE_SECONDS: Final = 0.1
Sleep = Callable[[float], None]


def long_transactions(session: Session, seconds: int, sleep: Sleep = time.sleep) -> list[dict[str, Any]]:
    """Those open for longer: thread, seconds, rows_modified. Raises: MissingPrivilegeError, RetryableError."""
    return _asked(session, "preflight/long_transactions", {"seconds": seconds}, sleep)


def detached_transactions(session: Session, sleep: Sleep = time.sleep) -> list[dict[str, Any]]:
    """Prepared XA transactions that no thread has, as far as they can be seen: started.

    Raises: MissingPrivilegeError, RetryableError.
    """
    return _asked(session, "preflight/detached_transactions", {}, sleep)


def _asked(session: Session, name: str, values: Mapping[str, Any], sleep: Sleep) -> list[dict[str, Any]]:
    for _ in range(_TRIES):
        try:
            return session.query(statement(name), values)
        except StatementError as error:
            if error.errno != _CANNOT_CONVERT:
                raise
        sleep(_PAUSE_SECONDS)
    raise RetryableError(
        "INNODB_TRX cannot be read while a statement with characters beyond U+FFFF runs",
        subject=session.endpoint.label,
        remedy="wait until the statement is over: SHOW FULL PROCESSLIST shows it",
    )
