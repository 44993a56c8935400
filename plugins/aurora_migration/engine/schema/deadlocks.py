"""DDL that other sessions' DDL may stand in the way of.

A statement that makes, changes or drops a table also locks the views that name it and, through them, the views'
other tables: two sessions that work on two tables of one view may wait for each other. Then the server ends one of
the statements with error 1213, as if it had never been sent, and lets the other go on
(https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html): so it is sent again.
"""

from __future__ import annotations

import logging
from typing import Final

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from aurora_migration.errors import RetryableError
from aurora_migration.mysql.errno import errno_of
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import Fragment

log = logging.getLogger(__name__)

_DEADLOCK: Final = 1213
_TRIES: Final = 30  # each ends with somebody else's statement done, and others are few
_LONGEST_WAIT: Final = 2.0  # seconds


def execute_ddl(target: Session, sql: Fragment) -> None:
    """Run a statement again and again while it is the one that the server gives up for others.

    Raises: as `Session.execute`; RetryableError if it was given up every time.
    """
    again = Retrying(
        retry=retry_if_exception(_given_up),
        stop=stop_after_attempt(_TRIES),
        wait=wait_random_exponential(0.02, max=_LONGEST_WAIT),
        before_sleep=_say,
        reraise=True,
    )
    again(target.execute, sql)


def _given_up(error: BaseException) -> bool:
    return (
        isinstance(error, RetryableError)
        and error.__cause__ is not None
        and errno_of(error.__cause__) == _DEADLOCK
    )


def _say(state: RetryCallState) -> None:
    log.info("statement given up for another session's, sent again try=%d", state.attempt_number + 1)
