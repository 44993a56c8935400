"""Blocks writes on one side, proves that they are blocked, and undoes it.

What will be changed is asked first (`intended`) and recorded by the caller before `block` changes it, so that a
process that dies on any line leaves a record of what to undo. All steps may be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_migration.errors import ConfigurationError, FatalError, MigrationError, RetryableError
from aurora_migration.model.account import AccountName
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.cutover import CutoverChanges
from aurora_migration.model.names import TableName
from aurora_migration.mysql import locks
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.position import read_position
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import qualified

_STILL_SECONDS: Final = 1.0
_ENDED_SECONDS: Final = 10.0


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
    """What the write block will change, by what the servers hold now."""
    config = sides.config.cutover
    source_accounts = _applications(sides, sides.source)
    return CutoverChanges(
        source_accounts=source_accounts if config.write_block == "lock-accounts" else (),
        target_accounts=_applications(sides, sides.target),
        source_events=tuple(str(name) for name in locks.enabled_events(sides.source, sides.schemas)),
        read_only=locks.read_only_state(sides.source),
    )


def block(sides: Sides, changes: CutoverChanges) -> None:
    """Close the target, stop the source's events, block its writes.

    Raises: MissingPrivilegeError, RetryableError.
    """
    locks.lock_accounts(sides.target, _names(changes.target_accounts))
    for name in changes.source_events:
        locks.set_event(sides.source, _event(name), enabled=False)
    policy = sides.config.cutover.write_block
    if policy == "lock-accounts":
        names = _names(changes.source_accounts)
        locks.lock_accounts(sides.source, names)
        _end_all(sides, {name.user for name in names})
    elif policy == "read-only":
        locks.set_read_only(sides.source, "super_read_only")


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
        proofs.append(f"{len(names)} accounts are locked and have no session")
    if probe is not None and table is not None:
        proofs.append(_probed(probe, table))
    proofs.append(_stands_still(sides))
    return proofs


def undo(sides: Sides, changes: CutoverChanges, policy: str) -> None:
    """Let the source take writes again, as it did before; the target's accounts stay locked until it is opened."""
    if policy == "read-only":
        locks.set_read_only(sides.source, changes.read_only)
    locks.unlock_accounts(sides.source, _names(changes.source_accounts))
    for name in changes.source_events:
        locks.set_event(sides.source, _event(name), enabled=True)


def open_target(sides: Sides, changes: CutoverChanges) -> None:
    """Let the applications' accounts log in to the target."""
    locks.unlock_accounts(sides.target, _names(changes.target_accounts))


def _applications(sides: Sides, session: Session) -> tuple[str, ...]:
    """Accounts of applications: those the migration file names, without reserved ones and our own."""
    config = sides.config
    return tuple(
        str(name)
        for name in locks.open_accounts(session)
        if name.matches(config.cutover.accounts)
        and not name.matches(config.accounts.reserved)
        and name not in sides.own
    )


def _end_all(sides: Sides, users: Collection[str]) -> None:
    """End sessions until there are none: a login that was under way may have come through after the lock."""
    waited = 0.0
    while locks.end_sessions(sides.source, users):
        if waited >= _ENDED_SECONDS:
            raise RetryableError("sessions of locked accounts do not end", subject=sides.source.endpoint.label)
        sides.sleep(0.1)
        waited += 0.1


def _probed(probe: Endpoint, table: TableName) -> str:
    try:
        with Session.open(probe) as session:
            session.execute(statement("cutover/probe_write", table=qualified(table)))
    except ConfigurationError as error:
        return f"an ordinary account cannot log in ({error.message})"
    except MigrationError as error:
        return f"a write of an ordinary account is refused ({error.message})"
    raise StillWrittenError(
        "a write of the probe account was taken",
        subject=probe.label,
        remedy="see whether cutover.accounts takes the probe's account",
    )


def _stands_still(sides: Sides) -> str:
    before = read_position(sides.source)
    sides.sleep(_STILL_SECONDS)
    after = read_position(sides.source)
    if before != after:
        raise StillWrittenError(
            f"its position moved on, from {before} to {after}: somebody writes",
            subject=sides.source.endpoint.label,
            remedy="widen cutover.accounts, or use write_block read-only; SHOW PROCESSLIST says who is connected",
        )
    return f"the position stood still for {_STILL_SECONDS:.0f} s"


def _names(texts: Sequence[str]) -> list[AccountName]:
    return [AccountName.parse(text) for text in texts]


def _event(text: str) -> TableName:
    schema, _, name = text.partition(".")
    return TableName(schema, name)
