"""Repair writes just the rows that differ, proves them, and never leaves a chunk half done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.verify.repair import RepairContext, drop_triggers, repair_chunk
from aurora_migration.errors import DataMismatchError
from aurora_migration.model.chunk import Chunk
from aurora_migration.model.config import RepairMode
from aurora_migration.model.plan import PlannedTable, RunOptions
from aurora_migration.model.report import Verdict
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import prepare
from aurora_migration.sql.quoting import qualified, raw
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import load
from aurora_migration.store.chunks import chunks
from aurora_migration.store.incidents import incidents
from local.oracle import compare_databases
from tests.fresh_databases import Databases, create_like_source, endpoint
from tests.loads import control_of, load_all, verify_all

pytestmark = pytest.mark.servers
Repair = Callable[[Databases, str, RepairMode], int]


@pytest.fixture
def made(databases: Callable[..., Databases]) -> Databases:
    one = databases(
        "SET SESSION cte_max_recursion_depth = 5000",
        "CREATE TABLE t (k VARCHAR(20), n INT, v VARCHAR(50), j JSON, UNIQUE KEY u (v), PRIMARY KEY (k, n))",
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 980) "
        "SELECT CONCAT('k''`', i % 7), i, i, JSON_OBJECT('i', i) FROM n",
        "CREATE TABLE keyless (a INT, v VARCHAR(9))",
        "INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (2, NULL)",
    )
    create_like_source(one, ["t", "keyless"])
    load_all(one)
    return one


@pytest.fixture
def repair() -> Repair:
    """Repairs one table of one chunk; the number of rows that differed."""

    def run(made: Databases, table: str, mode: RepairMode) -> int:
        planned, chunk = _planned(made, table)
        with (
            Session.open(endpoint("target", made.pair.target_login), local_infile=True) as target,
            RowReader(endpoint("source", made.pair.source_login)) as reader,
        ):
            prepare(target)
            context = RepairContext(made.source, reader, target, control_of(made), "run", RowStyle.LOAD_DATA, mode)
            return repair_chunk(context, planned, chunk)

    return run


def _planned(made: Databases, table: str) -> tuple[PlannedTable, Chunk]:
    plan = build_plan(made.config(), RunOptions(), made.source)
    (part,) = (one for one in load.ranges(made.target, control_of(made)) if one.table.name == table)
    (chunk,) = chunks(made.target, control_of(made), part)
    return plan.table(made.table(table)), chunk


DAMAGE = (
    "DELETE FROM t WHERE n IN (5, 6)",
    "UPDATE t SET v = CONCAT('x', v) WHERE n IN (7, 900)",
    "INSERT INTO t VALUES ('extra', 1, 'e', NULL), ('k''`1', -1, '5', NULL)",
    "UPDATE t SET k = UPPER(k) WHERE n = 100",
)


def test_review_keeps_the_statements_and_changes_nothing(made: Databases, repair: Repair) -> None:
    made.on_target(*DAMAGE)
    assert repair(made, "t", RepairMode.REVIEW) == 8
    assert verify_all(made)["t"].verdict is Verdict.DIFFERS
    (incident,) = incidents(made.target, control_of(made), "run")
    assert incident["kind"] == "review"
    assert "row k='k'`5', n=5 is missing on the target" in incident["detail"]
    assert "DELETE FROM" in incident["statements"]
    assert "-- from the source: SELECT *" in incident["statements"]
    # reviewable means runnable: the deletes work as they stand
    for line in incident["statements"].splitlines():
        if line.startswith("DELETE"):
            made.on_target(line.rstrip(";"))


def test_apply_makes_the_rows_equal_and_keeps_an_incident(made: Databases, repair: Repair) -> None:
    made.on_target(*DAMAGE)
    assert repair(made, "t", RepairMode.APPLY) == 8
    assert repair(made, "t", RepairMode.APPLY) == 0
    assert compare_databases(*made.oracle_params(), [made.name]).equal
    (incident,) = incidents(made.target, control_of(made), "run")
    assert incident["kind"] == "applied"


def test_a_table_without_key_is_copied_again(made: Databases, repair: Repair) -> None:
    made.on_target("DELETE FROM keyless LIMIT 1", "INSERT INTO keyless VALUES (9, 'z')")
    assert repair(made, "keyless", RepairMode.APPLY) == 2
    assert compare_databases(*made.oracle_params(), [made.name]).equal


def test_what_cannot_be_made_equal_is_left_as_it_was(made: Databases, repair: Repair) -> None:
    # a trigger that bends what is written stands for any reason why a repaired row is not equal
    made.on_target(
        "UPDATE t SET j = NULL WHERE n = 5", "CREATE TRIGGER bend BEFORE INSERT ON t FOR EACH ROW SET NEW.j = '{}'"
    )
    rows = raw("SELECT k, n, v, j FROM ") + qualified(made.table("t")) + raw(" ORDER BY k, n")
    before = made.target_root.query(rows)
    with pytest.raises(DataMismatchError, match="still differs"):
        repair(made, "t", RepairMode.APPLY)
    assert made.target_root.query(rows) == before
    assert incidents(made.target, control_of(made), "run") == []
    assert drop_triggers(made.target, made.table("t")) == 1
    assert repair(made, "t", RepairMode.APPLY) == 1
    assert compare_databases(*made.oracle_params(), [made.name]).equal
