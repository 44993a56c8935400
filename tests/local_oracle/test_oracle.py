"""The oracle sees every difference it is asked to see, and sees none where there is none."""

from __future__ import annotations

import ast
import itertools
import json
import subprocess
import sys
from pathlib import Path

import MySQLdb
import pytest

import local.oracle
from local.oracle import Comparison, ServerParams, compare_databases
from local.oracle.__main__ import main
from local.oracle.session import Session
from tests.local_oracle.conftest import Roots, Run

pytestmark = pytest.mark.servers

NUMBERS = itertools.count()
ROOT = Path(__file__).parents[2]

SCHEMA = [part for part in (Path(__file__).parent / "twins.sql").read_text().split(";\n") if part.strip()]


@pytest.fixture
def twins(roots: Roots, run: Run) -> tuple[str, ServerParams, ServerParams]:
    """The same database on both servers, under a name of its own."""
    name = f"twins_{next(NUMBERS)}"
    for server in (roots.source, roots.target):
        run(server, name, SCHEMA)
    return name, roots.source, roots.target


def text_of(comparison: Comparison) -> str:
    """All problems as one text."""
    return "\n".join(comparison.problems())


def test_equal_databases_are_equal(twins: tuple[str, ServerParams, ServerParams]) -> None:
    name, source, target = twins
    comparison = compare_databases(source, target, [name])
    assert comparison.equal, str(comparison)
    rows = {table.source.partition(".")[2]: table.source_rows for table in comparison.tables}
    assert rows == {"parent": 3, "child": 3, "keyless": 3, "parts": 2, "empty_one": 0}


ROWS = {
    "float, last bit": ("UPDATE parent SET small = 16777218 WHERE id = 3", "changed row id='3': small"),
    "double, last bit": ("UPDATE parent SET big = 0.10000000000000002 WHERE id = 1", "big '0.1' -> '0.1000"),
    "sign of zero": ("UPDATE parent SET small = 0 WHERE id = 2", "small '-0' -> '0'"),
    "NULL and the word": ("UPDATE parent SET name = 'NULL' WHERE id = 2", "name NULL -> 'NULL'"),
    "NULL and empty": ("UPDATE parent SET raw = '' WHERE id = 2", "raw NULL -> ''"),
    "letter case": ("UPDATE parent SET name = 'ANN' WHERE id = 1", "name 'Ann' -> 'ANN'"),
    "trailing space": ("UPDATE parent SET name = 'Ann ' WHERE id = 1", "name 'Ann' -> 'Ann '"),
    "decimal, last digit": (
        "UPDATE parent SET price = 12.500001 WHERE id = 1",
        "price '12.500000' -> '12.500001'",
    ),
    "millisecond": ("UPDATE parent SET at = '2020-01-01 10:00:00.124' WHERE id = 1", "at "),
    "zero date": ("UPDATE parent SET day = NULL WHERE id = 2", "day '0000-00-00' -> NULL"),
    "bit": ("UPDATE parent SET bits = b'1010101011' WHERE id = 1", "bits "),
    "json": ("UPDATE parent SET doc = '{\"a\": 1.6}' WHERE id = 1", "doc "),
    "geometry's system": (
        "UPDATE parent SET place = ST_GeomFromText('POINT(1 2)', 0) WHERE id = 1",
        "place ",
    ),
    "one byte of a blob": ("UPDATE parent SET pic = INSERT(pic, 9000, 1, 'z') WHERE id = 1", "pic "),
    "enum": ("UPDATE parent SET kind = 'c' WHERE id = 2", "kind 'b' #2 -> 'c' #3"),
    "enum's error value": ("UPDATE parent SET kind = NULL WHERE id = 3", "kind '' #0 -> NULL"),
    "set": ("UPDATE parent SET flags = 'x,y' WHERE id = 1", "flags 'x,z' #5 -> 'x,y' #3"),
    "latin1 bytes": ("UPDATE parent SET latin = 'cafe' WHERE id = 1", "latin 0x636166e9 -> 'cafe'"),
    "invisible column": ("UPDATE parent SET hidden = 8 WHERE id = 1", "hidden '7' -> '8'"),
    "composite key": (
        "UPDATE child SET note = 'TWO' WHERE a = 1 AND b = 'K2'",
        "changed row a='1', b='K2': note",
    ),
    "key changed": ("UPDATE parts SET id = 1001 WHERE id = 1000", "missing row id='1000'"),
    "row missing": ("DELETE FROM child WHERE a = 2", "missing row a='2', b='k'"),
    "row extra": ("INSERT INTO parts VALUES (5, 5)", "extra row id='5'"),
    "duplicate lost": ("DELETE FROM keyless WHERE a = 1 LIMIT 1", "missing row a='1', b='x' (x1)"),
    "duplicate added": ("INSERT INTO keyless VALUES (2, NULL)", "extra row a='2', b=NULL (x1)"),
    "table emptied": ("DELETE FROM keyless", "rows of"),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_changed_row_is_found_and_named(
    twins: tuple[str, ServerParams, ServerParams], run: Run, case: str
) -> None:
    name, source, target = twins
    statement, expected = ROWS[case]
    run(target, name, [statement])
    comparison = compare_databases(source, target, [name])
    assert not comparison.equal
    assert not comparison.differences, "only rows were changed"
    assert expected in text_of(comparison)


OBJECTS = {
    "view missing": ("DROP VIEW seen", "view {0}.seen: missing on the target"),
    "view changed": ("ALTER VIEW seen AS SELECT id, name FROM parent WHERE id > 1", "view {0}.seen: "),
    "view became table": ("DROP VIEW seen; CREATE TABLE seen (id INT)", "table {0}.seen: only on the target"),
    "function missing": ("DROP FUNCTION add_one", "routine {0}.function add_one: missing on the target"),
    "procedure missing": (
        "DROP PROCEDURE count_all",
        "routine {0}.procedure count_all: missing on the target",
    ),
    "trigger missing": ("DROP TRIGGER child_note", "trigger {0}.child_note: missing on the target"),
    "event missing": ("DROP EVENT nightly", "event {0}.nightly: missing on the target"),
    "table missing": ("DROP TABLE empty_one", "table {0}.empty_one: missing on the target"),
    "table extra": ("CREATE TABLE more (id INT)", "table {0}.more: only on the target"),
    "index missing": ("ALTER TABLE parent DROP KEY by_name", "index part {0}.parent.by_name #1: missing"),
    "index not unique": (
        "ALTER TABLE parent DROP KEY by_name, ADD UNIQUE KEY by_name (name)",
        "index part {0}.parent.by_name #1: '1' -> '0'",
    ),
    "foreign key missing": (
        "ALTER TABLE child DROP FOREIGN KEY child_parent",
        "foreign key {0}.child.child_parent #1: missing",
    ),
    "check missing": ("ALTER TABLE parent DROP CHECK positive", "check {0}.parent.positive: missing"),
    "check not enforced": ("ALTER TABLE parent ALTER CHECK positive NOT ENFORCED", "'YES' -> 'NO'"),
    "column type": ("ALTER TABLE parent MODIFY small DOUBLE", "column {0}.parent.small: 'float' -> 'double'"),
    "collation": (
        "ALTER TABLE child MODIFY b VARCHAR(10) COLLATE utf8mb4_bin NOT NULL",
        "'utf8mb4_0900_ai_ci' -> 'utf8mb4_bin'",
    ),
    "column visible": (
        "ALTER TABLE parent ALTER COLUMN hidden SET VISIBLE",
        "column {0}.parent.hidden: 'INVISIBLE'",
    ),
    "column missing": ("ALTER TABLE child DROP COLUMN note", "rows {0}.child: not compared: columns a, b"),
    "partition missing": ("ALTER TABLE parts REMOVE PARTITIONING", "partition {0}.parts.p0/: missing"),
    "database collation": ("ALTER DATABASE COLLATE utf8mb4_bin", "database {0}: 'utf8mb4_0900_ai_ci'"),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_a_changed_object_is_found_and_named(
    twins: tuple[str, ServerParams, ServerParams], run: Run, case: str
) -> None:
    name, source, target = twins
    statements, expected = OBJECTS[case]
    run(target, name, statements.split("; "))
    comparison = compare_databases(source, target, [name])
    assert not comparison.equal
    assert expected.format(name) in text_of(comparison)


def test_a_counter_behind_is_a_difference_and_ahead_is_none(
    twins: tuple[str, ServerParams, ServerParams], run: Run
) -> None:
    name, source, target = twins
    run(target, name, ["ALTER TABLE parent AUTO_INCREMENT = 100"])
    assert compare_databases(source, target, [name]).equal
    run(source, name, ["ALTER TABLE parent AUTO_INCREMENT = 200"])
    assert f"counter {name}.parent: AUTO_INCREMENT 200 -> 100" in text_of(
        compare_databases(source, target, [name])
    )


def test_a_renamed_database_is_compared_under_its_new_name(roots: Roots, run: Run) -> None:
    renames = {"plain_old": "plain_new"}
    run(roots.source, "plain_old", SCHEMA)
    run(roots.target, "plain_new", SCHEMA)
    comparison = compare_databases(roots.source, roots.target, renames)
    assert comparison.equal, str(comparison)
    assert comparison.tables[0].target.startswith("plain_new.")
    run(roots.target, "plain_new", ["UPDATE keyless SET b = 'other' WHERE a = 2"])
    assert not compare_databases(roots.source, roots.target, renames).equal


def test_odd_names_are_read_and_reported(roots: Roots, run: Run) -> None:
    odd = "a.b 'c' \"d\" %s {e} ☃\\ " + "x" * 40 + "z"
    for server in (roots.source, roots.target):
        run(
            server,
            odd,
            [
                f"CREATE TABLE `{odd}` (`{odd}` INT PRIMARY KEY, `tick``` INT)",
                f"INSERT INTO `{odd}` VALUES (1, 1)",
            ],
        )
    comparison = compare_databases(roots.source, roots.target, [odd])
    assert comparison.equal, str(comparison)
    run(roots.target, odd, [f"UPDATE `{odd}` SET `tick``` = 2"])
    text = text_of(compare_databases(roots.source, roots.target, [odd]))
    assert f"changed row {odd}='1': tick` '1' -> '2'" in text


def test_a_table_left_out_is_not_missed(twins: tuple[str, ServerParams, ServerParams], run: Run) -> None:
    name, source, target = twins
    run(target, name, ["DROP TABLE parts"])
    assert not compare_databases(source, target, [name]).equal
    assert compare_databases(source, target, [name], without=[f"{name}.parts"]).equal


def test_nothing_compared_is_not_equal(roots: Roots, run: Run) -> None:
    for server in (roots.source, roots.target):
        run(server, "hollow", [])
    assert not compare_databases(roots.source, roots.target, ["hollow"]).equal


def test_examples_are_bounded_and_many_rows_are_compared(roots: Roots, run: Run) -> None:
    numbers = "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 20000) SELECT n FROM s"
    rows = f"INSERT INTO many SELECT n, n % 7 FROM ({numbers}) q"
    statements = [
        "SET cte_max_recursion_depth = 20000",
        "CREATE TABLE many (id INT PRIMARY KEY, v INT)",
        rows,
    ]
    for server in (roots.source, roots.target):
        run(server, "many", statements)
    assert compare_databases(roots.source, roots.target, ["many"]).equal
    run(roots.target, "many", ["UPDATE many SET v = v + 1 WHERE id > 100", "DELETE FROM many WHERE id = 50"])
    table = compare_databases(roots.source, roots.target, ["many"], examples=3).tables[0]
    assert (table.source_rows, table.target_rows) == (20000, 19999)
    assert len(table.examples) == 3


def test_a_second_row_under_a_lost_key_is_found(roots: Roots, run: Run) -> None:
    create = ["CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2)"]
    for server in (roots.source, roots.target):
        run(server, "lost_key", create)
    run(roots.target, "lost_key", ["ALTER TABLE t DROP PRIMARY KEY", "INSERT INTO t VALUES (2, 2)"])
    assert "extra row id='2'" in text_of(compare_databases(roots.source, roots.target, ["lost_key"]))


def test_the_command_reads_the_endpoints_and_its_exit_code_tells(
    twins: tuple[str, ServerParams, ServerParams],
    run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name, source, target = twins
    ends = {
        name: {"host": end.host, "port": end.port, "root_user": end.user, "root_password": end.password}
        for name, end in (("source", source), ("target", target))
    }
    path = tmp_path / "endpoints.json"
    path.write_text(json.dumps(ends))
    assert main(["--endpoints", str(path), name]) == 0
    assert "equal: 5 tables, 11 rows" in capsys.readouterr().out
    run(target, name, ["DELETE FROM keyless"])
    assert main(["--endpoints", str(path), name]) == 1
    printed = capsys.readouterr().out
    assert "NOT EQUAL" in printed
    assert target.password not in printed


def test_the_source_is_never_written(roots: Roots) -> None:
    with Session(roots.source) as session, pytest.raises(MySQLdb.OperationalError, match="READ ONLY"):
        session.rows("CREATE DATABASE must_not_be")


def test_memory_is_bounded_by_the_row_and_not_by_the_table(roots: Roots, run: Run) -> None:
    statements = ["CREATE TABLE pics (id INT AUTO_INCREMENT PRIMARY KEY, pic LONGBLOB)"]
    statements += ["INSERT INTO pics (pic) VALUES (REPEAT('x', 8000000))"] * 30
    for server in (roots.source, roots.target):
        run(server, "pics", statements)
    code = (
        "import json, re, sys; from pathlib import Path\n"
        "from local.oracle import ServerParams, compare_databases\n"
        "ends = [ServerParams(**end) for end in json.load(sys.stdin)]\n"
        "assert compare_databases(*ends, ['pics']).equal\n"
        # not ru_maxrss: a child begins with its parent's
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    ends = [
        {"host": end.host, "port": end.port, "user": end.user, "password": end.password}
        for end in (roots.source, roots.target)
    ]
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(ends),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert int(done.stdout) < 100, "MiB for a table of 240 MB in rows of 8 MB"


def test_the_oracle_shares_no_code_with_the_engine() -> None:
    modules = sorted(Path(local.oracle.__file__).parent.glob("*.py"))
    assert len(modules) > 5
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            assert not [name for name in names if name.split(".")[0] == "aurora_migration"], path
