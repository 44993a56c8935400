"""A database of its own for each test, on both servers, with sessions and a migration over it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import Fragment, identifier, raw
from local.login import Login
from local.oracle import ServerParams
from local.servers import Pair


def endpoint(role: str, login: Login) -> Endpoint:
    return Endpoint(role, login.host, login.port, login.user, login.password)


@dataclass(slots=True)
class Databases:
    """A schema called ``name`` on the source, filled; the target has none of it."""

    pair: Pair
    name: str
    source: Session
    target: Session
    source_root: Session
    target_root: Session
    key: str

    @classmethod
    def create(cls, pair: Pair, statements: Sequence[str], name: str | None = None) -> Databases:
        key = f"t_{secrets.token_hex(6)}"
        made = cls(pair, name or key, *_sessions(pair), key)
        made.source_root.execute(raw("CREATE DATABASE ") + identifier(made.name))
        made.run_on(made.source_root, statements)
        return made

    def reopen(self) -> None:
        """Open all sessions anew: the servers were restarted."""
        for session in (self.source, self.target, self.source_root, self.target_root):
            session.close()
        self.source, self.target, self.source_root, self.target_root = _sessions(self.pair)

    def run_on(self, session: Session, statements: Sequence[str]) -> None:
        """Run statements with this database as the default one and a forgiving sql_mode."""
        session.execute(raw("USE ") + identifier(self.name))
        session.set_variable("sql_mode", "NO_AUTO_VALUE_ON_ZERO")
        for text in statements:
            session.execute(raw(text))

    def on_target(self, *statements: str) -> None:
        """Change the target by hand, as root."""
        self.run_on(self.target_root, statements)

    def on_source(self, *statements: str) -> None:
        """Change the source, as root."""
        self.run_on(self.source_root, statements)

    def table(self, name: str) -> TableName:
        return TableName(self.name, name)

    def config(self, **changes: Any) -> MigrationConfig:
        """A migration of the whole database, named after it."""
        settings: dict[str, Any] = {
            "name": self.key,
            "control_schema": f"control_{self.key}",
            "source": {"connection": "source_mysql"},
            "target": {"connection": "target_aurora"},
            "selection": [{"include": f"{self.name}.*"}],
        }
        return MigrationConfig.model_validate(settings | changes)

    def oracle_params(self) -> tuple[ServerParams, ServerParams]:
        """Root's logins for the oracle."""
        logins = [root(self.pair, role) for role in ("source", "target")]
        left, right = (ServerParams(login.host, login.port, login.user, login.password) for login in logins)
        return left, right

    def drop(self) -> None:
        for session in (self.source_root, self.target_root):
            session.execute(raw("DROP DATABASE IF EXISTS ") + identifier(self.name))
            session.execute(raw("DROP DATABASE IF EXISTS ") + identifier(f"control_{self.key}"))
        for session in (self.source, self.target, self.source_root, self.target_root):
            session.close()


def _sessions(pair: Pair) -> tuple[Session, Session, Session, Session]:
    """The migration's to source and target, and root's."""
    return (
        Session.open(endpoint("source", pair.source_login)),
        Session.open(endpoint("target", pair.target_login), local_infile=True),
        Session.open(root(pair, "source")),
        Session.open(root(pair, "target")),
    )


def root(pair: Pair, role: str) -> Endpoint:
    server = pair.source if role == "source" else pair.target
    return Endpoint(role, "127.0.0.1", server.port, "root", server.root_password)


def create_like_source(made: Databases, tables: Sequence[str]) -> None:
    """Give the target the source's tables, keys and all, by its SHOW CREATE text."""
    made.target_root.execute(raw("CREATE DATABASE IF NOT EXISTS ") + identifier(made.name))
    made.target_root.execute(raw("USE ") + identifier(made.name))
    made.target_root.set_variable("foreign_key_checks", 0)
    for name in tables:
        text: Fragment = raw("SHOW CREATE TABLE ") + identifier(made.name) + raw(".") + identifier(name)
        made.target_root.execute(raw(made.source_root.query(text)[0]["Create Table"]))
