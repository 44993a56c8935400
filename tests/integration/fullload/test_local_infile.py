"""No connection of ours reads a file of this machine because a server asked for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aurora_migration.errors import MigrationError
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import Fragment, identifier, raw
from tests.fresh_databases import Databases, endpoint

pytestmark = pytest.mark.servers


@pytest.fixture
def here(databases: Callable[..., Databases]) -> Databases:
    made = databases()
    made.target_root.execute(raw("CREATE DATABASE ") + identifier(made.name))
    made.on_target("CREATE TABLE t (line VARCHAR(250))")
    return made


@pytest.fixture
def load(here: Databases, tmp_path: Path) -> Fragment:
    """A statement that makes the server ask for a file that is there."""
    file = tmp_path / "file.txt"
    file.write_text("a line of this machine\n")
    return raw(f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE ") + identifier(here.name) + raw(".t")


def test_the_reader_serves_no_file(here: Databases, load: Fragment) -> None:
    with (
        RowReader(endpoint("target", here.pair.target_login)) as reader,
        pytest.raises(MigrationError, match="local data is disabled"),
    ):
        list(reader.text_rows(load, 1))
    assert _rows(here) == 0


def test_an_ordinary_session_serves_no_file(here: Databases, load: Fragment) -> None:
    with (
        Session.open(endpoint("target", here.pair.target_login)) as session,
        pytest.raises(MigrationError, match="local data is disabled"),
    ):
        session.execute(load)
    assert _rows(here) == 0


def test_a_loading_session_refuses_what_its_writer_did_not_ask_for(here: Databases, load: Fragment) -> None:
    with (
        Session.open(endpoint("target", here.pair.target_login), local_infile=True) as session,
        pytest.raises(RuntimeError, match="LOAD_LOCAL"),
    ):
        session.execute(load)
    assert _rows(here) == 0


def _rows(here: Databases) -> Any:
    return here.target_root.scalar(raw("SELECT COUNT(*) FROM ") + identifier(here.name) + raw(".t"))
