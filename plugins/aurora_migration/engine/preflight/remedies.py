"""The words of a remedy: an exact GRANT, a parameter group line, or a key of the migration file."""

from __future__ import annotations

from collections.abc import Iterable

from aurora_migration.engine.preflight.server import Server
from aurora_migration.model.grant import escaped
from aurora_migration.model.names import TableName
from aurora_migration.sql.quoting import MAX_IDENTIFIER_CHARACTERS, identifier, qualified

_SHOWN = 10


def grant(server: Server, privileges: Iterable[str], schema: str | None = None, table: str | None = None) -> str:
    """The GRANT statement that a server's administrator has to run for the migration's account."""
    if schema is None:
        scope = "*.*"
    elif table is None:
        scope = f"{identifier(_literally(server, schema)).plain}.*"
    else:
        scope = qualified(TableName(schema, table)).plain
    return f"GRANT {', '.join(privileges)} ON {scope} TO {server.quoted_account};"


def parameter(server: Server, name: str, value: object) -> str:
    """The line for a parameter group (or option file) of a side."""
    return f"in the {server.role}'s parameter group or option file: {name} = {value}"


def setting(server: Server, name: str, value: object) -> str:
    """How a setting that can be changed while the server runs is made to last."""
    if server.is_managed:
        return parameter(server, name, value)
    return f"on the {server.role}: SET PERSIST {name} = {value}; (on RDS and Aurora in the parameter group)"


def listed(names: Iterable[object], shown: int = _SHOWN) -> str:
    """Names in a row, cut after the first ones."""
    texts = [str(name) for name in names]
    rest = len(texts) - shown
    return ", ".join(texts[:shown]) + (f" and {rest} more" if rest > 0 else "")


def _literally(server: Server, schema: str) -> str:
    """A schema name without the meaning that GRANT gives to ``_`` and ``%`` in it."""
    # an escape may take the name over 64 characters, which GRANT does not take: then the wildcard has to do
    literal = schema if server.grants.literal_names else escaped(schema)
    return literal if len(literal) <= MAX_IDENTIFIER_CHARACTERS else schema
