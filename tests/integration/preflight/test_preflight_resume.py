"""What this migration's own phases leave on the target is no reason to stop: a run can go on from any of them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.schema.first_wave import create_tables
from aurora_migration.engine.schema.programs import create_programs
from aurora_migration.engine.schema.second_wave import complete_tables
from aurora_migration.model.finding import Finding
from aurora_migration.model.plan import RunOptions
from aurora_migration.mysql.session import Session
from tests.integration.preflight.world import World, config_for, execute

pytestmark = pytest.mark.servers

# every kind of table whose definition changes on the way, and keys of every kind
SOURCE = (
    "CREATE TABLE p (id INT PRIMARY KEY, u INT, name VARCHAR(9) COLLATE utf8mb4_bin, UNIQUE KEY (u), KEY (name))",
    "CREATE TABLE c (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, p INT, j JSON, g GEOMETRY NOT NULL SRID 4326, "
    "d INT AS (i % 7) STORED, i INT INVISIBLE DEFAULT 3, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP "
    "ON UPDATE CURRENT_TIMESTAMP, x DOUBLE DEFAULT (RAND()), t TEXT, FULLTEXT KEY ft (t), SPATIAL KEY (g), "
    "KEY fun ((i + 1)), CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE, CHECK (i > 0))"
    " COMMENT = 'it''s'",
    "CREATE TABLE grouped (g INT, id INT AUTO_INCREMENT, PRIMARY KEY (g, id)) ENGINE = MyISAM",
    "CREATE TABLE packed (id INT PRIMARY KEY) ROW_FORMAT = COMPRESSED KEY_BLOCK_SIZE = 8",
    "CREATE TABLE hashed (id INT, KEY (id) USING HASH) ENGINE = MEMORY",
    "CREATE TABLE floats (f FLOAT PRIMARY KEY, n INT NOT NULL, UNIQUE KEY n (n))",
    "CREATE TABLE keyless (a INT, b ENUM('x', 'y'), s SET('m', 'n'), bit_s BIT(9), y YEAR)",
    "CREATE TABLE parted (id INT, y INT, PRIMARY KEY (id, y)) PARTITION BY RANGE (y) "
    "(PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE)",
    "INSERT INTO p VALUES (1, 1, 'a')",
    "CREATE TRIGGER tr BEFORE INSERT ON p FOR EACH ROW SET NEW.u = 2",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM p",
    "CREATE FUNCTION f () RETURNS INT DETERMINISTIC RETURN 1",
    "CREATE VIEW v AS SELECT id, f() AS one FROM p",
    "CREATE VIEW w AS SELECT * FROM v",
)


@pytest.mark.parametrize("renamed", [False, True], ids=["same names", "renamed"])
def test_every_phase_can_be_followed_by_a_new_run(renamed: bool, world: World, schema: str) -> None:
    execute(world.source, SOURCE, schema)
    there = f"{schema}_there" if renamed else schema
    parts: dict[str, Any] = {}
    if renamed:
        parts["renames"] = {"schemas": {schema: there}, "tables": {f"{schema}.c": f"{there}.children"}}
    config, options = config_for(schema, **parts), RunOptions()
    assert not world.preflight(config).blockers
    try:
        with ExitStack() as stack:
            source = stack.enter_context(Session.open(world.source_login))
            target = stack.enter_context(Session.open(world.target_login))
            plan = build_plan(config, options, source)
            create_tables(plan, options, source, target, lambda mapping: None)
            assert not _blockers(world, config)
            execute(world.target, ["INSERT INTO p VALUES (1, 1, 'a')"], there)
            assert [f.code for f in _blockers(world, config)] == ["target-table-has-rows"]
            loaded = frozenset(str(planned.target) for planned in plan.tables)
            assert not _blockers(world, config, loaded)
            complete_tables(plan, source, target, lambda words: None)
            assert not _blockers(world, config, loaded)
            create_programs(plan, source, target)
            assert not _blockers(world, config, loaded)
        execute(world.source, ["ALTER TABLE p ADD COLUMN late INT"], schema)
        (finding,) = _blockers(world, config, loaded)
        assert finding.code == "target-table-differs"
        assert "column late is missing" in finding.observed
    finally:
        execute(world.target, [f"DROP DATABASE IF EXISTS {there}"])


def _blockers(world: World, config: Any, loaded: frozenset[str] = frozenset()) -> list[Finding]:
    return list(world.preflight(config, loaded=loaded).blockers)
