"""Is everything ready for a cutover? Facts as findings: what blocks it, and what a person should know before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aurora_migration.engine.cutover.write_block import Sides
from aurora_migration.errors import MissingPrivilegeError
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.cutover import CutoverChanges
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.model.sync import Checkpoint, SyncState, TableMode, TableSync
from aurora_migration.mysql import locks, transactions
from aurora_migration.mysql.session import Session

_LONG_SECONDS = 10
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Facts:
    """What the control schema says; ``verified_at`` is the end of the last green verification, UTC."""

    checkpoint: Checkpoint | None
    modes: tuple[TableSync, ...]
    lag_seconds: float
    verified_at: datetime | None
    now: datetime
    loaded: bool


def readiness(
    config: MigrationConfig, facts: Facts, source: Session, following: Iterable[Finding] | None = None
) -> tuple[Finding, ...]:
    """Every finding, blockers first; ``following`` is what is known of changes that another engine applies."""
    followed = _following(config, facts) if following is None else following
    return blockers_first([*followed, *_verification(config, facts), *_source(source)])


def blockers_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda finding: finding.severity != "blocker"))


def block_findings(sides: Sides, changes: CutoverChanges) -> tuple[Finding, ...]:
    """What the write block will change, for the person who approves it."""
    label, found = sides.source.endpoint.label, []
    if changes.source_accounts:
        shown = ", ".join(changes.source_accounts)
        found.append(note("accounts-to-lock", label, f"will be locked, their sessions ended: {shown}", "nothing"))
    elif sides.config.cutover.write_block == "lock-accounts":
        words = "no open account is of cutover.accounts, so nobody would be stopped from writing"
        found.append(
            blocker("no-accounts-to-lock", label, words, "mend cutover.accounts, or choose another policy")
        )
    if changes.source_events:
        shown = ", ".join(map(str, changes.source_events))
        found.append(
            note("events-to-move", label, f"will be disabled here and run on the target: {shown}", "nothing")
        )
    return tuple(found)


def _following(config: MigrationConfig, facts: Facts) -> Iterator[Finding]:
    sync = f"{config.name}.sync"
    subject = f"migration {config.name}"
    point = facts.checkpoint
    if point is None or not facts.loaded:
        yield blocker("not-loaded", subject, "its tables are not loaded completely", f"run {config.name}.migrate")
        return
    if point.state is SyncState.LOADING:
        yield blocker("still-loading", subject, "a load is going on", f"let {config.name}.migrate end")
    if point.state is SyncState.PAUSED:
        yield blocker("sync-paused", subject, f"paused in front of DDL: {point.words}", f"see the log of {sync}")
    stopped = [str(mode.table) for mode in facts.modes if mode.mode is TableMode.STOPPED]
    if stopped:
        shown = ", ".join(stopped[:_SHOWN])
        yield blocker("tables-stopped", subject, f"stopped by incidents: {shown}", f"trigger {sync} with resync")
    yield lag_finding(config, facts.lag_seconds)


def lag_finding(config: MigrationConfig, seconds: float) -> Finding:
    """How far the target is behind, and whether that is too much."""
    subject, most = f"migration {config.name}", config.cutover.max_lag_seconds
    if seconds > most:
        words = f"the target is {seconds:.0f} s behind, more than {most} s"
        return blocker("lag", subject, words, f"let {config.name}.sync catch up, or raise cutover.max_lag_seconds")
    return note("lag", subject, f"the target is {seconds:.1f} s behind", "nothing")


def _verification(config: MigrationConfig, facts: Facts) -> Iterator[Finding]:
    subject, limit = f"migration {config.name}", config.cutover.max_verification_hours
    if facts.verified_at is None:
        yield blocker("not-verified", subject, "no verification has been green", f"run {config.name}.verify")
        return
    age = facts.now - facts.verified_at
    hours = age / timedelta(hours=1)
    words = f"rows, objects and accounts were last proved equal {hours:.1f} hours ago"
    if hours > limit:
        yield blocker("verification-old", subject, f"{words}, more than {limit}", f"run {config.name}.verify")
    else:
        yield note("verified", subject, words, "nothing")


def _source(source: Session) -> Iterator[Finding]:
    label = source.endpoint.label
    try:
        rows = transactions.long_transactions(source, _LONG_SECONDS)
        if rows:
            shown = ", ".join(f"thread {row['thread']} for {row['seconds']} s" for row in rows[:_SHOWN])
            yield warning("long-transactions", label, f"open transactions: {shown}", "the write block ends them")
        if rows := transactions.detached_transactions(source):
            yield blocker(
                "xa-prepared",
                label,
                f"{len(rows)} prepared XA transactions are undecided since {rows[0]['started']}",
                "commit them or roll them back: XA RECOVER lists them",
            )
        users: dict[str, int] = {}
        for row in locks.sessions(source):
            users[row["user"]] = users.get(row["user"], 0) + 1
        shown = ", ".join(f"{user} ({count})" for user, count in sorted(users.items()))
        yield note("connected", label, f"sessions by user: {shown or 'none'}", "see that you know them all")
    except MissingPrivilegeError as error:
        yield warning("source-not-visible", label, error.message, "GRANT PROCESS ON *.* to the account")
