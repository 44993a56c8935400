"""Reads SHOW GRANTS: the one view of privileges that every account has of itself.

The server writes the text, so the grammar is small: names in backticks, privileges as words. What cannot be read
is an error, never a privilege left out. ``literal_names`` tells that the server has ``partial_revokes`` on and
takes schema names literally. A revoked GRANT OPTION cannot be seen here: MySQL 9.7 prints it as ``REVOKE  ON``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from aurora_migration.errors import FatalError
from aurora_migration.model.account import AccountName
from aurora_migration.model.grant import (
    GRANT_OPTION,
    ROUTINE_KINDS,
    ROUTINE_LEVEL,
    SCHEMA_LEVEL,
    STATIC,
    TABLE_LEVEL,
    Grant,
    ProxyGrant,
    Rights,
    RoleGrant,
    Scope,
    ScopeKind,
    escaped,
)

_TOKEN: Final = re.compile(r"\s*(?:`((?:[^`]|``)*)`|([A-Za-z_]+)|(.))", re.DOTALL)
_ALL: Final = {
    ScopeKind.GLOBAL: STATIC,
    ScopeKind.SCHEMA: SCHEMA_LEVEL,
    ScopeKind.TABLE: TABLE_LEVEL,
    **dict.fromkeys(ROUTINE_KINDS, ROUTINE_LEVEL),
}

Token = tuple[str, bool]


def parse_grants(lines: Iterable[str], *, literal_names: bool) -> Rights:
    """Everything the lines grant, as values. Raises: FatalError for a line that is not understood."""
    grants: set[Grant] = set()
    proxies: set[ProxyGrant] = set()
    roles: set[RoleGrant] = set()
    revoked: dict[str, set[str]] = {}
    for line in lines:
        tokens = _tokens(line)
        if tokens[0] == ("REVOKE", False):
            at = tokens.index(("ON", False))
            for privilege, _ in _privileges(tokens[1:at]):
                revoked.setdefault(privilege, set()).add(tokens[at + 1][0])
        elif tokens[:2] == [("GRANT", False), ("PROXY", False)]:
            proxies.add(ProxyGrant(_account(tokens[3:], line), grantable=line.endswith(" WITH GRANT OPTION")))
        elif ("ON", False) in tokens:
            grants.update(_grants(tokens, line, literal_names))
        else:
            admin = line.endswith(" WITH ADMIN OPTION")
            listed = tokens[1 : tokens.index(("TO", False))]
            roles.update(RoleGrant(name, admin) for name in account_names(listed))
    whole = (replace(one, except_schemas=tuple(sorted(revoked.get(one.privilege, ())))) for one in grants)
    restricted = frozenset(
        new if new.scope.kind is ScopeKind.GLOBAL else replace(new, except_schemas=()) for new in whole
    )
    return Rights(restricted, frozenset(proxies), frozenset(roles))


def parse_account_list(text: str) -> tuple[AccountName, ...]:
    """Read a list such as CURRENT_ROLE() or ``mandatory_roles`` gives; NONE and '' are empty."""
    if text.strip().upper() in ("", "NONE"):
        return ()
    found = []
    for part in re.findall(r"(?:`(?:[^`]|``)*`|'(?:[^']|'')*'|[^,`'])+", text):
        pieces = re.findall(r"`((?:[^`]|``)*)`|'((?:[^']|'')*)'|([^@`'\s]+)", part)
        names = [first.replace("``", "`") or second.replace("''", "'") or third for first, second, third in pieces]
        if names:
            found.append(AccountName(names[0], names[1] if len(names) > 1 else "%"))
    return tuple(found)


def account_names(tokens: list[Token]) -> Iterator[AccountName]:
    """The accounts of a list ```user`@`host`,…``."""
    for index in range(0, len(tokens), 4):
        yield _account(tokens[index:], "")


def _tokens(line: str) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(line.strip()):
        name, word, mark = match.groups()
        found.append((name.replace("``", "`"), True) if name is not None else (word or mark, False))
    return found


def _account(tokens: list[Token], line: str) -> AccountName:
    if len(tokens) < 3 or tokens[1] != ("@", False):
        raise FatalError("SHOW GRANTS gave a line that is not understood", subject=line)
    return AccountName(tokens[0][0], tokens[2][0])


def _grants(tokens: list[Token], line: str, literal_names: bool) -> Iterator[Grant]:
    at = tokens.index(("ON", False))
    scope = _scope(tokens[at + 1 : tokens.index(("TO", False))], line, literal_names)
    option = line.endswith(" WITH GRANT OPTION")
    dynamic = False
    for privilege, columns in _privileges(tokens[1:at]):
        if privilege == "USAGE":
            continue
        if privilege == "ALL PRIVILEGES":
            yield from (Grant(one, scope) for one in _ALL[scope.kind] if one != GRANT_OPTION)
        elif columns:
            inner = (replace(scope, kind=ScopeKind.COLUMN, column=column) for column in columns)
            yield from (Grant(privilege, one) for one in inner)
        else:
            dynamic = privilege not in STATIC
            yield Grant(privilege, scope, grantable=option and dynamic)
    if option and not dynamic:
        yield Grant(GRANT_OPTION, scope)


def _privileges(tokens: list[Token]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Privilege names with their column lists; commas inside parentheses separate columns."""
    words: list[str] = []
    columns: list[str] = []
    for text, name in [*tokens, (",", False)]:
        if name:
            columns.append(text)
        elif text not in ",()":
            words.append(text)
        elif text == "," and words and (not columns or columns[-1] == ""):
            yield " ".join(words), tuple(column for column in columns if column)
            words, columns = [], []
        elif text == ")":
            columns.append("")


def _scope(tokens: list[Token], line: str, literal_names: bool) -> Scope:
    kind = ScopeKind.TABLE
    if not tokens[0][1] and tokens[0][0] in ROUTINE_KINDS:
        kind = ScopeKind(tokens[0][0])
        tokens = tokens[1:]
    if len(tokens) != 3:
        raise FatalError("SHOW GRANTS gave a line that is not understood", subject=line)
    (schema, schema_quoted), _, (name, name_quoted) = tokens
    if not schema_quoted:
        return Scope(ScopeKind.GLOBAL)
    if not name_quoted:
        return Scope(ScopeKind.SCHEMA, escaped(schema) if literal_names else schema)
    return Scope(kind, schema, name.lower() if kind in ROUTINE_KINDS else name)
