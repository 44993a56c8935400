"""Blocks writes on one side, proves that they are blocked, and undoes it.

What will be changed is asked first (`intended`) and recorded by the caller before `block` changes it, so that a
process that dies on any line leaves a record of what to undo. All steps may be repeated.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_migration.errors import (
    ConfigurationError,
    FatalError,
    MigrationError,
    MissingPrivilegeError,
    RetryableError,
)
from aurora_migration.model.account import AccountName
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.cutover import CutoverChanges
from aurora_migration.model.names import TableName
from aurora_migration.mysql import locks
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.errno import READ_ONLY_ERRORS, errno_of
from aurora_migration.mysql.position import read_position
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import qualified

_log = logging.getLogger(__name__)
_STILL_SECONDS: Final = 1.0
_LOOKS: Final = 3
_ENDED_SECONDS: Final = 10.0
_EVENT_SECONDS: Final = 10.0
_READ_ONLY_SECONDS: Final = 5
_ACCOUNT_LOCKED: Final = 3118


class StillWrittenError(FatalError):
    """The source takes writes although it should not."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Sessions that may change accounts, events and read-only states; ``own`` are the accounts we log in with."""

    source: Session
    target: Session
    config: MigrationConfig
    own: Collection[AccountName]
    schemas: Sequence[str]
    sleep: Callable[[float], None] = time.sleep


def intended(sides: Sides) -> CutoverChanges:
    """What the write block will change, by what the servers hold now. Raises: ConfigurationError."""
    config = sides.config.cutover
    source_accounts = _applications(sides, sides.source)
    return CutoverChanges(
        source_accounts=source_accounts if config.write_block == "lock-accounts" else (),
        target_accounts=_applications(sides, sides.target),
        source_events=locks.enabled_events(sides.source, sides.schemas),
        read_only=locks.read_only_state(sides.source),
    )


def block(sides: Sides, changes: CutoverChanges) -> None:
    """Close the target, stop the source's events, block its writes.

    Raises: MissingPrivilegeError, RetryableError.
    """
    _close(sides, sides.target, changes.target_accounts)
    for name in changes.source_events:
        locks.set_event(sides.source, name, enabled=False)
    _let_events_end(sides)
    policy = sides.config.cutover.write_block
    if policy == "lock-accounts":
        _close(sides, sides.source, changes.source_accounts)
    elif policy == "read-only":
        _make_read_only(sides)


def prove(sides: Sides, changes: CutoverChanges, probe: Endpoint | None, table: TableName | None) -> list[str]:
    """How it is known that nobody writes. Raises: StillWrittenError, ConfigurationError."""
    proofs = []
    policy = sides.config.cutover.write_block
    if policy == "read-only":
        state = locks.read_only_state(sides.source)
        if not state:
            raise StillWrittenError("read_only is off again", subject=sides.source.endpoint.label)
        proofs.append(f"{state} is ON")
    if policy == "lock-accounts":
        names = _names(changes.source_accounts)
        unlocked = [str(name) for name in names if locks.is_locked(sides.source, name) is False]
        if unlocked:
            raise StillWrittenError(f"not locked: {', '.join(unlocked)}", subject=sides.source.endpoint.label)
        proofs.append(f"accounts that are locked and have no session: {len(names)}")
    if probe is not None and table is not None and policy != "external":
        proofs.append(_probed(probe, table))
    proofs.append(_stands_still(sides))
    return proofs


def undo(sides: Sides, changes: CutoverChanges, policy: str) -> None:
    """Let the source take writes again, as it did before; the target's accounts stay locked until it is opened."""
    if policy == "read-only":
        locks.set_read_only(sides.source, changes.read_only)
    locks.unlock_accounts(sides.source, _names(changes.source_accounts))
    for name in changes.source_events:
        locks.set_event(sides.source, name, enabled=True)


def open_target(target: Session, changes: CutoverChanges) -> None:
    """Let the applications' accounts log in to the target."""
    locks.unlock_accounts(target, _names(changes.target_accounts))


def _applications(sides: Sides, session: Session) -> tuple[str, ...]:
    """Accounts of applications: those the migration file names, without reserved ones and our own.

    Raises: ConfigurationError if one shares its user name with us: a session tells by which user it logged in, not
    by which host, so theirs could not be ended without ours.
    """
    config = sides.config
    found = [
        name
        for name in locks.open_accounts(session)
        if name.matches(config.cutover.accounts)
        and not name.matches(config.accounts.reserved)
        and name not in sides.own
    ]
    ours = {name.user for name in sides.own}
    shared = ", ".join(str(name) for name in found if name.user in ours)
    if shared:
        raise ConfigurationError(
            f"shares its user name with an account of the migration itself: {shared}",
            subject=session.endpoint.label,
            remedy="leave it out of cutover.accounts, or give the migration a user of its own",
        )
    return tuple(map(str, found))


def _close(sides: Sides, session: Session, accounts: Sequence[str]) -> None:
    names = _names(accounts)
    locks.lock_accounts(session, names)
    _end_all(sides, session, {name.user for name in names})


def _end_all(sides: Sides, session: Session, users: Collection[str]) -> None:
    """End sessions until there are none: a login that was under way may have come through after the lock."""
    waited = 0.0
    while locks.end_sessions(session, users):
        if waited >= _ENDED_SECONDS:
            raise RetryableError("sessions of locked accounts do not end", subject=session.endpoint.label)
        sides.sleep(0.1)
        waited += 0.1


def _let_events_end(sides: Sides) -> None:
    """A disabled event that is running runs on: wait for it, and end it if it takes too long."""
    waited = 0.0
    with contextlib.suppress(MissingPrivilegeError):
        while running := locks.running_events(sides.source, sides.schemas):
            if waited >= _EVENT_SECONDS:
                for number in running:
                    _log.warning("An event takes too long and is ended thread=%s", number)
                    locks.end_session(sides.source, number)
            if waited >= 2 * _EVENT_SECONDS:
                raise RetryableError("an event does not end", subject=sides.source.endpoint.label)
            sides.sleep(0.1)
            waited += 0.1


def _make_read_only(sides: Sides) -> None:
    """read_only waits for table locks and commits of others, and everybody waits behind it: not for long."""
    sides.source.set_variable("lock_wait_timeout", _READ_ONLY_SECONDS)
    try:
        locks.set_read_only(sides.source, "super_read_only")
    except RetryableError:
        users = {AccountName.parse(name).user for name in _applications(sides, sides.source)}
        _log.warning("Sessions of applications are ended: they hold locks users=%s", len(users))
        locks.end_sessions(sides.source, users)
        locks.set_read_only(sides.source, "super_read_only")


def _probed(probe: Endpoint, table: TableName) -> str:
    """How the probe was refused, without the server's words: they name addresses, and reports keep this.

    Raises: StillWrittenError also where the refusal has another reason.
    """
    try:
        with Session.open(probe) as session:
            session.execute(statement("cutover/probe_write", table=qualified(table)))
    except MigrationError as error:
        number = errno_of(error.__cause__) if error.__cause__ else 0
        if number == _ACCOUNT_LOCKED:
            return f"the probe account cannot log in: it is locked (MySQL error {number})"
        if number in READ_ONLY_ERRORS:
            return f"the probe account's write is refused: the server is read-only (MySQL error {number})"
        raise StillWrittenError(
            f"the probe account proves nothing: {error.message}",
            subject=probe.label,
            remedy="give cutover.probe_connection an account that writes to the tables as applications do",
        ) from error
    raise StillWrittenError(
        "a write of the probe account was taken",
        subject=probe.label,
        remedy="see whether cutover.accounts takes the probe's account",
    )


def _stands_still(sides: Sides) -> str:
    """A single event of the server's own may fall into one look, writers fall into each."""
    for _ in range(_LOOKS):
        before = read_position(sides.source)
        sides.sleep(_STILL_SECONDS)
        after = read_position(sides.source)
        if before == after:
            break
    else:
        raise StillWrittenError(
            f"its position moved on, from {before} to {after}: somebody writes",
            subject=sides.source.endpoint.label,
            remedy="widen cutover.accounts, or use write_block read-only; SHOW PROCESSLIST says who is connected",
        )
    return f"the position stood still for {_STILL_SECONDS:.0f} s"


def _names(texts: Sequence[str]) -> list[AccountName]:
    return [AccountName.parse(text) for text in texts]
