"""Tables that views connect, made and completed by several sessions: the server lets one of two DDLs give way."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from aurora_migration.errors import StatementError
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from tests.fresh_databases import Databases, root
from tests.integration.schema.migration import migration, texts
from tests.patience import until, until_at

pytestmark = pytest.mark.servers
_TABLES, _ROUNDS = 24, 6
_GAVE_WAY = "given up for another"
_LOCKED = "Waiting for table metadata lock"


def test_tables_of_common_views_can_be_made_again_side_by_side(databases: Callable[..., Databases]) -> None:
    """Whether two of the sessions meet is a matter of luck here; below they must."""
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
    for _ in range(_ROUNDS):
        run.first()
        run.second()
        assert texts(made.target_root, made.name) == texts(made.source_root, made.name)
    assert made.target_root.query(raw(f"SELECT * FROM {made.name}.v1_0")) == []


def test_a_statement_that_meets_another_sessions_gives_way_and_is_sent_again(
    databases: Callable[..., Databases], caplog: pytest.LogCaptureFixture
) -> None:
    """Ours has locked its table and waits for the view's second one; somebody else has the third and wants ours.

    When the second one is given free, ours wants the third: each has what the other waits for.
    """
    made = databases("CREATE TABLE ours (id INT PRIMARY KEY, u INT, UNIQUE KEY u (u))")
    run = migration(made)
    run.first()
    made.on_target(
        "CREATE TABLE gate (id INT)",
        "CREATE TABLE a (id INT)",
        "CREATE VIEW v AS SELECT ours.id FROM ours JOIN gate JOIN a",
    )
    run.mode = TargetTablePrepMode.DROP_AND_CREATE
    with caplog.at_level(logging.INFO), opened(made, 2) as (gate, other), ThreadPoolExecutor(2) as pool:
        gate.execute(raw("LOCK TABLES gate WRITE"))
        work = pool.submit(run.first)
        until_at(made.target_root, thread_of(made.target), _LOCKED)
        wants = pool.submit(other.execute, raw("LOCK TABLES a WRITE, ours WRITE"))
        until_at(made.target_root, thread_of(other), _LOCKED)
        assert _GAVE_WAY not in caplog.text
        gate.execute(raw("UNLOCK TABLES"))
        until(lambda: _GAVE_WAY in caplog.text, "our statement is given up")
        assert "doesn't exist" in str(wants.exception()), "it has the name of ours, which is still to be made"
        work.result()
    run.second()
    there = texts(made.target_root, made.name)
    assert {"ours": there["ours"]} == texts(made.source_root, made.name)


def thread_of(session: Session) -> int:
    return int(session.connection.thread_id())


@contextmanager
def opened(made: Databases, count: int) -> Iterator[list[Session]]:
    """More sessions of root on the target, with the test's database as the default one."""
    with ExitStack() as stack:
        sessions = [stack.enter_context(Session.open(root(made.pair, "target"))) for _ in range(count)]
        for one in sessions:
            one.execute(raw(f"USE {made.name}"))
        yield sessions


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
