"""Tables that views connect, made and completed by several sessions: the server lets one of two DDLs give way."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from aurora_migration.errors import StatementError
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.sql.quoting import raw
from tests.fresh_databases import Databases
from tests.integration.schema.migration import migration, texts

pytestmark = pytest.mark.servers
_TABLES, _ROUNDS = 24, 6


def test_tables_of_common_views_can_be_made_again_side_by_side(
    databases: Callable[..., Databases], caplog: pytest.LogCaptureFixture
) -> None:
    made = databases(
        *(
            f"CREATE TABLE t{n} (id INT PRIMARY KEY, u INT, p INT, UNIQUE KEY u (u), KEY p (p))"
            for n in range(_TABLES)
        )
    )
    run = migration(made)
    run.mode, run.workers = TargetTablePrepMode.DROP_AND_CREATE, 4
    run.first()
    for shift in (1, 7, 13):
        made.on_target(
            *(
                f"CREATE VIEW v{shift}_{n} AS SELECT a.id, b.u FROM t{n} AS a JOIN t{(n + shift) % _TABLES} AS b"
                " ON b.id = a.p"
                for n in range(_TABLES)
            )
        )
    with caplog.at_level(logging.INFO):
        for _ in range(_ROUNDS):
            run.first()
            run.second()
            assert texts(made.target_root, made.name) == texts(made.source_root, made.name)
    gave_way = [record for record in caplog.records if "given up for another" in record.getMessage()]
    assert gave_way, "no two statements met: the test shows nothing"
    assert made.target_root.query(raw(f"SELECT * FROM {made.name}.v1_0")) == []


def test_what_is_wrong_is_told_at_once(
    databases: Callable[..., Databases], caplog: pytest.LogCaptureFixture
) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY, u INT, UNIQUE KEY u (u))")
    run = migration(made)
    run.first()
    made.on_target("INSERT INTO t VALUES (1, 5), (2, 5)")
    with caplog.at_level(logging.INFO), pytest.raises(StatementError, match="Duplicate entry '5'"):
        run.second()
    assert "sent again" not in caplog.text
