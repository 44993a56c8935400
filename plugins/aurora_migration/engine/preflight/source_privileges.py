"""What the source account must be allowed to read, as exact GRANTs; and what it may not even see.

A table, trigger or event on which an account has no privilege is not shown to it at all, so a missing privilege
can hide an object from the plan: then completeness cannot be proven and the finding says so.
https://dev.mysql.com/doc/refman/8.4/en/information-schema-introduction.html#information-schema-privileges
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.missing import privilege_finding
from aurora_migration.engine.preflight.remedies import grant, listed
from aurora_migration.engine.preflight.server import Server, Version
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.plan import PlannedTable
from aurora_migration.mysql import catalog

_FEW: Final = 5
_SHOW_ROUTINE_SINCE: Final = Version(8, 0, 20)


def check_source_table_privileges(context: Context) -> Iterator[Finding]:
    """SELECT on every row and column of the plan, TRIGGER to see the tables' triggers."""
    source = context.source
    for schema in context.plan.schemas:
        tables = [table for table in context.plan.tables if table.mapping.source.schema == schema]
        for privilege in ("SELECT", "TRIGGER"):
            lacking = [table for table in tables if not _allowed(source, privilege, table)]
            if lacking:
                yield _lacking(source, privilege, schema, lacking, everything=len(lacking) == len(tables))


def check_source_schema_privileges(context: Context) -> Iterator[Finding]:
    """SHOW VIEW, EVENT and sight of routine bodies, for schemas that come along whole."""
    source = context.source
    views = {one.name.schema for one in context.objects if one.kind == "view"}
    for schema in context.plan.whole_schemas:
        needed = ["EVENT"] + (["SHOW VIEW"] if schema in views else [])
        yield from privilege_finding(
            source, needed, schema, "the source account cannot read all definitions of it"
        )
    if context.plan.whole_schemas and not _sees_routines(source):
        # https://dev.mysql.com/doc/refman/8.4/en/privileges-provided.html#priv_show-routine
        privilege = "SHOW_ROUTINE" if source.version >= _SHOW_ROUTINE_SINCE else "SELECT"
        yield blocker(
            "source-privilege-missing",
            source.label,
            f"lacks {privilege}: procedures and functions of others are hidden or have no body",
            grant(source, [privilege]),
        )


def check_source_account_privileges(context: Context) -> Iterator[Finding]:
    """What the phases beside the load read: accounts, and the binlog position."""
    source = context.source
    if context.config.accounts.mode != "skip":
        yield from privilege_finding(source, ["SELECT"], "mysql", "accounts and grants are read from there")
    if source.is_on("log_bin") and not _any(source, "REPLICATION CLIENT", "SUPER"):
        yield warning(
            "binlog-position-hidden",
            source.label,
            "lacks REPLICATION CLIENT: the binlog file and offset at the start of the load cannot be recorded",
            grant(source, ["REPLICATION CLIENT"]),
        )


def check_hidden_tables(context: Context) -> Iterator[Finding]:
    """Whether the account sees every table of the schemas that the selection takes by pattern."""
    source = context.source
    patterns = [r for r in context.config.selection if r.include is not None and set(r.pattern) & set("*?[")]
    for schema in catalog.schema_names(source.session):
        by_pattern = any(rule.covers_schema(schema) for rule in patterns)
        if by_pattern and not source.grants.holds("SELECT", schema):
            yield warning(
                "source-tables-may-be-hidden",
                schema,
                "the source account has no SELECT on the whole schema: tables without a grant of their own are "
                "invisible to it and would be missing without a sign",
                grant(source, ["SELECT"], schema),
            )


def _allowed(source: Server, privilege: str, planned: PlannedTable) -> bool:
    name = planned.mapping.source
    if source.grants.holds(privilege, name.schema, name.name):
        return True
    columns = {column.name.lower() for column in planned.table.columns}
    return columns <= source.grants.columns(privilege, name.schema, name.name)


def _lacking(
    source: Server, privilege: str, schema: str, lacking: list[PlannedTable], *, everything: bool
) -> Finding:
    names = [table.mapping.source for table in lacking]
    remedy = (
        grant(source, [privilege], schema)
        if everything or len(names) > _FEW
        else " ".join(grant(source, [privilege], name.schema, name.name) for name in names)
    )
    return blocker(
        "source-privilege-missing",
        schema,
        f"the source account lacks {privilege} on {'all tables' if everything else listed(names)}",
        remedy,
    )


def _sees_routines(source: Server) -> bool:
    return _any(source, "SHOW_ROUTINE", "SELECT")


def _any(server: Server, *privileges: str) -> bool:
    return any(server.grants.holds(privilege) for privilege in privileges)
