"""Plans every account: source, target and policy in, `AccountPlan` out; reads and writes nothing.

An account that is on the target already is merged, never recreated or weakened. What the administrator may not
touch, since it holds SYSTEM_USER, is left alone. The plan of a second run equals that of the first: it depends on
the source, and on the target only through what it can hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aurora_migration.engine.accounts.authentication import Login, declared_iam_user, target_login
from aurora_migration.engine.accounts.objects import ObjectMap
from aurora_migration.engine.accounts.observations import observations
from aurora_migration.engine.accounts.outside import held_by_names_of_target, outside_objects
from aurora_migration.engine.accounts.roles import memberships
from aurora_migration.engine.accounts.selection import left_behind, selected
from aurora_migration.engine.accounts.translation import GrantTranslator
from aurora_migration.model.account import Account, AccountName
from aurora_migration.model.account_catalog import AccountCatalog, TargetCapability
from aurora_migration.model.account_plan import (
    AccountAction,
    AccountPlan,
    AccountRule,
    PlannedAccount,
    changed,
    dropped,
)
from aurora_migration.model.config_accounts import AccountsConfig
from aurora_migration.model.grant import Rights
from aurora_migration.model.plan import MigrationPlan

_UNGRANTABLE = frozenset({AccountRule.UNGRANTABLE, AccountRule.UNKNOWN_PRIVILEGE, AccountRule.ADMIN_RESTRICTION})
_NO_LOGIN = frozenset({AccountRule.PLUGIN_MISSING, AccountRule.MULTI_FACTOR, AccountRule.NO_PASSWORD})


@dataclass(frozen=True, slots=True)
class _Inputs:
    source: AccountCatalog
    target: AccountCatalog
    capability: TargetCapability
    config: AccountsConfig
    objects: ObjectMap
    migrated: frozenset[AccountName]


def plan_accounts(
    source: AccountCatalog,
    target: AccountCatalog,
    capability: TargetCapability,
    plan: MigrationPlan,
    config: AccountsConfig,
) -> AccountPlan:
    """Decide what becomes of every account; nothing is dropped without a named rule."""
    if config.mode == "skip":
        return AccountPlan(config.mode)
    taken = selected(source, config)
    logins = {name: target_login(source.accounts[name], config, capability) for name in taken}
    declared = [name for name in map(AccountName.parse, config.iam_users) if name not in source.accounts]
    migrated = frozenset({name for name, login in logins.items() if login.account is not None} | set(declared))
    objects = ObjectMap(plan, source.objects, target.objects)
    inputs = _Inputs(source, target, capability, config, objects, migrated)
    planned = [_planned(inputs, source.accounts[name], logins[name]) for name in taken]
    planned += [_declared(inputs, name) for name in declared]
    planned += [
        PlannedAccount(name, AccountAction.SKIP, source.accounts[name], changes=(dropped("the account", rule),))
        for name, rule in left_behind(source, config)
    ]
    whole = AccountPlan(
        mode=config.mode,
        accounts=tuple(sorted(planned, key=lambda one: one.name)),
        source=source,
        blocking=_blocking(config),
        refresh=config.on_existing == "refresh",
        literal_names=capability.partial_revokes,
        inherited=frozenset(
            (held.privilege, schema) for held in capability.grants for schema in held.except_schemas
        ),
        general_log_accepted=config.general_log == "accept",
        outside=outside_objects(objects),
    )
    return replace(whole, findings=observations(whole, target, capability))


def _blocking(config: AccountsConfig) -> frozenset[AccountRule]:
    """Rules whose application is a blocker under this policy."""
    rules = _UNGRANTABLE if config.on_ungrantable == "fail" else frozenset()
    return rules | (_NO_LOGIN if config.on_unknown_plugin == "fail" else frozenset())


def _planned(inputs: _Inputs, account: Account, login: Login) -> PlannedAccount:
    name = account.name
    if login.account is None:
        return PlannedAccount(name, AccountAction.SKIP, account, changes=login.changes)
    if _untouchable(inputs, name):
        left = changed("the account", AccountRule.SYSTEM_USER, "the target's own, left alone", _UNTOUCHABLE)
        return PlannedAccount(name, AccountAction.LEAVE, account, changes=(left,))
    translator = GrantTranslator(inputs.source.rights_of(name), inputs.objects, inputs.capability)
    grants = translator.translate()
    member = memberships(account, inputs.source, inputs.target, inputs.capability, inputs.migrated)
    tolerant = name == inputs.capability.admin or name.matches(inputs.config.merged)
    changes = (*login.changes, *translator.changes.listed(), *member.changes)
    if tolerant and name in inputs.target.accounts:
        merged = changed("login and options", AccountRule.MERGED, "the target's own")
        changes = (merged, *(change for change in changes if change not in login.changes))
    return PlannedAccount(
        name=name,
        action=AccountAction.MERGE if name in inputs.target.accounts else AccountAction.CREATE,
        source=account,
        account=replace(login.account, default_roles=member.default_roles),
        rights=Rights(grants, member.proxies, member.roles),
        changes=changes,
        random_password=login.random_password,
        tolerant=tolerant,
        held=held_by_names_of_target(inputs.source.rights_of(name), inputs.objects),
    )


_UNTOUCHABLE = "it holds SYSTEM_USER there, which the target connection's account does not"


def _untouchable(inputs: _Inputs, name: AccountName) -> bool:
    """An account with SYSTEM_USER can only be changed by another one with it."""
    there = name in inputs.target.accounts and inputs.target.holds(name, "SYSTEM_USER")
    return there and not inputs.capability.holds("SYSTEM_USER")


def _declared(inputs: _Inputs, name: AccountName) -> PlannedAccount:
    login = declared_iam_user(name, inputs.config, inputs.capability)
    there = name in inputs.target.accounts
    action = AccountAction.MERGE if there else AccountAction.CREATE
    return PlannedAccount(
        name=name,
        action=action if login.account else AccountAction.SKIP,
        source=None,
        account=login.account,
        changes=login.changes,
        random_password=login.random_password,
        tolerant=there and name.matches(inputs.config.merged),
    )
