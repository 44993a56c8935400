"""What an account may do, as single grants: one privilege at one scope.

A schema scope holds a *pattern* in MySQL's own notation (``_`` and ``%`` are wildcards, a backslash takes their
meaning away), always as a server with ``partial_revokes`` off reads it. GRANT OPTION of the static privileges is a
privilege of its own at its scope, as in the grant tables; a dynamic privilege carries it as ``grantable``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aurora_migration.model.account import AccountName

GRANT_OPTION: Final = "GRANT OPTION"
TABLE_LEVEL: Final = frozenset(
    {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", GRANT_OPTION, "REFERENCES", "INDEX", "ALTER"}
    | {"CREATE VIEW", "SHOW VIEW", "TRIGGER"}
)
ROUTINE_LEVEL: Final = frozenset({"EXECUTE", "ALTER ROUTINE", GRANT_OPTION})
SCHEMA_LEVEL: Final = (
    TABLE_LEVEL | ROUTINE_LEVEL | {"CREATE TEMPORARY TABLES", "LOCK TABLES", "CREATE ROUTINE", "EVENT"}
)
GLOBAL_ONLY: Final = frozenset(
    {"RELOAD", "SHUTDOWN", "PROCESS", "FILE", "SHOW DATABASES", "SUPER", "REPLICATION SLAVE", "REPLICATION CLIENT"}
    | {"CREATE USER", "CREATE TABLESPACE", "CREATE ROLE", "DROP ROLE"}
)
STATIC: Final = SCHEMA_LEVEL | GLOBAL_ONLY


class ScopeKind(StrEnum):
    """The level a privilege is granted at; routine kinds are the server's words."""

    GLOBAL = "global"
    SCHEMA = "schema"
    TABLE = "table"
    COLUMN = "column"
    FUNCTION = "FUNCTION"
    PROCEDURE = "PROCEDURE"
    LIBRARY = "LIBRARY"


ROUTINE_KINDS: Final = frozenset({ScopeKind.FUNCTION, ScopeKind.PROCEDURE, ScopeKind.LIBRARY})


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Where a privilege holds: ``schema`` is a pattern for a schema scope and a plain name elsewhere."""

    kind: ScopeKind
    schema: str = ""
    name: str = ""
    column: str = ""

    def __str__(self) -> str:
        if self.kind is ScopeKind.GLOBAL:
            return "*.*"
        if self.kind is ScopeKind.SCHEMA:
            return f"{self.schema}.*"
        if self.kind in ROUTINE_KINDS:
            return f"{self.kind} {self.schema}.{self.name}"
        return f"{self.schema}.{self.name}" + (f" ({self.column})" if self.column else "")


EVERYWHERE: Final = Scope(ScopeKind.GLOBAL)


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One privilege at one scope; ``except_schemas`` are the partial revokes of a global one, sorted."""

    privilege: str
    scope: Scope = EVERYWHERE
    grantable: bool = False
    except_schemas: tuple[str, ...] = ()

    @property
    def dynamic(self) -> bool:
        """Dynamic privileges are all those the server does not keep as columns; they are only global."""
        return self.privilege not in STATIC

    def __str__(self) -> str:
        text = f"{self.privilege} on {self.scope}"
        if self.except_schemas:
            text += f" except {', '.join(self.except_schemas)}"
        return f"{text} with grant option" if self.grantable else text


@dataclass(frozen=True, slots=True, order=True)
class ProxyGrant:
    """The right to act as another account; ``@`` (both empty) stands for every account."""

    proxied: AccountName
    grantable: bool = False

    def __str__(self) -> str:
        return f"PROXY on {self.proxied}" + (" with grant option" if self.grantable else "")


@dataclass(frozen=True, slots=True, order=True)
class RoleGrant:
    """A role that was granted, with or without ADMIN OPTION."""

    role: AccountName
    admin: bool = False

    def __str__(self) -> str:
        return f"role {self.role}" + (" with admin option" if self.admin else "")


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything granted to one account directly."""

    grants: frozenset[Grant] = frozenset()
    proxies: frozenset[ProxyGrant] = frozenset()
    roles: frozenset[RoleGrant] = frozenset()


NO_RIGHTS: Final = Rights()


@dataclass(frozen=True, slots=True, order=True)
class RoutineName:
    """A stored routine; names ignore case, so ``name`` is lower-case."""

    kind: ScopeKind
    schema: str
    name: str


@dataclass(frozen=True, slots=True)
class SchemaPattern:
    """A schema pattern taken apart: ``parts`` are plain characters, or None with a wildcard."""

    parts: tuple[tuple[str | None, str], ...]

    @classmethod
    def of(cls, text: str) -> SchemaPattern:
        """Read MySQL's notation."""
        found = []
        for match in re.finditer(r"\\(.)|(.)", text, re.DOTALL):
            taken, bare = match.groups()
            found.append((None, bare) if taken is None and bare in "_%" else (taken or bare, ""))
        return cls(tuple(found))

    @property
    def literal(self) -> str | None:
        """The one schema it stands for, or None if it has a wildcard."""
        plain = [character for character, _ in self.parts if character is not None]
        return "".join(plain) if len(plain) == len(self.parts) else None

    def matches(self, schema: str) -> bool:
        """Whether a schema of this name falls under the pattern."""
        wild = {"_": ".", "%": ".*"}
        regex = "".join(wild[mark] if plain is None else re.escape(plain) for plain, mark in self.parts)
        return re.fullmatch(regex, schema, re.DOTALL) is not None

    @property
    def specificity(self) -> tuple[bool, int, int]:
        """Orders patterns as MySQL prefers them: a plain name first, then the longer plain beginning."""
        beginning = next((index for index, (plain, _) in enumerate(self.parts) if plain is None), len(self.parts))
        return self.literal is not None, beginning, len(self.parts)


def escaped(schema: str) -> str:
    """The pattern that matches this one schema and no other."""
    return re.sub(r"([\\_%])", r"\\\1", schema)


def covers(held: Grant, wanted: Grant) -> bool:
    """Whether a held grant gives at least what the wanted one does (GRANT OPTION aside for static ones)."""
    if held.privilege != wanted.privilege or (wanted.grantable and not held.grantable):
        return False
    where, what = held.scope, wanted.scope
    if where.kind is ScopeKind.GLOBAL:
        if what.kind is ScopeKind.GLOBAL:
            return set(held.except_schemas) <= set(wanted.except_schemas)
        return not any(_touches(what, schema) for schema in held.except_schemas)
    if where.kind is ScopeKind.SCHEMA and what.kind is not ScopeKind.GLOBAL:
        if what.kind is ScopeKind.SCHEMA:
            name = SchemaPattern.of(what.schema).literal
            return where == what or (name is not None and SchemaPattern.of(where.schema).matches(name))
        return SchemaPattern.of(where.schema).matches(what.schema)
    if where.kind is ScopeKind.TABLE and what.kind is ScopeKind.COLUMN:
        return (where.schema, where.name) == (what.schema, what.name)
    return where == what


def _touches(scope: Scope, schema: str) -> bool:
    if scope.kind is ScopeKind.SCHEMA:
        return SchemaPattern.of(scope.schema).matches(schema)
    return scope.schema == schema
