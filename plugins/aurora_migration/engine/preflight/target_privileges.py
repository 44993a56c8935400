"""What the target account must be allowed to write, as exact GRANTs.

No more is asked than Aurora's administrator holds: no SUPER, no SYSTEM_VARIABLES_ADMIN, nothing in ``mysql``.
Privileges for a kind of object are asked only where the plan has such objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.definers import definer_on_target, is_on_target
from aurora_migration.engine.preflight.missing import privilege_finding
from aurora_migration.engine.preflight.remedies import grant
from aurora_migration.engine.preflight.server import Version
from aurora_migration.model.finding import Finding, blocker

_TABLES: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX")
_OBJECTS: Final = {
    "view": ("CREATE VIEW", "SHOW VIEW"),
    "procedure": ("CREATE ROUTINE", "ALTER ROUTINE"),
    "function": ("CREATE ROUTINE", "ALTER ROUTINE"),
    "trigger": ("TRIGGER",),
    "event": ("EVENT",),
}
# https://dev.mysql.com/doc/refman/8.4/en/privileges-provided.html#priv_set-any-definer: SET_USER_ID until 8.1
_SPLIT_SINCE: Final = Version(8, 2, 0)


def check_target_privileges(context: Context) -> Iterator[Finding]:
    """What creating and filling the plan's schemas and the control schema takes."""
    target, config = context.target, context.config
    for schema in context.target_schemas:
        needed = list(_TABLES)
        if any(config.target_name(key.child).schema == schema for key in context.foreign_keys):
            needed.append("REFERENCES")
        kinds = {one.kind for one in context.objects if config.target_schema(one.name.schema) == schema}
        needed += sorted({privilege for kind in kinds for privilege in _OBJECTS[kind]})
        yield from privilege_finding(target, needed, schema, "it could not create or fill the schema")
    yield from privilege_finding(
        target, _TABLES, config.control_schema, "the control schema holds the run's state"
    )


def check_target_account_privileges(context: Context) -> Iterator[Finding]:
    """What creating accounts and comparing them takes."""
    mode = context.config.accounts.mode
    if mode == "migrate":
        yield from privilege_finding(context.target, ["CREATE USER"], None, "it could not create accounts")
    if mode != "skip":
        yield from privilege_finding(context.target, ["SELECT"], "mysql", "accounts are compared from there")


def check_definer_privileges(context: Context) -> Iterator[Finding]:
    """Whether the target account may create objects in the name of others."""
    target = context.target
    definers = {name for one in context.objects if (name := definer_on_target(context, one))}
    foreign = sorted(definers - {str(target.account)})
    if not foreign:
        return
    split = target.version >= _SPLIT_SINCE
    needed = ["SET_ANY_DEFINER" if split else "SET_USER_ID"]
    if split and not all(is_on_target(context, name) for name in foreign):
        needed.append("ALLOW_NONEXISTENT_DEFINER")
    substitutes = {"SUPER", "SET_USER_ID"} if not split else {"SET_USER_ID"}
    lacking = [name for name in needed if not target.grants.holds(name)]
    if lacking and not any(target.grants.holds(name) for name in substitutes):
        yield blocker(
            "target-privilege-missing",
            target.label,
            f"the target account lacks {', '.join(lacking)}: it cannot create objects with the definers "
            f"{', '.join(foreign[:5])}",
            f"{grant(target, lacking)} or set definers: {{policy: invoker}} or a map in the migration file",
        )
