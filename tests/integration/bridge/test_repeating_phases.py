"""Runs that die, are cleared in odd orders, or meet a source or target that somebody changed in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.bridge import verifying
from aurora_migration.errors import (
    ConfigurationError,
    DataMismatchError,
    PreflightError,
    SchemaMismatchError,
    StatementError,
)
from aurora_migration.model.config import RepairMode, TargetTablePrepMode, VerificationLevel
from aurora_migration.model.report import Verdict
from aurora_migration.operators.load import PlanOperator
from aurora_migration.operators.schema import SchemaWave1Operator
from aurora_migration.sql.quoting import raw
from aurora_migration.store import load, verdicts
from local.oracle import compare_databases
from tests.fresh_databases import Databases
from tests.integration.bridge import phases

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.timeout(240)]

TABLES = (
    "CREATE TABLE keyed (id INT PRIMARY KEY, v VARCHAR(20))",
    "INSERT INTO keyed VALUES (1, 'x'), (2, 'y')",
    "CREATE TABLE keyless (v VARCHAR(20))",
    "INSERT INTO keyless VALUES ('x'), ('x')",
    "CREATE TABLE empty_one (id INT PRIMARY KEY)",
)
NEW = Callable[..., Databases]


def assert_equal(made: Databases) -> None:
    result = compare_databases(*made.oracle_params(), [made.name])
    assert result.equal, result


def trigger_count(made: Databases) -> int:
    sql = f"SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '{made.name}'"
    return len(made.target_root.query(raw(sql)))


@pytest.mark.parametrize(
    "by_hand", ["TRUNCATE TABLE {}", "DELETE FROM {}", "DROP TABLE {}"], ids=["truncated", "deleted", "dropped"]
)
@pytest.mark.parametrize("table", ["keyed", "keyless"])
def test_a_table_emptied_or_dropped_by_hand_is_loaded_again(databases: NEW, by_hand: str, table: str) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    assert phases.migrate(run)["proven"]
    made.on_target(by_hand.format(table))
    assert phases.migrate(phases.again(run, "second"))["proven"]
    assert_equal(made)


def test_a_finished_target_is_left_alone(databases: NEW) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    phases.migrate(run)
    second = phases.again(run, "second")
    assert phases.load(second, phases.tables(second)) == 4  # what is recorded; nothing new is written
    rows = {state.mapping.source.name: state.rows for state in load.tables(made.target, run.control)}
    assert rows == {"keyed": 2, "keyless": 2, "empty_one": 0}
    assert_equal(made)


def test_a_table_altered_after_its_load_is_never_loaded_on_top(databases: NEW) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    phases.migrate(run)
    made.on_source("ALTER TABLE keyless MODIFY v VARCHAR(30)")
    with pytest.raises(SchemaMismatchError, match="not loaded under the table's present definition"):
        phases.phase(PlanOperator, run)
    assert made.target_root.query(raw(f"SELECT COUNT(*) AS n FROM `{made.name}`.keyless"))[0]["n"] == 2


def test_a_table_altered_or_dropped_between_plan_and_load_is_named(databases: NEW) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    units = phases.tables(run)
    made.on_source("ALTER TABLE keyed ADD COLUMN w INT")
    with pytest.raises(SchemaMismatchError, match=r"keyed: .* changed after the plan was made"):
        phases.load(run, units)
    made.on_source("DROP TABLE keyed")
    with pytest.raises(SchemaMismatchError, match=r"keyed: is gone from the source"):
        phases.load(run, units)


def test_verification_does_not_compare_by_another_key(databases: NEW) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    phases.migrate(run)
    made.on_source("ALTER TABLE keyed DROP PRIMARY KEY, ADD PRIMARY KEY (v, id)")
    with pytest.raises(DataMismatchError, match="keyed: its definition, or its target, changed"):
        phases.verify(phases.again(run, "verify"))
    with pytest.raises(DataMismatchError):
        phases.report(phases.again(run, "verify"))


def test_a_run_for_some_tables_leaves_the_others_verifiable(databases: NEW) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    phases.migrate(run)
    part = phases.run_of(made, "part", tables=(f"{made.name}.keyed",), prep_mode=TargetTablePrepMode.TRUNCATE)
    assert phases.migrate(part)["tables"] == 1
    assert phases.verify(phases.again(run, "verify"))["tables"] == 3
    made.on_target("DELETE FROM keyless LIMIT 1")
    with pytest.raises(DataMismatchError, match="keyless"):
        phases.verify(phases.again(run, "verify again"))


def test_some_tables_first_and_all_later(databases: NEW) -> None:
    made = databases(
        *TABLES,
        "CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES keyed (id))",
        "CREATE VIEW seen AS SELECT id FROM child",
    )
    assert phases.migrate(phases.run_of(made, "part", tables=(f"{made.name}.child",)))["proven"]
    assert phases.migrate(phases.run_of(made, "all"))["proven"]
    assert_equal(made)


def test_only_views_and_routines(databases: NEW) -> None:
    made = databases(
        "CREATE VIEW one AS SELECT 1 AS one", "CREATE FUNCTION two() RETURNS INT DETERMINISTIC RETURN 2"
    )
    assert phases.migrate(phases.run_of(made))["proven"]
    assert phases.verify(phases.run_of(made, "verify"))["proven"]
    made.on_target("DROP FUNCTION two")
    with pytest.raises(DataMismatchError, match="two missing"):
        phases.verify(phases.run_of(made, "verify again"))


def test_names_that_read_alike_are_told_apart(databases: NEW) -> None:
    made = databases("CREATE TABLE `b.c` (id INT PRIMARY KEY)", "INSERT INTO `b.c` VALUES (1)")
    other = f"{made.name}.b"
    made.source_root.execute(raw(f"CREATE DATABASE `{other}`"))
    made.on_source(
        f"CREATE TABLE `{other}`.`c` (id INT PRIMARY KEY)", f"INSERT INTO `{other}`.`c` VALUES (1), (2)"
    )
    try:
        both = {"selection": [{"include": f"{made.name}.*"}, {"include": f"{other}.*"}]}
        run = phases.run_of(made, config=both)
        for number in range(2):
            report = phases.migrate(phases.again(run, f"run {number}"))
            assert (report["proven"], report["tables"], report["rows"]) == (True, 2, 3)
        result = compare_databases(*made.oracle_params(), [made.name, other])
        assert result.equal, result
    finally:
        for session in (made.source_root, made.target_root):
            session.execute(raw(f"DROP DATABASE IF EXISTS `{other}`"))


def test_a_first_wave_alone_is_refused_and_touches_nothing(databases: NEW) -> None:
    made = databases(*TABLES, "CREATE TRIGGER t BEFORE INSERT ON keyed FOR EACH ROW SET @x = 1")
    run = phases.run_of(made, prep_mode=TargetTablePrepMode.DROP_AND_CREATE)
    phases.migrate(run)
    with pytest.raises(ConfigurationError, match="clear it together with downstream"):
        phases.phase(SchemaWave1Operator, run, {"position": "success"})
    assert trigger_count(made) == 1
    assert_equal(made)


def test_what_an_earlier_try_proved_does_not_count_for_a_task_that_failed_since(databases: NEW) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made)
    phases.migrate(run)
    assert phases.report(run, load_7="removed")["proven"]
    for task, state in [("load_2", "failed"), ("verify_rows", "upstream_failed"), ("accounts", "skipped")]:
        with pytest.raises(DataMismatchError, match="not proved equal"):
            phases.report(run, **{task: state})


def test_a_dry_run_with_blockers_does_not_end_green(databases: NEW) -> None:
    made = databases(*TABLES)
    with pytest.raises(PreflightError, match="the dry run failed in preflight"):
        phases.report(phases.run_of(made, dry_run=True), preflight="failed", schema_wave_1="upstream_failed")


def test_row_counts_alone_do_not_see_a_changed_row_and_do_see_a_missing_one(databases: NEW) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made, level=VerificationLevel.ROW_COUNT)
    phases.migrate(run)
    made.on_target("UPDATE keyed SET v = 'other' WHERE id = 1")
    assert phases.verify(phases.again(run, "changed"))["level"] == "row-count"
    made.on_target("DELETE FROM keyed WHERE id = 1")
    with pytest.raises(DataMismatchError, match="2 rows on the source, 1 on the target"):
        phases.verify(phases.again(run, "missing"))


def test_a_repair_brings_back_the_triggers_of_its_table_and_touches_no_other_object(databases: NEW) -> None:
    made = databases(
        *TABLES,
        "CREATE TRIGGER t BEFORE INSERT ON keyed FOR EACH ROW SET NEW.v = 'bent'",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @x = 1",
    )
    run = phases.run_of(made)
    phases.migrate(run)
    made.on_target("ALTER EVENT e ENABLE", "UPDATE keyed SET v = 'wrong' WHERE id = 2")
    repair = phases.run_of(made, "repair", repair=RepairMode.APPLY)
    for unit in verifying.units_to_compare(repair, "verify"):
        verifying.verify_unit(repair, unit["number"])
    assert trigger_count(made) == 1
    status = f"SELECT STATUS AS s FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '{made.name}'"
    assert made.target_root.query(raw(status))[0]["s"] == "ENABLED"
    assert made.target_root.query(raw(f"SELECT v FROM `{made.name}`.keyed WHERE id = 2"))[0]["v"] == "y"


@pytest.mark.parametrize("number", [1, 2])
def test_a_lost_record_of_a_chunk_takes_no_keys_out_of_the_comparison(databases: NEW, number: int) -> None:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY)",
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
        "SELECT i FROM n",
        "INSERT INTO t SELECT id + 1000 FROM t",
        "INSERT INTO t SELECT id + 2000 FROM t",
    )
    run = phases.run_of(made)
    phases.migrate(run)
    control = f"`{run.config.control_schema}`"
    assert made.target_root.execute(raw(f"DELETE FROM {control}.chunks WHERE number = {number}")) == 1
    assert phases.verify(phases.again(run, "verify"))["rows"] == 4000
    made.on_target(f"DELETE FROM t WHERE id = {number * 900}")
    with pytest.raises(DataMismatchError, match=f"row id={number * 900} is missing"):
        phases.verify(phases.again(run, "verify again"))


def test_a_lost_key_range_is_not_proved(databases: NEW) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)")
    run = phases.run_of(made)
    phases.migrate(run)
    control = f"`{run.config.control_schema}`"
    made.target_root.execute(raw(f"UPDATE {control}.key_ranges SET lower_bound = JSON_ARRAY('1')"))
    with pytest.raises(DataMismatchError, match="not proved equal"):
        phases.verify(phases.again(run, "verify"))


def test_verdicts_in_front_of_a_comparison_that_fails_are_kept(databases: NEW) -> None:
    made = databases(*TABLES)
    run = phases.run_of(made, config={"load": {"max_units": 1}})
    assert phases.migrate(run)["proven"]
    made.on_target("DROP TABLE keyed")
    second = phases.again(run, "second")
    with pytest.raises(StatementError, match="keyed"):
        verifying.verify_unit(second, 1)
    found = verdicts.verdicts(made.target, run.control, "second")
    assert {name.name: one.verdict for name, one in found.items()} == {"empty_one": Verdict.EQUAL}
    made.on_target("CREATE TABLE keyed (id INT PRIMARY KEY, v VARCHAR(20))", "INSERT INTO keyed VALUES (1, 'x')")
    with pytest.raises(DataMismatchError, match=r"keyed"):
        verifying.verify_unit(second, 1)
    found = verdicts.verdicts(made.target, run.control, "second")
    assert {name.name: one.verdict for name, one in found.items()} == {
        "empty_one": Verdict.EQUAL,
        "keyed": Verdict.DIFFERS,
        "keyless": Verdict.EQUAL,
    }
