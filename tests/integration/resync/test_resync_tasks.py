"""Resync as tasks do it: stored units, definitions, triggers, and what is kept for change apply."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from aurora_migration.bridge.resyncing import resync_tables, resync_unit
from aurora_migration.errors import SchemaMismatchError
from aurora_migration.model.sync import TableMode
from aurora_migration.sql.quoting import raw
from aurora_migration.store import load, sync
from tests.fresh_databases import Databases
from tests.integration.bridge import phases
from tests.integration.resync.resyncs import assert_equal

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.timeout(240)]
New = Callable[..., Databases]

TABLES = (
    "CREATE TABLE audit (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(30))",
    "CREATE TABLE keyed (id INT PRIMARY KEY, u INT UNIQUE, v VARCHAR(300))",
    "INSERT INTO keyed WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
    "SELECT i, i, REPEAT('v', 300) FROM n",
    "CREATE TABLE keyless (a INT)",
    "INSERT INTO keyless VALUES (1), (1), (2)",
)
TRIGGERS = (
    "CREATE TRIGGER gone BEFORE DELETE ON keyed FOR EACH ROW INSERT INTO audit (what) VALUES ('gone')",
    "CREATE TRIGGER come BEFORE INSERT ON keyed FOR EACH ROW INSERT INTO audit (what) VALUES ('come')",
)
CHANGES = (
    "UPDATE keyed SET v = 'new' WHERE id % 100 = 1",
    "UPDATE keyed SET u = -u WHERE id % 100 < 2",
    "DELETE FROM keyless LIMIT 1",
)


def triggers(made: Databases) -> list[str]:
    sql = f"SELECT TRIGGER_NAME AS n FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '{made.name}'"
    return sorted(row["n"] for row in made.target_root.query(raw(sql)))


def test_units_are_made_equal(databases: New) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    phases.migrate(run)
    made.on_source(*CHANGES)
    units = sorted({unit for unit, _ in load.ranges_by_unit(made.target, run.control)})
    done = [resync_unit(phases.again(run, "sync"), unit) for unit in units]
    assert sum(one["updated"] for one in done) == 18
    assert sum(one["rows_checked"] for one in done) == 902
    assert_equal(made)
    again = [resync_unit(run, unit) for unit in units]
    assert sum(one["chunks_differing"] for one in again) == 0


def test_triggers_do_not_fire_and_are_back_afterwards(databases: New) -> None:
    made = databases(*TABLES, *TRIGGERS)
    run = phases.run_of(made)
    phases.migrate(run)
    made.on_target("DROP TRIGGER gone", "DELETE FROM keyed WHERE id > 500", "DELETE FROM audit")
    assert triggers(made) == ["come"]  # as a process that died halfway could have left it
    resync_tables(run, [made.table("keyed")])
    assert triggers(made) == ["come", "gone"]
    assert_equal(made)


def test_units_of_a_table_with_triggers_run_one_after_another(databases: New) -> None:
    made = databases(*TABLES, *TRIGGERS)
    run = phases.run_of(made)
    phases.migrate(run)
    for _ in range(3):
        made.on_target("UPDATE keyed SET v = 'old'", "DELETE FROM audit")
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: resync_tables(run, [made.table("keyed")]), range(3)))
        assert triggers(made) == ["come", "gone"]
        assert_equal(made)


def test_a_migration_that_follows_changes_gets_no_triggers(databases: New) -> None:
    made = databases(*TABLES, *TRIGGERS)
    run = phases.run_of(made)
    phases.migrate(run)
    made.on_target("DROP TRIGGER gone", "DROP TRIGGER come", "UPDATE keyed SET v = 'old'")
    following = phases.run_of(made, config={"type": "cdc"})
    resync_tables(following, [made.table("keyed")])
    assert triggers(made) == []


@pytest.mark.parametrize("strategy", ["binlog", "checksum"])
def test_change_apply_skips_what_a_copied_table_without_a_key_has(databases: New, strategy: str) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    phases.migrate(run)
    made.on_source("INSERT INTO keyless VALUES (3)")
    following = phases.run_of(made, config={"type": "cdc", "sync": {"strategy": strategy}})
    resync_tables(following, [made.table("keyless"), made.table("keyed")])
    assert_equal(made)
    modes = sync.tables(made.target, run.control)
    if strategy == "checksum":
        assert modes == {}
        return
    (found,) = modes.values()
    assert (found.table, found.mode) == (made.table("keyless"), TableMode.SKIP)
    assert found.until is not None
    assert found.until.position.gtid_set == made.source_root.scalar(raw("SELECT @@GLOBAL.gtid_executed"))


def test_another_definition_is_refused(databases: New) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    phases.migrate(run)
    made.on_source("ALTER TABLE keyed MODIFY v VARCHAR(310)")
    with pytest.raises(SchemaMismatchError):
        resync_tables(run, [made.table("keyed")])
