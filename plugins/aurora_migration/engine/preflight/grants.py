"""Reads SHOW GRANTS: which privileges a session holds, globally, on a schema, on a table or on columns.

Only what preflight asks is kept. In schema names of GRANT, ``%`` and ``_`` are wildcards unless
``partial_revokes`` is on
(https://dev.mysql.com/doc/refman/8.4/en/grant.html#grant-database-privileges). Names are read, never written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_NAME: Final = r"\x60(?:[^\x60]|\x60\x60)*\x60"
_LINE: Final = re.compile(
    rf"(?P<verb>GRANT|REVOKE) (?P<privileges>(?:[^\x60]|{_NAME})+?) ON (?:TABLE )?"
    rf"(?:\*\.\*|(?P<schema>{_NAME})\.(?:\*|(?P<table>{_NAME}))) (?:TO|FROM) "
)
_ROLES: Final = re.compile(rf"GRANT (?P<roles>{_NAME}@{_NAME}(?:,{_NAME}@{_NAME})*) TO ")
_ROLE: Final = re.compile(rf"({_NAME})@({_NAME})")
_PRIVILEGE: Final = re.compile(rf"(?P<name>[A-Z_ ]+?) ?(?:\((?P<columns>(?:[^\x60)]|{_NAME})*)\))?(?:,|\Z)")
_ALL: Final = "ALL PRIVILEGES"


@dataclass(frozen=True, slots=True)
class Grant:
    """One privilege on one scope; ``columns`` is empty for the whole scope; ``revoked`` is a partial revoke."""

    privilege: str
    schema: str | None = None
    table: str | None = None
    columns: frozenset[str] = frozenset()
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Grants:
    """Everything a session was granted; ``roles`` are (user, host) pairs."""

    entries: tuple[Grant, ...]
    roles: tuple[tuple[str, str], ...]
    wildcards: bool

    def holds(self, privilege: str, schema: str | None = None, table: str | None = None) -> bool:
        """Whether the privilege is held on the whole of a scope: server, schema or table."""
        held = False
        for grant in self.entries:
            if grant.columns or not _covers(grant.privilege, privilege):
                continue
            if grant.schema is None:
                held = held or not self._revoked(privilege, schema)
            elif schema is not None and not grant.revoked and self._is_in(grant, schema, table):
                held = True
        return held

    def columns(self, privilege: str, schema: str, table: str) -> frozenset[str]:
        """Lower-case names of the columns of a table that the privilege is held on one by one."""
        found = (
            grant.columns
            for grant in self.entries
            if grant.privilege == privilege and (grant.schema, grant.table) == (schema, table)
        )
        return frozenset().union(*found)

    def _revoked(self, privilege: str, schema: str | None) -> bool:
        return any(
            grant.revoked and grant.schema == schema and _covers(grant.privilege, privilege)
            for grant in self.entries
        )

    def _is_in(self, grant: Grant, schema: str, table: str | None) -> bool:
        if grant.table is not None:
            return (grant.schema, grant.table) == (schema, table)
        pattern = grant.schema or ""
        return pattern == schema or (self.wildcards and _like(pattern, schema))


def parse_grants(lines: Iterable[str], *, wildcards: bool) -> Grants:
    """Parse the lines of SHOW GRANTS; grants on routines and PROXY are passed over."""
    entries: list[Grant] = []
    roles: list[tuple[str, str]] = []
    for line in lines:
        given = _ROLES.match(line)
        if given:
            roles += [(_unquoted(user), _unquoted(host)) for user, host in _ROLE.findall(given["roles"])]
            continue
        found = _LINE.match(line)
        if found and "PROXY" not in found["privileges"]:
            entries += _entries(found)
    return Grants(tuple(entries), tuple(roles), wildcards)


def _entries(found: re.Match[str]) -> Iterable[Grant]:
    schema = _unquoted(found["schema"]) if found["schema"] else None
    table = _unquoted(found["table"]) if found["table"] else None
    for privilege in _PRIVILEGE.finditer(found["privileges"]):
        columns = (_unquoted(name).lower() for name in re.findall(_NAME, privilege["columns"] or ""))
        name = privilege["name"].strip()
        yield Grant(name, schema, table, frozenset(columns), found["verb"] == "REVOKE")


def _covers(granted: str, privilege: str) -> bool:
    # ALL PRIVILEGES has every privilege of its scope; the dynamic ones (with "_") are listed one by one.
    return granted == privilege or (granted == _ALL and "_" not in privilege)


def _unquoted(name: str) -> str:
    return name[1:-1].replace("\x60\x60", "\x60")


def _like(pattern: str, text: str) -> bool:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    expression = "".join(wild.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(expression, text, re.DOTALL) is not None
