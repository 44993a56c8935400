"""Small tables get their plain indexes before the load, large ones after it; what either ends as is the same."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from aurora_migration.engine.schema.definitions import SMALL_BYTES
from aurora_migration.errors import StatementError
from tests.fresh_databases import Databases
from tests.integration.schema.migration import create_text, migration, rows, texts

pytestmark = pytest.mark.servers

Make = Callable[..., Databases]
MIXED = (
    "CREATE TABLE mixed (id INT PRIMARY KEY, a INT, b INT, c INT, note VARCHAR(300), spot POINT NOT NULL SRID 0,"
    " KEY one (a), UNIQUE KEY alone (c), KEY two (b) INVISIBLE, FULLTEXT KEY words (note),"
    " KEY low ((LOWER(note))), KEY three (a, b), SPATIAL KEY place (spot), KEY four (b, a))"
)
PLAIN = "CREATE TABLE plain (id INT PRIMARY KEY, a INT, note VARCHAR(300), KEY by_a (a), KEY by_note (note, a))"
GROW = (
    f"INSERT INTO plain WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
    " SELECT 1000 * x.i + n.i, n.i, REPEAT('x', 250) FROM n"
    f" JOIN n AS x ON x.i <= {2 * SMALL_BYTES // 250_000 + 1}"
)


def keys(made: Databases, table: str) -> list[str]:
    """The names of the target's indexes, in order."""
    text = create_text(made.target_root, made.name, table)
    return re.findall(r"^  (?:UNIQUE |FULLTEXT |SPATIAL |PRIMARY )?KEY (?:`(\w+)`)?", text, re.MULTILINE)


def test_plain_indexes_in_front_of_others_come_first_and_the_order_is_the_sources(databases: Make) -> None:
    made = databases(MIXED)
    run = migration(made)
    run.first()
    assert keys(made, "mixed") == ["", "one", "two", "three"], "the server puts functional indexes last"
    run.second()
    assert keys(made, "mixed") == ["", "alone", "one", "two", "three", "place", "four", "low", "words"]
    assert texts(made.target_root, made.name) == texts(made.source_root, made.name)


@pytest.mark.parametrize("begins", ["small", "large"])
def test_a_repeated_run_takes_either_form_for_a_table_of_either_size(databases: Make, begins: str) -> None:
    made = databases("SET SESSION cte_max_recursion_depth = 2000", PLAIN)
    run = migration(made)
    if begins == "large":
        made.on_source(GROW, "ANALYZE TABLE plain")
    run.first()
    before = keys(made, "plain")
    assert before == (["", "by_a", "by_note"] if begins == "small" else [""])
    made.on_target("INSERT INTO plain VALUES (1, 1, 'kept')")
    made.on_source(*((GROW,) if begins == "small" else ("TRUNCATE TABLE plain",)), "ANALYZE TABLE plain")
    run.reset.clear()
    run.first()
    assert keys(made, "plain") == before, "a table that is there stays as it is"
    assert not run.reset, "it has rows"
    run.second()
    assert run.told == [f"indexes of {made.name}.plain (table 1 of 1)"]
    assert texts(made.target_root, made.name) == texts(made.source_root, made.name)
    assert rows(made.target_root, f"SELECT note FROM {made.name}.plain") == [("kept",)]


def test_one_table_that_fails_among_several_sessions_is_named_and_can_be_mended(databases: Make) -> None:
    made = databases(
        *(f"CREATE TABLE t{n:02} (id INT PRIMARY KEY, u INT, UNIQUE KEY only_once (u))" for n in range(90))
    )
    run = migration(made)
    run.workers = 3
    run.first()
    assert len(texts(made.target_root, made.name)) == 90
    made.on_target("INSERT INTO t30 VALUES (1, 5), (2, 5)")
    with pytest.raises(StatementError, match=rf"table {made.name}\.t30.*Duplicate entry '5'"):
        run.second()
    done = {table for table in texts(made.target_root, made.name) if keys(made, table) == ["", "only_once"]}
    assert "t30" not in done
    assert {f"t{n}" for n in range(20, 30)} <= done, "those before it in its group"
    made.on_target("DELETE FROM t30 WHERE id = 2")
    run.second()
    assert texts(made.target_root, made.name) == texts(made.source_root, made.name)
