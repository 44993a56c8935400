"""The part of a migration file that says what becomes of users, roles and grants."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from aurora_migration.model.config_part import ConfigPart

PluginName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
AccountPattern = Annotated[str, Field(pattern=r"^(\*|.*@.*)$")]
AccountText = Annotated[str, Field(pattern=r"^.{0,32}@[^@]{1,255}$")]


class AccountsConfig(ConfigPart):
    """Users, roles and grants."""

    mode: Annotated[
        Literal["migrate", "verify", "skip"],
        Field(description="migrate: create and compare; verify: compare only; skip: leave accounts alone"),
    ] = "migrate"
    include: Annotated[
        list[AccountPattern], Field(description="user@host patterns; the roles of these accounts come along")
    ] = Field(default_factory=lambda: ["*"])
    exclude: Annotated[list[AccountPattern], Field(description="user@host patterns to leave out")] = Field(
        default_factory=list
    )
    reserved: Annotated[
        list[AccountPattern], Field(description="user@host patterns of accounts that belong to the servers")
    ] = Field(
        default_factory=lambda: [
            "rdsadmin@*",
            "rds_superuser_role@*",
            "rdsrepladmin@*",
            "rdstopmgr@*",
            "mysql.*@*",
            "AWS_*@*",
            "root@localhost",
            "root@127.0.0.1",
            "root@::1",
        ]
    )
    on_ungrantable: Annotated[
        Literal["drop", "fail"],
        Field(
            description="privileges the target's admin cannot grant: drop and list them, or fail before writing"
        ),
    ] = "drop"
    on_unknown_plugin: Annotated[
        Literal["create-locked", "skip", "fail"],
        Field(
            description="accounts whose login the target cannot hold (plugin missing, further factors, or no "
            "password where it insists on one): create them locked with a random password, leave out, or fail"
        ),
    ] = "create-locked"
    plugin_map: Annotated[
        dict[PluginName, PluginName],
        Field(
            description="source plugin: target plugin, for plugins the target lacks; the account gets a random "
            "password (none with AWSAuthenticationPlugin), since no hash fits another plugin"
        ),
    ] = Field(default_factory=dict)
    iam_users: Annotated[
        list[AccountText],
        Field(description="accounts (user@host) that log in to Aurora with IAM: AWSAuthenticationPlugin and TLS"),
    ] = Field(default_factory=list)
    on_existing: Annotated[
        Literal["merge", "refresh"],
        Field(
            description="accounts that are on the target already: merge adds what is missing and leaves login and "
            "options alone, refresh also gives them the source's login and options; neither takes a right away"
        ),
    ] = "merge"
    merged: Annotated[
        list[AccountPattern],
        Field(
            description="user@host patterns of the target's own accounts: they keep their login and may hold more "
            "than on the source (the target connection's own account always is one of them)"
        ),
    ] = Field(default_factory=list)
    general_log: Annotated[
        Literal["fail", "accept"],
        Field(
            description="the target's general log is on and would hold every password hash: fail before writing, "
            "or accept that"
        ),
    ] = "fail"
