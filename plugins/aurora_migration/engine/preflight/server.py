"""One side of the migration: its session and what it says about itself, each fact read once at first use.

Reading is lazy, so that a fact which cannot be read fails the checks that need it and no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from aurora_migration.engine.preflight.grants import Grants
from aurora_migration.errors import MigrationError, StatementError
from aurora_migration.model.account import AccountName
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, account, join
from aurora_migration.sql.show_grants import parse_grants

_SYNTAX_ERROR = 1064


class Version(NamedTuple):
    """A MySQL version; compares with plain tuples."""

    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


class Server:
    """A connected side; ``session`` may be replaced after a lost connection, the facts stay."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def ensure_open(self, reopen: Callable[[Endpoint], Session]) -> None:
        """Replace the session if it no longer answers. Raises: MigrationError."""
        try:
            self.session.query(statement("preflight/login"))
        except MigrationError:
            self.close()
            self.session = reopen(self.endpoint)

    def close(self) -> None:
        self.session.close()

    @property
    def endpoint(self) -> Endpoint:
        return self.session.endpoint

    @property
    def role(self) -> str:
        return self.endpoint.role

    @property
    def label(self) -> str:
        """What findings call this side."""
        return self.endpoint.label

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """Global variables by lower-case name; switches read ON or OFF."""
        rows = self.session.query(statement("preflight/variables"))
        return {row["Variable_name"].lower(): str(row["Value"]) for row in rows}

    def is_on(self, variable: str) -> bool:
        """Whether a switch is on; a variable that the server does not know is off."""
        return self.variables.get(variable, "OFF").upper() in {"ON", "1", "YES", "TRUE"}

    def number(self, variable: str) -> int:
        """A numeric variable, 0 if the server does not know it."""
        return int(self.variables.get(variable, "0"))

    @property
    def version(self) -> Version:
        return parse_version(self.variables["version"])

    @property
    def folds_names(self) -> bool:
        """Whether the server compares table names without regard to case."""
        return self.number("lower_case_table_names") != 0

    def same_name(self, name: str) -> str:
        """A form of a schema or table name that is equal for names which are one on this server."""
        return name.lower() if self.folds_names else name

    @property
    def is_aurora(self) -> bool:
        return "aurora_version" in self.variables

    @property
    def is_managed(self) -> bool:
        """Whether this is RDS or Aurora, where settings are made in parameter groups and by procedures."""
        return self.is_aurora or self.variables.get("basedir", "").startswith("/rdsdbbin")

    @cached_property
    def binlog_status(self) -> Mapping[str, Any] | None:
        """Where the binlog is and what it leaves out; None where it is off. Raises: MissingPrivilegeError."""
        rows = self.rows_by_age("position/binary_log_status", "position/master_status")
        return rows[0] if rows else None

    @cached_property
    def channels(self) -> tuple[Mapping[str, Any], ...]:
        """Replication channels that this server receives, running or not. Raises: MissingPrivilegeError."""
        return tuple(self.session.query(statement("preflight/channels")))

    @cached_property
    def login(self) -> Mapping[str, object]:
        return self.session.query(statement("preflight/login"))[0]

    @property
    def clock(self) -> datetime:
        """The server's clock, in UTC, when the login was read."""
        clock = self.login["clock"]
        assert isinstance(clock, datetime)
        return clock

    @property
    def account(self) -> AccountName:
        """The account that the server took the connection for."""
        return AccountName.parse(str(self.login["account"]))

    @property
    def quoted_account(self) -> str:
        """The account as a GRANT statement writes it."""
        return account(self.account.user, self.account.host).plain

    @cached_property
    def grants(self) -> Grants:
        """What this session may do: its own grants and those of its active roles."""
        return self._grants(statement("preflight/grants"))

    @cached_property
    def grants_with_all_roles(self) -> Grants:
        """What the account could do with every role it has been given active."""
        if not self.grants.roles:
            return self.grants
        roles = join((account(role.user, role.host) for role in self.grants.roles), ", ")
        return self._grants(statement("preflight/grants_using", roles=roles))

    @cached_property
    def system_users(self) -> frozenset[AccountName]:
        """Accounts that hold SYSTEM_USER. Raises: MissingPrivilegeError."""
        rows = self.session.query(statement("preflight/system_users"))
        return frozenset(AccountName(row["user"], row["host"]) for row in rows)

    @cached_property
    def accounts(self) -> Mapping[AccountName, str]:
        """All accounts and roles with their authentication plugins. Raises: MissingPrivilegeError."""
        rows = self.session.query(statement("preflight/accounts"))
        return {AccountName(row["user"], row["host"]): row["plugin"] or "" for row in rows}

    @cached_property
    def collations(self) -> frozenset[str]:
        return frozenset(row["name"] for row in self.session.query(statement("preflight/collations")))

    def rows_by_age(self, newer: str, older: str) -> list[dict[str, Any]]:
        """The rows of a statement, or of its older form on a server to which the newer is a syntax error."""
        try:
            return self.session.query(statement(newer))
        except StatementError as error:
            if error.errno != _SYNTAX_ERROR:
                raise
            return self.session.query(statement(older))

    def _grants(self, sql: Fragment) -> Grants:
        literal = self.is_on("partial_revokes")
        lines = [str(next(iter(row.values()))) for row in self.session.query(sql)]
        return Grants(parse_grants(lines, literal_names=literal), literal)


def parse_version(text: str) -> Version:
    """The numbers at the head of a version text such as 8.0.36-28-log."""
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if found is None:
        return Version(0, 0)
    return Version(int(found[1]), int(found[2]), int(found[3] or 0))
