"""What happens to tables that are on the target already, and that a run may die anywhere and be repeated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.errors import RetryableError, SchemaMismatchError
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.model.names import TableMapping
from aurora_migration.sql.quoting import raw
from tests.fresh_databases import Databases
from tests.integration.schema.migration import SchemaRun, create_text, dying_session, migration, rows, texts

pytestmark = pytest.mark.servers

Make = Callable[..., Databases]
FAMILY = (
    "CREATE TABLE parent (id INT PRIMARY KEY, u INT, v INT, UNIQUE KEY by_u (u), KEY by_v (v))",
    "CREATE TABLE child (id INT AUTO_INCREMENT PRIMARY KEY, u INT, note VARCHAR(99), FULLTEXT KEY words (note),"
    " KEY low ((LOWER(note))), KEY up ((UPPER(note))),"
    " CONSTRAINT of_parent FOREIGN KEY (u) REFERENCES parent (u))",
    "CREATE TABLE seen (id INT, who VARCHAR(10))",
    "CREATE DEFINER = app@localhost TRIGGER mark BEFORE INSERT ON child FOR EACH ROW"
    " INSERT INTO seen VALUES (NEW.id, 'mark')",
)
ROWS = ("INSERT INTO parent VALUES (1, 10, 5)", "INSERT INTO child (id, u) VALUES (7, 10)")


def family(databases: Make, mode: TargetTablePrepMode) -> tuple[Databases, SchemaRun]:
    """A finished target with rows in it, and a run in ``mode`` over it."""
    made = databases(*FAMILY)
    run = migration(made)
    run.first()
    run.second()
    made.on_target(*ROWS)
    assert run.programs().findings == ()
    run.mode = mode
    run.reset.clear()
    return made, run


def counts(made: Databases) -> list[int]:
    return [
        int(made.target_root.scalar(raw(f"SELECT COUNT(*) FROM {made.name}.{table}")))
        for table in ("parent", "child")
    ]


def finish(made: Databases, run: SchemaRun) -> None:
    run.second()
    run.programs()
    ours, theirs = texts(made.source_root, made.name), texts(made.target_root, made.name)
    assert {table: _counterless(text) for table, text in theirs.items()} == {
        table: _counterless(text) for table, text in ours.items()
    }
    assert [row[0] for row in rows(made.target_root, f"SHOW TRIGGERS FROM {made.name}")] == ["mark"]


def _counterless(text: str) -> str:
    return text.replace(" AUTO_INCREMENT=8", "")


def test_do_nothing_keeps_a_finished_table_and_its_rows(databases: Make) -> None:
    made, run = family(databases, TargetTablePrepMode.DO_NOTHING)
    run.first()
    assert counts(made) == [1, 1]
    assert [mapping.target.name for mapping in run.reset] == ["seen"], "empty, whatever is recorded of it"
    assert rows(made.target_root, f"SHOW TRIGGERS FROM {made.name}") == [], "would fire for every loaded row"
    finish(made, run)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "ALTER TABLE child DROP KEY low, DROP KEY up, MODIFY note LONGTEXT",
            "column note is `note` longtext, not `note` varchar(99)",
        ),
        ("ALTER TABLE parent MODIFY v INT NOT NULL", "column v is"),
        ("ALTER TABLE seen ADD extra INT", "column extra is extra: `extra` int"),
        ("ALTER TABLE seen DROP who", "column who is missing"),
        ("ALTER TABLE seen MODIFY who VARCHAR(10) FIRST", "column order is who, id, not id, who"),
        ("ALTER TABLE seen ADD KEY (id)", "index id is extra"),
        ("ALTER TABLE seen ADD CONSTRAINT c CHECK (id > 0)", "check c is extra"),
        ("ALTER TABLE seen COMMENT 'other'", "option COMMENT is extra"),
        ("ALTER TABLE seen DEFAULT CHARSET latin1", "option DEFAULT CHARSET is"),
        ("ALTER TABLE seen PARTITION BY HASH (id) PARTITIONS 2", "partitioning is extra"),
        (
            "CREATE DEFINER = app@localhost TRIGGER other BEFORE UPDATE ON child FOR EACH ROW SET NEW.id = 1",
            "source does not have: other",
        ),
    ],
)
def test_another_definition_stops_before_anything_is_touched(databases: Make, change: str, words: str) -> None:
    made, run = family(databases, TargetTablePrepMode.DO_NOTHING)
    made.on_target(change)
    before = texts(made.target_root, made.name)
    with pytest.raises(SchemaMismatchError) as caught:
        run.first()
    assert words in str(caught.value)
    assert caught.value.subject.startswith(f"table {made.name}.")
    assert texts(made.target_root, made.name) == before
    assert counts(made) == [1, 1]
    assert "mark" in [row[0] for row in rows(made.target_root, f"SHOW TRIGGERS FROM {made.name}")]


def test_a_view_in_the_place_of_a_table_is_a_mismatch_in_every_mode(databases: Make) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)")
    made.target_root.execute(raw(f"CREATE DATABASE {made.name}"))
    made.on_target("CREATE VIEW t AS SELECT 1 AS id")
    for mode in TargetTablePrepMode:
        run = migration(made)
        run.mode = mode
        with pytest.raises(SchemaMismatchError, match="there is a VIEW of that name"):
            run.first()


@pytest.mark.parametrize("mode", [TargetTablePrepMode.TRUNCATE, TargetTablePrepMode.DROP_AND_CREATE])
def test_records_go_before_rows_do(databases: Make, mode: TargetTablePrepMode) -> None:
    made, run = family(databases, mode)
    rows_at_reset: dict[str, int] = {}

    def on_reset(mapping: TableMapping) -> None:
        table = mapping.target
        sql = raw(f"SELECT COUNT(*) FROM {table.schema}.{table.name}")
        rows_at_reset[table.name] = int(made.target_root.scalar(sql))

    run.on_reset = on_reset
    run.first()
    assert rows_at_reset == {"child": 1, "parent": 1, "seen": 0}
    assert counts(made) == [0, 0]
    assert rows(made.target_root, f"SHOW TRIGGERS FROM {made.name}") == []
    assert "FOREIGN KEY" not in create_text(made.target_root, made.name, "child")
    made.on_target("SET foreign_key_checks = 0", *ROWS, "SET foreign_key_checks = 1")
    finish(made, run)


def test_truncate_keeps_indexes_and_drop_and_create_does_not_mind_another_definition(databases: Make) -> None:
    made, run = family(databases, TargetTablePrepMode.TRUNCATE)
    run.first()
    assert "by_v" in create_text(made.target_root, made.name, "parent")
    made.on_target("ALTER TABLE parent DROP v")
    with pytest.raises(SchemaMismatchError, match="column v is missing"):
        run.first()
    run.mode = TargetTablePrepMode.DROP_AND_CREATE
    run.first()
    again = create_text(made.target_root, made.name, "parent")
    assert "by_u" not in again, "unique: after the load"
    assert "by_v" in again, "the table is small"
    finish(made, run)


def test_a_parent_of_a_table_outside_the_plan_is_made_again_with_its_keys(databases: Make) -> None:
    made = databases(*FAMILY[:1])
    run = migration(made)
    run.all()
    made.on_target("CREATE TABLE stranger (u INT, CONSTRAINT leans FOREIGN KEY (u) REFERENCES parent (u))")
    run.mode = TargetTablePrepMode.DROP_AND_CREATE
    run.first()
    assert "by_u" in create_text(made.target_root, made.name, "parent")
    run.second()
    assert create_text(made.target_root, made.name, "parent") == create_text(made.source_root, made.name, "parent")
    assert "REFERENCES `parent` (`u`)" in create_text(made.target_root, made.name, "stranger")


@pytest.mark.parametrize("mode", list(TargetTablePrepMode))
def test_a_run_may_die_after_any_statement_and_be_repeated(databases: Make, mode: TargetTablePrepMode) -> None:
    """The connection dies after the first change, in the next try after the second, and so on."""
    if mode is TargetTablePrepMode.DO_NOTHING:
        made = databases(*FAMILY)
        run = migration(made)
    else:
        made, run = family(databases, mode)
    deaths = 0
    for phase in (run.first, run.second, run.programs):
        for dies_at in range(1, 100):
            with dying_session(made, dies_at) as session:
                run.target = session
                try:
                    phase()
                except RetryableError:
                    deaths += 1
                    continue
                break
    assert deaths >= 6
    run.target = None
    finish(made, run)
    if mode is not TargetTablePrepMode.DO_NOTHING:
        assert counts(made) == [0, 0]


@pytest.mark.parametrize("mode", list(TargetTablePrepMode))
def test_a_table_that_a_killed_process_still_makes_is_made_again(
    databases: Make, mode: TargetTablePrepMode
) -> None:
    """Its last statement may be at work on the server while the next process has found no such table."""
    made = databases("CREATE TABLE late (id INT PRIMARY KEY, v INT, KEY v (v))")
    run = migration(made)
    run.mode = mode
    run.on_reset = lambda _: made.on_target("CREATE TABLE late (id INT PRIMARY KEY, v INT)")
    made.target_root.execute(raw(f"CREATE DATABASE {made.name}"))
    run.first()
    run.second()
    assert texts(made.target_root, made.name) == texts(made.source_root, made.name)
