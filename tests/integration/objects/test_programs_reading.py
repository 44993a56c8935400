"""Stored programs are read with everything that they mean something by, and a broken view is no reason to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from aurora_migration.errors import MissingPrivilegeError
from aurora_migration.model.names import TableName
from aurora_migration.model.program import Programs, View
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.programs import programs, routines
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from tests.fresh_databases import Databases

pytestmark = pytest.mark.servers

Make = Callable[..., Databases]


@pytest.fixture
def made(databases: Make) -> Databases:
    return databases(
        "CREATE TABLE base (id INT PRIMARY KEY, v VARCHAR(10))",
        "CREATE TABLE gone (id INT)",
        "CREATE FUNCTION add_one(n INT) RETURNS INT DETERMINISTIC COMMENT 'it''s' RETURN n + 1",
        "CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW fine AS SELECT id, add_one(id) AS more FROM base"
        " WHERE id > 0 WITH LOCAL CHECK OPTION",
        "CREATE VIEW above AS SELECT id FROM fine",
        "CREATE VIEW broken AS SELECT id FROM gone",
        "CREATE VIEW over_broken AS SELECT id FROM broken",
        "CREATE DEFINER = ghost@nowhere VIEW orphan AS SELECT id FROM base",
        "DROP TABLE gone",
        "SET sql_mode = 'ANSI_QUOTES'",
        'CREATE PROCEDURE "p ""q"(IN a VARCHAR(5) CHARACTER SET latin1, OUT b INT) SELECT "id" FROM base',
        "SET sql_mode = ''",
        "CREATE TRIGGER second AFTER INSERT ON base FOR EACH ROW SET @a = '%s {0} é'",
        "CREATE TRIGGER first AFTER INSERT ON base FOR EACH ROW PRECEDES second SET @a = 1",
        "SET time_zone = '+05:30'",
        "CREATE EVENT often ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-01-01 00:00:00'"
        " ON COMPLETION PRESERVE DISABLE COMMENT 'c' DO SET @a = 1",
        "CREATE EVENT once ON SCHEDULE AT '2036-01-01 00:00:00' DO SET @a = 1",
    )


@pytest.fixture
def found(made: Databases) -> Programs:
    """As the source's account for migrations sees them."""
    return programs(made.source, made.name)


def view(found: Programs, name: str) -> View:
    return next(view for view in found.views if view.name.name == name)


def test_a_view_with_what_it_reads(made: Databases, found: Programs) -> None:
    fine = view(found, "fine")
    assert (fine.algorithm, fine.check_option, fine.security) == ("MERGE", "LOCAL", "INVOKER")
    assert (fine.definer, fine.updatable, fine.broken) == ("root@127.0.0.1", True, "")
    assert (fine.tables, fine.routines) == ((made.table("base"),), (made.table("add_one"),))
    assert view(found, "above").tables == (made.table("fine"),)
    assert f"VIEW `{made.name}`.`fine` AS select `{made.name}`.`base`.`id`" in fine.create


def test_broken_views_are_read_and_say_so(made: Databases, found: Programs) -> None:
    assert {one.name.name for one in found.views if one.broken} == {"broken", "over_broken"}
    assert "references invalid table(s)" in view(found, "broken").broken
    assert view(found, "broken").tables == (TableName(made.name, "gone"),)
    orphan = view(found, "orphan")
    assert (orphan.broken, orphan.definer) == ("", "ghost@nowhere")
    assert "does not exist" in orphan.warning


def test_routines_with_their_sql_mode_and_parameters(found: Programs) -> None:
    function, procedure = found.routines
    assert (function.kind, function.returns, function.comment) == ("FUNCTION", "int", "it's")
    assert function.deterministic
    assert function.parameters == ("RETURNS int", "IN n int")
    assert (procedure.name.name, procedure.sql_mode) == ('p "q', "ANSI_QUOTES")
    assert procedure.create.startswith('CREATE DEFINER="root"@"127.0.0.1" PROCEDURE "p ""q"(')
    assert procedure.parameters == ("IN a varchar(5) latin1 latin1_swedish_ci", "OUT b int")
    assert procedure.label.endswith('.p "q')


def test_triggers_in_the_order_they_fire(made: Databases, found: Programs) -> None:
    assert [(t.name.name, t.action_order) for t in found.triggers] == [("first", 1), ("second", 2)]
    second = found.triggers[1]
    assert (second.table, second.timing, second.event) == (made.table("base"), "AFTER", "INSERT")
    assert second.create.endswith("SET @a = '%s {0} é'")


def test_events_in_their_own_time_zone(found: Programs) -> None:
    often, once = found.events
    assert (often.interval_value, often.interval_field) == ("'1:30'", "HOUR_MINUTE")
    assert (often.starts, often.time_zone, often.status) == ("2030-01-01 00:00:00", "+05:30", "DISABLED")
    assert (often.on_completion, often.comment) == ("PRESERVE", "c")
    assert (once.execute_at, once.status, once.interval_value) == ("2036-01-01 00:00:00", "ENABLED", None)


def test_a_schema_that_is_not_there_has_none(made: Databases) -> None:
    assert programs(made.source, "no such schema").all == ()


def test_bytes_that_are_no_text_stay(databases: Make) -> None:
    made = databases("CREATE VIEW bytes AS SELECT _latin1 X'E9' AS a, '😀' AS b")
    text = programs(made.source, made.name).views[0].create
    assert "_latin1'\udce9' AS `a`" in text
    assert "'😀' AS `b`" in text


@contextmanager
def reader(made: Databases, grants: str) -> Iterator[Session]:
    made.source_root.execute(raw("CREATE USER reader_of_routines IDENTIFIED BY 'x1'"))
    made.source_root.execute(raw(f"GRANT {grants} TO reader_of_routines"))
    end = Endpoint("source", "127.0.0.1", made.pair.source.port, "reader_of_routines", "x1")
    try:
        with Session.open(end) as session:
            yield session
    finally:
        made.source_root.execute(raw("DROP USER reader_of_routines"))


def test_a_definition_that_may_not_be_seen_is_an_error_that_names_the_grant(made: Databases) -> None:
    with (
        reader(made, f"EXECUTE ON `{made.name}`.*") as session,
        pytest.raises(MissingPrivilegeError) as error,
    ):
        routines(session, made.name)
    assert error.value.subject == f"function {made.name}.add_one on the source"
    assert "GRANT SHOW_ROUTINE" in error.value.remedy


COMMENTS = "SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_TYPE = 'VIEW' AND TABLE_SCHEMA = '{}'"


def test_a_view_that_the_dictionary_remembers_as_invalid_is_not_broken(databases: Make) -> None:
    """A definer who comes after the tables, as when a dump is loaded."""
    made = databases(
        "CREATE TABLE base (id INT)",
        "CREATE DEFINER = late@localhost VIEW works AS SELECT id FROM base",
        "DROP TABLE base",
        "CREATE TABLE base (id INT)",
        "CREATE USER late@localhost",
        "GRANT SELECT ON *.* TO late@localhost",
    )
    try:
        (row,) = made.source.query(raw(COMMENTS.format(made.name)))
        assert "references invalid" in row["TABLE_COMMENT"]
        assert made.source.query(raw(f"SELECT * FROM `{made.name}`.works")) == []
        (works,) = programs(made.source, made.name).views
        assert (works.broken, works.hidden, works.warning) == ("", "", "")
    finally:
        made.on_source("DROP USER late@localhost")


TABLE_FUNCTION = "SELECT more, x FROM {}, JSON_TABLE('[1]', '$[*]' COLUMNS (x INT PATH '$')) AS j"


def test_a_view_whose_text_is_not_shown_is_hidden_and_not_broken(databases: Make) -> None:
    made = databases(
        "CREATE TABLE gone (more INT)",
        "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1",
        "CREATE VIEW calls AS SELECT f() AS more",
        "CREATE VIEW over_function AS " + TABLE_FUNCTION.format("calls"),
        "CREATE VIEW over_gone AS " + TABLE_FUNCTION.format("gone"),
        "DROP TABLE gone",
    )
    with reader(made, "SELECT, SHOW VIEW, SHOW_ROUTINE ON *.*") as session:
        found = {view.name.name: view for view in programs(session, made.name).views}
        assert "1235" in found["over_function"].hidden
        assert (found["over_function"].broken, found["over_function"].create) == ("", "")
        assert "references invalid table(s)" in found["over_gone"].broken
        assert not found["calls"].hidden
    found = {view.name.name: view for view in programs(made.source, made.name).views}  # as README grants it
    assert (found["over_function"].hidden, found["over_function"].broken) == ("", "")
    assert "json_table" in found["over_function"].create
    assert found["over_gone"].broken
