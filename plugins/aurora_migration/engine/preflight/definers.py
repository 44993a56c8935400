"""Whose name the migrated views, routines, triggers and events carry, and whether that account will be there.

An object whose definer does not exist is created, but fails when it is used (error 1449); triggers then make
their table unwritable (https://dev.mysql.com/doc/refman/8.4/en/stored-objects-security.html). Nobody but a
SYSTEM_USER may create objects in the name of the servers' own accounts.
"""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.engine.preflight.scope import StoredObject
from aurora_migration.model.account import AccountName
from aurora_migration.model.finding import Finding, blocker, note, warning


def check_definers(context: Context) -> Iterator[Finding]:
    """Every definer once, with the objects that carry it."""
    carried: dict[str, list[StoredObject]] = {}
    for one in context.objects:
        name = definer_on_target(context, one)
        if name is not None:
            carried.setdefault(name, []).append(one)
    for name, objects in sorted(carried.items()):
        yield from _judge(context, name, objects)


def definer_on_target(context: Context, one: StoredObject) -> str | None:
    """The account (``user@host``) in whose name an object is created, or None if it is the migration's own."""
    definers = context.config.definers
    if definers.policy == "invoker":
        return None
    return definers.map.get(one.definer, one.definer) if definers.policy == "map" else one.definer


def is_on_target(context: Context, name: str) -> bool:
    """Whether an account called ``user@host`` is on the target now."""
    return AccountName.parse(name) in context.target.accounts


def comes_along(context: Context, name: AccountName) -> bool:
    """Whether the accounts phase takes a source account of that name."""
    accounts = context.config.accounts
    taken = accounts.mode == "migrate" and name in context.source.accounts and name.matches(accounts.include)
    return taken and not name.matches(accounts.exclude) and not name.matches(accounts.reserved)


def _judge(context: Context, name: str, objects: list[StoredObject]) -> Iterator[Finding]:
    account = AccountName.parse(name)
    where = listed(objects, 5)
    map_it = f'set definers: {{policy: map, map: {{"{objects[0].definer}": an account of the target}}}}'
    if account in context.target.system_users and not context.target.grants.holds("SYSTEM_USER"):
        yield blocker(
            "definer-reserved",
            name,
            f"belongs to the server, and the target account may not create objects in its name: {where}",
            map_it,
        )
    elif is_on_target(context, name) or comes_along(context, account):
        return
    elif _is_orphaned(context, account) and name == objects[0].definer:
        yield note(
            "definer-orphaned",
            name,
            f"is an account that the source does not have either, so these fail there too: {where}",
            map_it,
        )
    else:
        yield warning(
            "definer-missing",
            name,
            f"is not on the target and does not come along, so these fail when they are used: {where}",
            f"create the account on the target, let accounts: include it, or {map_it}",
        )


def _is_orphaned(context: Context, name: AccountName) -> bool:
    # Without the accounts phase nobody needs to read the source's accounts, and its account may not be able to.
    return context.config.accounts.mode != "skip" and name not in context.source.accounts
