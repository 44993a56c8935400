"""Object verification finds each single corruption of a target and names the object, and else says nothing."""

from __future__ import annotations

import pytest

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.verify.objects import compare_objects
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.plan import RunOptions
from aurora_migration.model.report import Difference, DifferenceKind
from tests.integration.objects.twins import TWIN, Twins, run

pytestmark = pytest.mark.servers

MISSING, EXTRA, DIFFERS = DifferenceKind.MISSING, DifferenceKind.EXTRA, DifferenceKind.DIFFERS

# what was done to the target → kind, subject, and a part of the detail
CORRUPTIONS: dict[str, tuple[str, DifferenceKind, str, str]] = {
    "table missing": ("DROP TABLE keyless", MISSING, "table twin.keyless", ""),
    "table extra": ("CREATE TABLE more (id INT)", EXTRA, "table twin.more", ""),
    "table comment": ("ALTER TABLE parent COMMENT 'x'", DIFFERS, "table twin.parent", "'parents' → 'x'"),
    "table collation": (
        "ALTER TABLE keyless DEFAULT COLLATE utf8mb4_bin",
        DIFFERS, "table twin.keyless", "'utf8mb4_0900_ai_ci' → 'utf8mb4_bin'",
    ),
    "table option": (
        "ALTER TABLE parent STATS_PERSISTENT=0",
        DIFFERS, "table twin.parent", "option stats_persistent: '1' → '0'",
    ),
    "row format": (
        "ALTER TABLE keyless ROW_FORMAT=REDUNDANT",
        DIFFERS, "table twin.keyless", "option row_format: none → 'REDUNDANT'",
    ),
    "counter behind": (
        "ALTER TABLE parent AUTO_INCREMENT=7",
        DIFFERS, "table twin.parent", "AUTO_INCREMENT: '42' → '7'",
    ),
    "column missing": ("ALTER TABLE child DROP note", MISSING, "column twin.child.note", "text"),
    "column extra": ("ALTER TABLE child ADD more INT", EXTRA, "column twin.child.more", "int"),
    "column order": (
        "ALTER TABLE keyless MODIFY a INT AFTER b",
        DIFFERS, "columns twin.keyless", "'a, b' → 'b, a'",
    ),
    "column type": (
        "ALTER TABLE parent MODIFY price DECIMAL(10,3) DEFAULT (1.5 + 1)",
        DIFFERS, "column twin.parent.price", "'decimal(10,2)' → 'decimal(10,3)'",
    ),
    "column nullable": (
        "ALTER TABLE keyless MODIFY a INT NOT NULL",
        DIFFERS, "column twin.keyless.a", "nullable: 'YES' → 'NO'",
    ),
    "column default": (
        "ALTER TABLE parent ALTER name SET DEFAULT 'nobody'",
        DIFFERS, "column twin.parent.name", "default: 'none' → 'nobody'",
    ),
    "expression default": (
        "ALTER TABLE parent ALTER price SET DEFAULT (1.5 + 2)",
        DIFFERS, "column twin.parent.price", "1 . 5 + 2",
    ),
    "on update lost": (
        "ALTER TABLE parent MODIFY at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)",
        DIFFERS, "column twin.parent.at", "extra:",
    ),
    "column collation": (
        "ALTER TABLE parent MODIFY latin VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        DIFFERS, "column twin.parent.latin", "'latin1_german1_ci' → 'latin1_swedish_ci'",
    ),
    "column character set": (
        "ALTER TABLE parent MODIFY latin VARCHAR(20) CHARACTER SET utf8mb4",
        DIFFERS, "column twin.parent.latin", "charset: 'latin1' → 'utf8mb4'",
    ),
    "generated expression": (
        "ALTER TABLE parent MODIFY twice INT GENERATED ALWAYS AS (number * 3) STORED",
        DIFFERS, "column twin.parent.twice", "( `number` * 3 )",
    ),
    "generated became plain": (
        "ALTER TABLE parent MODIFY twice INT",
        DIFFERS, "column twin.parent.twice", "'STORED GENERATED' → ''",
    ),
    "column visible": (
        "ALTER TABLE parent ALTER COLUMN hidden SET VISIBLE",
        DIFFERS, "column twin.parent.hidden", "'INVISIBLE' → ''",
    ),
    "column comment": (
        "ALTER TABLE parent MODIFY name VARCHAR(30) NOT NULL DEFAULT 'none'",
        DIFFERS, "column twin.parent.name", "comment: 'who' → ''",
    ),
    "enum members": (
        "ALTER TABLE parent MODIFY kind ENUM('b', 'a')",
        DIFFERS, "column twin.parent.kind", "enum('a','b')",
    ),
    "SRID": (
        "ALTER TABLE parent DROP KEY by_place;\nALTER TABLE parent MODIFY place POINT NOT NULL SRID 0;\n"
        "ALTER TABLE parent ADD SPATIAL KEY by_place (place)",
        DIFFERS, "column twin.parent.place", "srid: '4326' → '0'",
    ),
    "index missing": ("ALTER TABLE parent DROP KEY by_name", MISSING, "index twin.parent.by_name", "name(10)"),
    "index extra": ("ALTER TABLE child ADD KEY more (b)", EXTRA, "index twin.child.more", "parts b"),
    "primary key missing": ("ALTER TABLE child DROP PRIMARY KEY", MISSING, "index twin.child.PRIMARY", "a, b"),
    "index invisible": (
        "ALTER TABLE parent ALTER INDEX by_number INVISIBLE",
        DIFFERS, "index twin.parent.by_number", "visible: 'YES' → 'NO'",
    ),
    "index not unique": (
        "ALTER TABLE parent DROP KEY by_number, ADD KEY by_number (number, name)",
        DIFFERS, "index twin.parent.by_number", "unique: 'yes' → 'no'",
    ),
    "index prefix": (
        "ALTER TABLE parent DROP KEY by_name, ADD KEY by_name (name(9), number DESC) COMMENT 'look up'",
        DIFFERS, "index twin.parent.by_name", "name(10)",
    ),
    "index direction": (
        "ALTER TABLE parent DROP KEY by_name, ADD KEY by_name (name(10), number) COMMENT 'look up'",
        DIFFERS, "index twin.parent.by_name", "number DESC",
    ),
    "index part order": (
        "ALTER TABLE parent DROP KEY by_number, ADD UNIQUE KEY by_number (name, number)",
        DIFFERS, "index twin.parent.by_number", "'number, name' → 'name, number'",
    ),
    "index expression": (
        "ALTER TABLE parent DROP KEY by_expression, ADD KEY by_expression ((LOWER(name)))",
        DIFFERS, "index twin.parent.by_expression", "lower ( `name` )",
    ),
    "index comment": (
        "ALTER TABLE parent DROP KEY by_name, ADD KEY by_name (name(10), number DESC)",
        DIFFERS, "index twin.parent.by_name", "comment: 'look up' → ''",
    ),
    "full text parser": (
        "ALTER TABLE parent DROP KEY by_words;\nALTER TABLE parent ADD FULLTEXT KEY by_words (words)",
        DIFFERS, "index twin.parent.by_words", "PARSER",
    ),
    "unique indexes without a primary key in another order": (
        "ALTER TABLE unique_only DROP KEY ua;\nALTER TABLE unique_only ADD UNIQUE KEY ua (a)",
        DIFFERS, "indexes twin.unique_only", "'ua, ub' → 'ub, ua'",
    ),
    "foreign key missing": (
        "ALTER TABLE child DROP FOREIGN KEY child_parent",
        MISSING, "foreign key twin.child.child_parent", "parent table parent",
    ),
    "foreign key rule": (
        "ALTER TABLE child DROP FOREIGN KEY child_parent;\n"
        "ALTER TABLE child ADD CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES parent (id)",
        DIFFERS, "foreign key twin.child.child_parent", "on delete: 'CASCADE' → 'NO ACTION'",
    ),
    "foreign key to another table": (
        "ALTER TABLE child DROP FOREIGN KEY child_parent;\n"
        "ALTER TABLE child ADD CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES hidden_twin (id)"
        " ON DELETE CASCADE",
        DIFFERS, "foreign key twin.child.child_parent", "parent table: 'parent' → 'hidden_twin'",
    ),
    "check missing": ("ALTER TABLE parent DROP CHECK positive", MISSING, "check twin.parent.positive", "enforced"),
    "check enforced": (
        "ALTER TABLE parent ALTER CHECK soft ENFORCED",
        DIFFERS, "check twin.parent.soft", "enforced: 'NO' → 'YES'",
    ),
    "check clause": (
        "ALTER TABLE parent DROP CHECK positive, ADD CONSTRAINT positive CHECK (number > -1)",
        DIFFERS, "check twin.parent.positive", "> - ( 1 )",
    ),
    "partition missing": (
        "ALTER TABLE parts DROP PARTITION p1",
        MISSING, "partition twin.parts.p1", "200",
    ),
    "partition bound": (
        "ALTER TABLE parts REORGANIZE PARTITION p1, p2 INTO"
        " (PARTITION p1 VALUES LESS THAN (150), PARTITION p2 VALUES LESS THAN MAXVALUE)",
        DIFFERS, "partition twin.parts.p1", "bound: '200' → '150'",
    ),
    "partition comment": (
        "ALTER TABLE parts REORGANIZE PARTITION p0 INTO (PARTITION p0 VALUES LESS THAN (100))",
        DIFFERS, "partition twin.parts.p0", "'low'",
    ),
    "partitions fewer": ("ALTER TABLE hashed COALESCE PARTITION 1", MISSING, "partition twin.hashed.p3", ""),
    "partitioning gone": (
        "ALTER TABLE hashed REMOVE PARTITIONING",
        DIFFERS, "table twin.hashed", "partitioning: 'HASH (`id`)' → none",
    ),
    "partitioned by key": (
        "ALTER TABLE hashed PARTITION BY KEY (id) PARTITIONS 4",
        DIFFERS, "partition twin.hashed.p0", "by:",
    ),
    "database collation": (
        "ALTER DATABASE twin COLLATE utf8mb4_bin",
        DIFFERS, "database twin", "'utf8mb4_0900_ai_ci' → 'utf8mb4_bin'",
    ),
    "view missing": ("DROP VIEW above", MISSING, "view twin.above", ""),
    "view extra": ("CREATE VIEW more AS SELECT 1", EXTRA, "view twin.more", ""),
    "view text": (
        "CREATE OR REPLACE ALGORITHM = MERGE VIEW seen AS"
        " SELECT id, add_one(number) AS more FROM parent WHERE id > 1 WITH CASCADED CHECK OPTION",
        DIFFERS, "view twin.seen", "> 1",
    ),
    "view check option": (
        "CREATE OR REPLACE ALGORITHM = MERGE VIEW seen AS"
        " SELECT id, add_one(number) AS more FROM parent WHERE id > 0",
        DIFFERS, "view twin.seen", "check option: 'CASCADED' → 'NONE'",
    ),
    "view algorithm": (
        "CREATE OR REPLACE VIEW seen AS"
        " SELECT id, add_one(number) AS more FROM parent WHERE id > 0 WITH CASCADED CHECK OPTION",
        DIFFERS, "view twin.seen", "algorithm: 'MERGE' → 'UNDEFINED'",
    ),
    "view security": (
        "CREATE OR REPLACE SQL SECURITY DEFINER VIEW above AS SELECT id FROM seen",
        DIFFERS, "view twin.above", "security: 'INVOKER' → 'DEFINER'",
    ),
    "view definer": (
        "CREATE OR REPLACE DEFINER = admin@`%` SQL SECURITY INVOKER VIEW above AS SELECT id FROM seen",
        DIFFERS, "view twin.above", "definer: 'root@localhost' → 'admin@%'",
    ),
    "view broken": ("DROP FUNCTION add_one", DIFFERS, "view twin.seen", "broken: 'no' → 'yes'"),
    "view became a table": (
        "DROP VIEW above;\nCREATE TABLE above (id INT)",
        MISSING, "view twin.above", "",
    ),
    "function missing": ("DROP FUNCTION add_one", MISSING, "function twin.add_one", ""),
    "function body": (
        "DROP FUNCTION add_one;\n"
        "CREATE FUNCTION add_one(n INT) RETURNS INT DETERMINISTIC COMMENT 'adds' RETURN n + 2",
        DIFFERS, "function twin.add_one", "n + 2",
    ),
    "function not deterministic": (
        "DROP FUNCTION add_one;\n"
        "CREATE FUNCTION add_one(n INT) RETURNS INT READS SQL DATA COMMENT 'adds' RETURN n + 1",
        DIFFERS, "function twin.add_one", "deterministic: 'yes' → 'no'",
    ),
    "routine sql_mode": (
        "SET sql_mode = 'ANSI_QUOTES';\nDROP PROCEDURE count_all;\n"
        "CREATE PROCEDURE count_all(OUT n INT) BEGIN /* all of them */ SELECT COUNT(*) INTO n FROM parent; END",
        DIFFERS, "procedure twin.count_all", "'NO_ENGINE_SUBSTITUTION' → 'ANSI_QUOTES'",
    ),
    "routine comment in its body": (
        "DROP PROCEDURE count_all;\n"
        "CREATE PROCEDURE count_all(OUT n INT) BEGIN SELECT COUNT(*) INTO n FROM parent; END",
        DIFFERS, "procedure twin.count_all", "all of them",
    ),
    "routine security": (
        "ALTER PROCEDURE count_all SQL SECURITY INVOKER",
        DIFFERS, "procedure twin.count_all", "security: 'DEFINER' → 'INVOKER'",
    ),
    "routine character set": (
        "SET NAMES latin1;\nDROP PROCEDURE count_all;\n"
        "CREATE PROCEDURE count_all(OUT n INT) BEGIN /* all of them */ SELECT COUNT(*) INTO n FROM parent; END",
        DIFFERS, "procedure twin.count_all", "character_set_client: 'utf8mb4' → 'latin1'",
    ),
    "routine comment": ("ALTER PROCEDURE count_all COMMENT 'x'", DIFFERS, "procedure twin.count_all", "comment:"),
    "procedure extra": ("CREATE PROCEDURE more() SELECT 1", EXTRA, "procedure twin.more", ""),
    "trigger missing": ("DROP TRIGGER child_second", MISSING, "trigger twin.child_second", ""),
    "trigger order": (
        "DROP TRIGGER child_second;\n"
        "CREATE TRIGGER child_second BEFORE INSERT ON child FOR EACH ROW PRECEDES child_first"
        " SET NEW.note = CONCAT(NEW.note, '!')",
        DIFFERS, "trigger twin.child_second", "order: '2' → '1'",
    ),
    "trigger timing": (
        "DROP TRIGGER child_second;\n"
        "CREATE TRIGGER child_second BEFORE UPDATE ON child FOR EACH ROW SET NEW.note = CONCAT(NEW.note, '!')",
        DIFFERS, "trigger twin.child_second", "event: 'INSERT' → 'UPDATE'",
    ),
    "trigger body": (
        "DROP TRIGGER child_second;\n"
        "CREATE TRIGGER child_second BEFORE INSERT ON child FOR EACH ROW SET NEW.note = CONCAT(NEW.note, '?')",
        DIFFERS, "trigger twin.child_second", "'?'",
    ),
    "trigger extra": (
        "CREATE TRIGGER more AFTER DELETE ON child FOR EACH ROW SET @a = 1",
        EXTRA, "trigger twin.more", "",
    ),
    "event missing": ("DROP EVENT nightly", MISSING, "event twin.nightly", ""),
    "event enabled": ("ALTER EVENT nightly ENABLE", DIFFERS, "event twin.nightly", "'DISABLED' → 'ENABLED'"),
    "event schedule": (
        "ALTER EVENT nightly ON SCHEDULE EVERY 2 DAY STARTS '2030-01-01 00:00:00'",
        DIFFERS, "event twin.nightly", "every: '1 DAY' → '2 DAY'",
    ),
    "event start": (
        "ALTER EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 01:00:00'",
        DIFFERS, "event twin.nightly", "starts:",
    ),
    "event time zone": (
        "SET time_zone = '+02:00';\n"
        "ALTER EVENT once ON SCHEDULE AT '2035-01-01 00:00:00'",
        DIFFERS, "event twin.once", "time zone: '+00:00' → '+02:00'",
    ),
    "event completion": (
        "ALTER EVENT once ON COMPLETION NOT PRESERVE",
        DIFFERS, "event twin.once", "on completion: 'PRESERVE' → 'NOT PRESERVE'",
    ),
    "event body": ("ALTER EVENT once DO DELETE FROM child", DIFFERS, "event twin.once", "child"),
    "event comment": ("ALTER EVENT nightly COMMENT 'x'", DIFFERS, "event twin.nightly", "'tidy' → 'x'"),
}  # fmt: skip


def compare(twins: Twins, **changes: object) -> tuple[Difference, ...]:
    values = {
        "name": "twin",
        "source": {"connection": "s"},
        "target": {"connection": "t"},
        "selection": [{"include": "twin.*"}],
        **changes,
    }
    config = MigrationConfig.model_validate(values)
    plan = build_plan(config, RunOptions(), twins.source)
    return compare_objects(plan, twins.source, twins.target)


def test_an_untouched_copy_raises_no_alarm(both: Twins) -> None:
    assert compare(both) == ()


@pytest.mark.parametrize("case", CORRUPTIONS)
def test_a_corruption_is_found_and_named(twins: Twins, case: str) -> None:
    statements, kind, subject, words = CORRUPTIONS[case]
    if "hidden_twin" in statements:
        statements = f"CREATE TABLE hidden_twin (id INT PRIMARY KEY);\n{statements}"
    twins.run(twins.pair.target, statements + ";")
    found = [d for d in compare(twins) if d.subject == subject and d.kind is kind]
    assert [d for d in found if words in d.detail], found
    assert all(d.area == "objects" and not d.explained and not d.rule for d in found)


def test_single_tables_bring_their_triggers_and_nothing_else(twins: Twins) -> None:
    only_child = {"selection": [{"include": "twin.child"}]}
    twins.run(
        twins.pair.target,
        "DROP VIEW above;\nDROP EVENT once;\nDROP TABLE keyless;\nALTER DATABASE twin COLLATE utf8mb4_bin;",
    )
    assert compare(twins, **only_child) == ()
    twins.run(twins.pair.target, "DROP TRIGGER child_first;")
    found = compare(twins, **only_child)
    assert [d.subject for d in found] == ["trigger twin.child_first", "trigger twin.child_second"]


def test_what_the_selection_leaves_out_is_not_extra(twins: Twins) -> None:
    twins.run(twins.pair.target, "CREATE TABLE log_1 (id INT);\nCREATE VIEW log_2 AS SELECT 1;")
    selection = [{"include": "twin.*"}, {"exclude": "twin.log_*"}]
    assert compare(twins, selection=selection) == ()
    assert {d.subject for d in compare(twins)} == {"table twin.log_1", "view twin.log_2"}


def test_a_mapped_definer_is_on_purpose_and_another_is_not(twins: Twins) -> None:
    text = "CREATE OR REPLACE DEFINER = {}@`%` SQL SECURITY INVOKER VIEW above AS SELECT id FROM seen;"
    mapped = {"definers": {"policy": "map", "map": {"root@localhost": "owner@%"}}}
    twins.run(twins.pair.target, text.format("owner"))
    found = {d.subject: d for d in compare(twins, **mapped)}
    assert (found["view twin.above"].explained, found["view twin.above"].rule) == (True, "definer")
    twins.run(twins.pair.target, text.format("other"))
    found = {d.subject: d for d in compare(twins, **mapped)}
    assert found["view twin.above"].kind is DIFFERS


def test_an_event_that_runs_on_the_source_is_off_on_purpose(twins: Twins) -> None:
    twins.run(twins.pair.source, "ALTER EVENT nightly ENABLE;")
    try:
        (found,) = compare(twins)
    finally:
        twins.run(twins.pair.source, "ALTER EVENT nightly DISABLE;")
    assert (found.kind, found.rule) == (DifferenceKind.ON_PURPOSE, "event-disabled")
    assert found.subject == "event twin.nightly"
    assert found.detail == "status: 'ENABLED' → 'DISABLED'"


def test_a_renamed_schema_is_compared_under_its_new_name(twins: Twins) -> None:
    run(twins.pair.target, "CREATE DATABASE moved CHARACTER SET utf8mb4;")
    try:
        run(twins.pair.target, TWIN.read_text(), "moved")
        renames = {"renames": {"schemas": {"twin": "moved"}}}
        found = compare(twins, **renames)
        assert {d.rule for d in found} == {"rename"}
        left_behind = "CREATE OR REPLACE SQL SECURITY INVOKER VIEW above AS SELECT id FROM twin.seen;"
        run(twins.pair.target, left_behind, "moved")
        assert "view moved.above" in {d.subject for d in compare(twins, **renames) if not d.explained}
    finally:
        run(twins.pair.target, "DROP DATABASE moved;")
