"""Reads every account of a server with everything granted to it, as an `AccountCatalog`.

The grant tables are the source: unlike SHOW GRANTS they hold hashes as bytes, wildcard patterns as they are and
partial revokes of GRANT OPTION. Reading needs SELECT on ``mysql.*``, which the source's migration account and
Aurora's administrator have. Where only ``mysql.user`` and ``mysql.default_roles`` can be read, the privileges come
from SHOW GRANTS. Nothing here writes, and nothing ever writes to ``mysql.*``.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from aurora_migration.errors import MissingPrivilegeError
from aurora_migration.model.account import Account, AccountName
from aurora_migration.model.account_catalog import AccountCatalog, ServerObjects
from aurora_migration.model.grant import Rights, RoutineName, ScopeKind
from aurora_migration.model.names import TableName
from aurora_migration.mysql.account_rows import account_from, restrictions_of
from aurora_migration.mysql.grant_rows import Collected, collect
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import account, raw
from aurora_migration.sql.show_grants import parse_account_list, parse_grants

log = logging.getLogger(__name__)

_REMEDY = "GRANT SELECT ON mysql.* to the migration's account: without it no account can be read"


def read_accounts(session: Session) -> AccountCatalog:
    """All accounts and roles of the server, the server's own included. Raises: MissingPrivilegeError."""
    with all_roles(session):
        try:
            rows = session.query(statement("accounts/accounts"))
            default_roles = _default_roles(session)
        except MissingPrivilegeError as error:
            raise MissingPrivilegeError(error.message, subject=session.endpoint.label, remedy=_REMEDY) from error
        settings = server_settings(session)
        partial_revokes = settings.get("partial_revokes") == "ON"
        accounts = [account_from(row, default_roles.get(_name(row), ())) for row in rows]
        rights, orphans = _rights(session, rows, accounts, partial_revokes)
        return AccountCatalog(
            accounts={one.name: one for one in accounts},
            rights=rights,
            objects=_objects(session, rights),
            partial_revokes=partial_revokes,
            mandatory_roles=parse_account_list(settings.get("mandatory_roles", "")),
            activate_all_roles=settings.get("activate_all_roles_on_login") == "ON",
            password_history=_password_history(session),
            orphans=orphans,
        )


def server_settings(session: Session) -> dict[str, str]:
    """The server's global settings about accounts; one that it does not have is absent."""
    return {row["Variable_name"]: row["Value"] for row in session.query(statement("accounts/variables"))}


@contextlib.contextmanager
def all_roles(session: Session) -> Iterator[None]:
    """Activate every role of the session's account, and go back to its default roles after.

    SET ROLE DEFAULT alone leaves the privileges of all roles in force where an account has no default role (seen
    on 9.7.4), although CURRENT_ROLE() says NONE; SET ROLE NONE takes them away.
    """
    session.execute(statement("accounts/set_role_all"))
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # a lost connection has no roles left to set
            session.execute(raw("SET ROLE NONE"))
            session.execute(raw("SET ROLE DEFAULT"))


def show_grants(session: Session, name: AccountName, *, literal_names: bool) -> Rights:
    """The rights of one account, from SHOW GRANTS. Raises: MissingPrivilegeError."""
    of = account(name.user, name.host)
    rows = session.query(statement("accounts/show_grants", account=of, using=raw("")))
    return parse_grants((str(next(iter(row.values()))) for row in rows), literal_names=literal_names)


def existing_columns(session: Session, table: TableName) -> frozenset[str]:
    """The lower-case names of a table's columns; empty if the table does not exist."""
    values = {"schema": table.schema, "name": table.name}
    rows = session.query(statement("accounts/granted_columns"), values)
    return frozenset(row["column_name"].lower() for row in rows)


def _rights(
    session: Session, rows: list[dict[str, Any]], accounts: list[Account], literal_names: bool
) -> tuple[dict[AccountName, Rights], tuple[AccountName, ...]]:
    names = [one.name for one in accounts]
    restrictions = {_name(row): restrictions_of(row) for row in rows}
    try:
        collected: Collected = collect(session, rows, restrictions, literal_names=literal_names)
    except MissingPrivilegeError as error:
        log.info("grant tables not readable, using SHOW GRANTS reason=%s", error.message)
        return {name: show_grants(session, name, literal_names=literal_names) for name in names}, ()
    orphans = tuple(sorted(set(collected) - set(names)))
    return {name: collected.get(name, Rights()) for name in names}, orphans


def _default_roles(session: Session) -> dict[AccountName, tuple[AccountName, ...]]:
    found: dict[AccountName, list[AccountName]] = {}
    for row in session.query(statement("accounts/default_roles")):
        role = AccountName(row["role_user"], row["role_host"])
        found.setdefault(AccountName(row["user"], row["host"]), []).append(role)
    return {name: tuple(sorted(roles)) for name, roles in found.items()}


def _password_history(session: Session) -> dict[AccountName, int]:
    try:
        rows = session.query(statement("accounts/password_history"))
    except MissingPrivilegeError:
        return {}
    return {AccountName(row["user"], row["host"]): int(row["passwords"]) for row in rows}


def _objects(session: Session, rights: dict[AccountName, Rights]) -> ServerObjects:
    tables: set[TableName] = set()
    views: set[TableName] = set()
    for row in session.query(statement("accounts/tables")):
        (views if row["is_view"] else tables).add(TableName(row["schema_name"], row["name"]))
    routines = {
        RoutineName(ScopeKind(row["kind"]), row["schema_name"], row["name"].lower())
        for row in session.query(statement("accounts/routines"))
    }
    scopes = {grant.scope for one in rights.values() for grant in one.grants}
    if any(scope.kind is ScopeKind.LIBRARY for scope in scopes):
        for row in session.query(statement("accounts/libraries")):
            routines.add(RoutineName(ScopeKind.LIBRARY, row["schema_name"], row["name"].lower()))
    named = {TableName(scope.schema, scope.name) for scope in scopes if scope.kind is ScopeKind.COLUMN}
    return ServerObjects(
        schemas=frozenset(row["name"] for row in session.query(statement("accounts/schemas"))),
        tables=frozenset(tables),
        views=frozenset(views),
        routines=frozenset(routines),
        columns=frozenset((table, column) for table in named for column in existing_columns(session, table)),
    )


def _name(row: dict[str, Any]) -> AccountName:
    return AccountName(row["User"], row["Host"])
