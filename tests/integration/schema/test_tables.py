"""Tables arrive as the server wrote them: wave 1 holds what the load needs, wave 2 makes the texts equal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aurora_migration.mysql.session import Session
from local.script import statements
from tests.fresh_databases import Databases
from tests.integration.schema.migration import create_text, executed, migration, table_names

pytestmark = pytest.mark.servers

ODD = tuple(statements(Path(__file__).with_name("tables.sql").read_text(encoding="utf-8")))
Make = Callable[..., Databases]


def texts(session: Session, schema: str) -> dict[str, str]:
    return {name: create_text(session, schema, name) for name in table_names(session, schema)}


def odd(databases: Make, name: str | None = None) -> Databases:
    made = databases("SET SESSION foreign_key_checks = 0", *ODD, name=name)
    made.on_source("SET SESSION foreign_key_checks = 1")
    return made


def test_odd_tables_end_with_the_same_text(databases: Make) -> None:
    made = odd(databases)
    run = migration(made)
    assert run.first() == ()
    assert run.second() == ()
    ours, theirs = texts(made.source_root, made.name), texts(made.target_root, made.name)
    assert list(theirs) == list(ours)
    for name, text in ours.items():
        assert theirs[name] == text, name
