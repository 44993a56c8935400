"""What a case's databases look like to code that is not the engine's: the oracle, and plain SHOW CREATE."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aurora_migration.model.names import TableName
from local.mysqld import Server
from local.oracle import ServerParams, compare_databases
from local.servers import Pair
from tests.scenarios.harness.databases import execute, quoted
from tests.scenarios.harness.migration import Outcome

_ENGINE = re.compile(r"\bENGINE=\w+|\bENGINE = \w+")
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


def problems(pair: Pair, databases: Mapping[str, str], outcome: Outcome) -> list[str]:
    """Every difference, one text each; renames of single tables are made on the source first, by the server."""
    assert outcome.plan is not None
    _rename_on_source(pair.source, outcome.plan.config.renames.tables)
    taken = {str(planned.target) for planned in outcome.plan.tables}
    without = [
        f"{old}.{name}"
        for old, new in databases.items()
        for name in _tables(pair.source, old)
        if f"{new}.{name}" not in taken
    ]
    found = compare_databases(_params(pair.source), _params(pair.target), dict(databases), without=without)
    changed = {rule.subject for rule in outcome.rules}
    for old, new in databases.items():
        for name in _tables(pair.source, old):
            if f"{new}.{name}" in taken and f"table {new}.{name}" not in changed:
                found_text = _different_text(pair, TableName(old, name), TableName(new, name))
                if found_text:
                    return [*found.problems(), found_text]
    return found.problems()


def _different_text(pair: Pair, ours: TableName, theirs: TableName) -> str:
    """The lines of SHOW CREATE TABLE that are not on both sides."""
    one, other = _lines(pair.source, ours), _lines(pair.target, theirs)
    if one == other:
        return ""
    return f"SHOW CREATE TABLE {theirs}: {sorted(one - other)} -> {sorted(other - one)}"


def _lines(server: Server, name: TableName) -> set[str]:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"SHOW CREATE TABLE {quoted(name.schema)}.{quoted(name.name)}")
        row = cursor.fetchone()
    assert row is not None
    text = _COUNTER.sub("", _ENGINE.sub("ENGINE", str(row[1])))
    return {line.strip().rstrip(",").rstrip() for line in text.splitlines()}


def _tables(server: Server, database: str) -> list[str]:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT TABLE_NAME FROM information_schema.TABLES"
            " WHERE TABLE_SCHEMA = %s AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME",
            (database,),
        )
        return [str(row[0]) for row in cursor.fetchall()]


def _rename_on_source(source: Server, renames: Mapping[str, str]) -> None:
    """Two steps, since names may be exchanged."""
    for number, old in enumerate(renames):
        execute(source, f"RENAME TABLE {_path(old)} TO {_path(old, f'on_the_way_{number}')}")
    for number, (old, new) in enumerate(renames.items()):
        execute(source, f"RENAME TABLE {_path(old, f'on_the_way_{number}')} TO {_path(new)}")


def _path(text: str, name: str | None = None) -> str:
    schema, _, table = text.partition(".")
    return f"{quoted(schema)}.{quoted(name or table)}"


def _params(server: Server) -> ServerParams:
    return ServerParams("127.0.0.1", server.port, "root", server.root_password)
