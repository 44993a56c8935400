"""Changes of the source on the target, in strict mode: every order of changes that a source can make."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.model.names import TableName
from aurora_migration.model.sync import TableMode
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store.incidents import incidents
from tests.fresh_databases import Databases
from tests.integration.cdc.applied import Applied

pytestmark = pytest.mark.servers
Make = Callable[..., Databases]
SEQUENCE = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {}) "

PLAIN = "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(40), w INT)"
UNIQUE = "CREATE TABLE t (id INT PRIMARY KEY, u INT NULL, v VARCHAR(40), UNIQUE (u), UNIQUE (v, u))"
TEXT_KEY = "CREATE TABLE t (k VARCHAR(30) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, n INT)"
PAIR_KEY = "CREATE TABLE t (a INT, b VARBINARY(9), n INT, PRIMARY KEY (a, b))"
KEYLESS = "CREATE TABLE t (a INT, b VARCHAR(9), c DOUBLE, j JSON)"

CASES: dict[str, tuple[str, list[str]]] = {
    "insert, update, delete": (
        PLAIN,
        [
            "INSERT INTO t VALUES (10,'a',1),(11,'b',2)",
            "UPDATE t SET v='x' WHERE id<3",
            "DELETE FROM t WHERE id=2",
        ],
    ),
    "nothing changes in the end": (PLAIN, ["UPDATE t SET w=w+1", "UPDATE t SET w=w-1"]),
    "inserted and deleted": (PLAIN, ["INSERT INTO t VALUES (50,'a',1)", "DELETE FROM t WHERE id=50"]),
    "deleted and inserted": (PLAIN, ["DELETE FROM t", "INSERT INTO t VALUES (1,'again',0)"]),
    "the key moves": (PLAIN, ["UPDATE t SET id=id+100 WHERE id=3", "UPDATE t SET id=3 WHERE id=1"]),
    "all keys move": (PLAIN, ["UPDATE t SET id=id+1 ORDER BY id DESC"]),
    "replace and upsert": (
        PLAIN,
        [
            "REPLACE INTO t VALUES (1,'r',9),(77,'s',9)",
            "INSERT INTO t VALUES (1,'',0) ON DUPLICATE KEY UPDATE w=w*2",
        ],
    ),
    "a unique swap": (
        UNIQUE,
        ["UPDATE t SET u=-1 WHERE id=1", "UPDATE t SET u=1 WHERE id=2", "UPDATE t SET u=2 WHERE id=1"],
    ),
    "a unique value that is used again": (
        UNIQUE,
        ["DELETE FROM t WHERE id=1", "INSERT INTO t VALUES (60,1,'new')", "UPDATE t SET u=NULL WHERE id=60"],
    ),
    "unique values shift": (UNIQUE, ["UPDATE t SET u=u+1 ORDER BY u DESC"]),
    "the case of a key": (TEXT_KEY, ["UPDATE t SET k=UPPER(k) WHERE n<3", "UPDATE t SET n=n+1 WHERE k='k2'"]),
    "a key used again in another case": (
        TEXT_KEY,
        ["DELETE FROM t WHERE k='k1'", "INSERT INTO t VALUES ('K1',5)"],
    ),
    "a key of two columns": (
        PAIR_KEY,
        ["UPDATE t SET a=a+1 ORDER BY a DESC", "INSERT INTO t VALUES (1,'',1)", "DELETE FROM t WHERE a=3"],
    ),
    "rows without a key": (
        KEYLESS,
        [
            "INSERT INTO t VALUES (1,'x',0.1,'{\"a\":1}'),(1,'x',0.1,'{\"a\":1}'),(NULL,NULL,-0e0,NULL)",
            "DELETE FROM t WHERE a=1 LIMIT 1",
            "UPDATE t SET b='y', c=c*3 WHERE b='x' LIMIT 1",
        ],
    ),
    "no-op and empty transactions": (PLAIN, ["UPDATE t SET w=w", "DELETE FROM t WHERE id=-1", "BEGIN", "COMMIT"]),
    "rolled back": (PLAIN, ["BEGIN", "DELETE FROM t", "ROLLBACK", "UPDATE t SET v='kept' WHERE id=1"]),
    "undone to a savepoint": (
        PLAIN,
        ["BEGIN", "UPDATE t SET w=7", "SAVEPOINT s", "DELETE FROM t", "ROLLBACK TO s", "COMMIT"],
    ),
    "XA in one phase": (PLAIN, ["XA START 'x1'", "UPDATE t SET w=3", "XA END 'x1'", "XA COMMIT 'x1' ONE PHASE"]),
}
FILL = {
    PLAIN: "INSERT INTO t " + SEQUENCE.format(5) + "SELECT i, CONCAT('v', i), i FROM n",
    UNIQUE: "INSERT INTO t " + SEQUENCE.format(5) + "SELECT i, i, CONCAT('v', i) FROM n",
    TEXT_KEY: "INSERT INTO t " + SEQUENCE.format(5) + "SELECT CONCAT('k', i), i FROM n",
    PAIR_KEY: "INSERT INTO t " + SEQUENCE.format(5) + "SELECT i, CHAR(i, 0, 255), i FROM n",
    KEYLESS: "INSERT INTO t " + SEQUENCE.format(5) + "SELECT i, 'k', i / 3, JSON_ARRAY(i) FROM n",
}


@pytest.mark.parametrize("style", list(RowStyle))
@pytest.mark.parametrize("case", CASES)
def test_a_sync_leaves_equal_rows(databases: Make, case: str, style: RowStyle) -> None:
    table, changes = CASES[case]
    made = databases(table, FILL[table])
    applied = Applied(made, ["t"], style=style)
    made.on_source(*changes)
    result = applied.sync()
    assert result.reached, result
    assert not result.stopped, result
    applied.assert_equal()
    assert applied.sync().transactions == 0


@pytest.mark.parametrize("case", ["insert, update, delete", "a unique swap", "XA in one phase"])
def test_by_file_and_offset(databases: Make, case: str) -> None:
    table, changes = CASES[case]
    made = databases(table, FILL[table])
    applied = Applied(made, ["t"], by_gtid=False)
    made.on_source(*changes)
    assert applied.sync().reached
    applied.assert_equal()


def test_every_change_by_itself_and_all_at_once_come_to_the_same(databases: Make) -> None:
    table, changes = CASES["all keys move"]
    made = databases(table, FILL[table])
    applied = Applied(made, ["t"])
    for change in changes * 3:
        made.on_source(change)
        applied.sync()
        applied.assert_equal()


def test_a_transaction_that_is_larger_than_a_batch(databases: Make) -> None:
    made = databases(
        UNIQUE,
        "SET cte_max_recursion_depth = 100000",
        "INSERT INTO t " + SEQUENCE.format(5000) + "SELECT i, i, i FROM n",
    )
    applied = Applied(made, ["t"], settings={"sync": {"transaction_rows": 300}})
    made.on_source(
        "UPDATE t SET v='small' WHERE id=1",
        "BEGIN",
        "UPDATE t SET u=u+1 ORDER BY u DESC",
        "DELETE FROM t WHERE id % 7 = 0",
        "UPDATE t SET id=id+10000 WHERE id % 2 = 0",
        "COMMIT",
        "DELETE FROM t WHERE id=1",
    )
    before = applied.checkpoint().moves
    result = applied.sync()
    assert result.reached
    assert result.transactions >= 3
    assert applied.checkpoint().moves - before == 3, "the large transaction has a target transaction of its own"
    applied.assert_equal()


def test_prepared_transactions_wait_for_their_decision(databases: Make) -> None:
    made = databases(PLAIN, FILL[PLAIN])
    applied = Applied(made, ["t"], settings={"sync": {"transaction_rows": 2}})
    made.on_source(
        "XA START 'a','b',7", "UPDATE t SET w=100 WHERE id<4", "XA END 'a','b',7", "XA PREPARE 'a','b',7"
    )
    made.source_root.connection.ping(reconnect=False)
    applied.sync()
    second = databases()
    second.on_source(f"USE `{made.name}`", "UPDATE t SET v='other' WHERE id=5")
    applied.sync()
    made.on_source("XA COMMIT 'a','b',7")
    result = applied.sync()
    assert result.row_changes[TableName(made.name, "t")] == 3
    applied.assert_equal()
    made.on_source("XA START 'c'", "DELETE FROM t", "XA END 'c'", "XA PREPARE 'c'")
    applied.sync()
    made.on_source("XA ROLLBACK 'c'")
    applied.sync()
    applied.assert_equal()


@pytest.mark.parametrize(
    ("tamper", "change"),
    [
        ("DELETE FROM t WHERE id=2", "UPDATE t SET w=9 WHERE id=2"),
        ("DELETE FROM t WHERE id=2", "DELETE FROM t WHERE id=2"),
        ("INSERT INTO t VALUES (9,'x',1)", "INSERT INTO t VALUES (9,'y',2)"),
        ("UPDATE t SET id=9 WHERE id=1", "INSERT INTO t VALUES (9,'y',2)"),
    ],
)
def test_what_strict_changes_do_not_find_stops_the_table_alone(databases: Make, tamper: str, change: str) -> None:
    made = databases(PLAIN, FILL[PLAIN], PLAIN.replace(" t ", " other "), "INSERT INTO other SELECT * FROM t")
    applied = Applied(made, ["t", "other"])
    made.on_target(tamper)
    made.on_source(change, "UPDATE other SET w=99")
    result = applied.sync()
    assert result.reached
    assert result.stopped == (TableName(made.name, "t"),)
    assert applied.modes() == {"t": TableMode.STOPPED, "other": TableMode.STRICT}
    assert result.row_changes == {TableName(made.name, "other"): 5}
    (incident,) = incidents(made.target, applied.control, "run")
    assert incident["kind"] == "stopped"
    assert incident["scope"] == f"{made.name}.t"
    assert "key 9" in incident["detail"] or "key 2" in incident["detail"]
    made.on_source("DELETE FROM t")
    assert applied.sync().reached, "it is passed over from then on"


def test_tables_of_no_migration_and_other_schemas_cost_nothing(databases: Make) -> None:
    made, other = databases(PLAIN, FILL[PLAIN]), databases(PLAIN, FILL[PLAIN])
    applied = Applied(made, ["t"])
    other.on_source("DELETE FROM t", "CREATE TABLE elsewhere (a INT)", "DROP TABLE elsewhere")
    result = applied.sync()
    assert result.reached
    assert result.row_changes == {}
    assert result.lag_seconds == 0
    assert result.lag_bytes == 0
