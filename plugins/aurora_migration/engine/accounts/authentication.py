"""How an account logs in to the target, and what happens where it cannot log in as on the source.

A hash is carried over as it is where the target accepts the plugin. Where it does not, nothing is weakened to make
the login work: the account is created locked with a random password that the server makes up, mapped to another
plugin by the migration file, or left out. A password is never invented by this project, nor ever known to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aurora_migration.model.account import IAM_PLUGIN, Account, AccountName, Secret, TlsKind, TlsRequirement
from aurora_migration.model.account_catalog import TargetCapability
from aurora_migration.model.account_plan import AccountChange, AccountRule, changed, dropped
from aurora_migration.model.config_accounts import AccountsConfig

_IAM_ROLE = Secret(b"RDS")  # AWSAuthenticationPlugin AS 'RDS': not a secret, the same text for everybody
_RESET = "set a new password: ALTER USER … IDENTIFIED BY …, then ACCOUNT UNLOCK; or map the plugin (plugin_map)"


@dataclass(frozen=True, slots=True)
class Login:
    """The account as it is to be created; ``account`` None: it is left out."""

    account: Account | None
    random_password: bool = False
    changes: tuple[AccountChange, ...] = ()


def target_login(account: Account, config: AccountsConfig, capability: TargetCapability) -> Login:
    """The account with the login it can have on the target."""
    if str(account.name) in config.iam_users:
        return _iam(account, config, capability)
    obstacle = _obstacle(account, capability)
    if obstacle is None:
        return Login(account)
    mapped = config.plugin_map.get(account.plugin)
    if obstacle is AccountRule.PLUGIN_MISSING and mapped is not None and capability.accepts_plugin(mapped):
        return _mapped(account, mapped)
    return _without_login(account, obstacle, config, capability)


def declared_iam_user(name: AccountName, config: AccountsConfig, capability: TargetCapability) -> Login:
    """An IAM user that only the migration file knows: it is created without any privilege."""
    return _iam(Account(name, IAM_PLUGIN), config, capability)


def _obstacle(account: Account, capability: TargetCapability) -> AccountRule | None:
    if account.role_like:
        return None
    if account.factors:
        return AccountRule.MULTI_FACTOR
    if not capability.accepts_plugin(account.plugin):
        return AccountRule.PLUGIN_MISSING
    internal = account.plugin in ("caching_sha2_password", "sha256_password", "mysql_native_password")
    if internal and not account.secret and capability.validates_passwords:
        return AccountRule.NO_PASSWORD
    return None


def _iam(account: Account, config: AccountsConfig, capability: TargetCapability) -> Login:
    """IAM tokens travel in the clear inside TLS, so TLS is required as AWS's documentation does."""
    tls = account.tls if account.tls.kind is not TlsKind.NONE else TlsRequirement(TlsKind.SSL)
    made = replace(account, plugin=IAM_PLUGIN, secret=_IAM_ROLE, second_secret=Secret(), factors=(), tls=tls)
    if not capability.accepts_plugin(IAM_PLUGIN):
        return _without_login(made, AccountRule.PLUGIN_MISSING, config, capability)
    change = changed(f"login by {account.plugin}", AccountRule.IAM, f"{IAM_PLUGIN}, REQUIRE {tls}")
    return Login(made, changes=(change,))


def _mapped(account: Account, plugin: str) -> Login:
    iam = plugin == IAM_PLUGIN
    tls = TlsRequirement(TlsKind.SSL) if iam and account.tls.kind is TlsKind.NONE else account.tls
    secret = _IAM_ROLE if iam else Secret()
    made = replace(account, plugin=plugin, secret=secret, second_secret=Secret(), factors=(), tls=tls)
    became = plugin if iam else f"{plugin} with a random password"
    remedy = "" if iam else "set a new password: ALTER USER … IDENTIFIED BY …"
    change = changed(f"login by {account.plugin}", AccountRule.PLUGIN_MAPPED, became, remedy)
    return Login(made, random_password=not iam, changes=(change,))


def _without_login(
    account: Account, obstacle: AccountRule, config: AccountsConfig, capability: TargetCapability
) -> Login:
    what = _words(account, obstacle)
    plugin = _internal_plugin(capability)
    if config.on_unknown_plugin != "create-locked" or plugin is None:
        return Login(None, changes=(dropped(what, obstacle, _RESET),))
    made = replace(account, plugin=plugin, secret=Secret(), second_secret=Secret(), factors=(), locked=True)
    change = changed(what, obstacle, "locked, with a random password", _RESET)
    return Login(made, random_password=True, changes=(change,))


def _internal_plugin(capability: TargetCapability) -> str | None:
    """A plugin for which the server can make up a password."""
    wanted = ("caching_sha2_password", "mysql_native_password", "sha256_password")
    return next((plugin for plugin in wanted if capability.accepts_plugin(plugin)), None)


def _words(account: Account, obstacle: AccountRule) -> str:
    if obstacle is AccountRule.MULTI_FACTOR:
        return f"login by {account.plugin} and {', '.join(account.factors)}"
    if obstacle is AccountRule.NO_PASSWORD:
        return "login without a password, which the target's validate_password refuses"
    return f"login by {account.plugin}, which the target does not accept"
