"""The pure parts of preflight: versions, cycles, names in files and texts, built queries, words of refusals."""

from __future__ import annotations

import re

import pymysql
import pytest

from aurora_migration.engine.preflight import keys
from aurora_migration.engine.preflight.connectivity import refusal
from aurora_migration.engine.preflight.context import Context, NotReadyError
from aurora_migration.engine.preflight.data import large_columns, longest_row_query
from aurora_migration.engine.preflight.foreign_keys import in_cycles
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.engine.preflight.scope import called_functions
from aurora_migration.engine.preflight.server import Version, parse_version
from aurora_migration.engine.preflight.storage import table_name
from aurora_migration.engine.preflight.table_difference import catalog_facts
from aurora_migration.engine.preflight.target_tables import has_rows_query
from aurora_migration.engine.preflight.versions import judge, order
from aurora_migration.errors import StatementError
from aurora_migration.model.finding import Severity
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import RunOptions
from aurora_migration.model.table import Column, Table
from aurora_migration.mysql.endpoint import Endpoint

ENDPOINT = Endpoint("source", "db.example", 3306, "migrator", "Very-Secret-3", connection_id="shop_source")


@pytest.mark.parametrize(
    ("version", "comment", "code"),
    [
        ("5.7.44-log", "MySQL Community Server", "version-not-supported"),
        ("8.0.16", "", "version-not-supported"),
        ("10.11.6-MariaDB-0+deb12u1", "Debian 12", "version-not-supported"),
        ("11.4.2", "MariaDB Server", "version-not-supported"),
        ("not a version", "", "version-not-supported"),
        ("10.0.1", "MySQL Community Server", "version-not-tried"),
        ("8.0.17", "", None),
        ("8.0.36-28.1", "Percona Server (GPL)", None),
        ("8.4.4", "Source distribution", None),
        ("9.7.4-2", "(Debian)", None),
    ],
)
def test_versions(version: str, comment: str, code: str | None) -> None:
    assert [finding.code for finding in judge("x", version, comment)] == ([code] if code else [])


@pytest.mark.parametrize(
    ("source", "target", "older"),
    [("8.0.40", "8.0.32", False), ("8.4.0", "8.0.40", True), ("9.7.4", "8.4.4", True), ("8.0.28", "8.4.0", False)],
)
def test_order_of_versions_goes_by_series(source: str, target: str, older: bool) -> None:
    found = list(order("x", parse_version(source), parse_version(target)))
    assert [finding.code for finding in found] == (["target-version-older"] if older else [])


def test_a_version_has_three_numbers() -> None:
    assert parse_version("8.0.36-28-log") == Version(8, 0, 36)
    assert str(parse_version("9.7")) == "9.7.0"


def _names(text: str) -> frozenset[TableName]:
    return frozenset(TableName("s", name) for name in text)


@pytest.mark.parametrize(
    ("graph", "cycle"),
    [
        ({"a": "", "b": "a", "c": "b"}, ""),
        ({"a": "b", "b": "a", "c": "b", "d": "c"}, "ab"),
        ({"a": "b", "b": "c", "c": "a", "x": "a", "b2": "y", "y": ""}, "abc"),
        ({"a": "z"}, ""),
        ({}, ""),
    ],
)
def test_cycles(graph: dict[str, str], cycle: str) -> None:
    parents = {TableName("s", name): _names(above) for name, above in graph.items()}
    assert in_cycles(parents) == _names(cycle)


@pytest.mark.parametrize(
    ("file_name", "schema", "name"),
    [
        ("shop/orders", "shop", "orders"),
        ("shop/sales#p#p2026", "shop", "sales"),
        ("shop/sales#P#p1#SP#s0", "shop", "sales"),
        ("we@0020ird/t@002e@0025", "we ird", "t.%"),
    ],
)
def test_tables_of_innodb_files(file_name: str, schema: str, name: str) -> None:
    assert table_name(file_name) == TableName(schema, name)


def test_functions_that_a_view_calls() -> None:
    text = (
        "select `shop`.`tax`(`o`.`sum`) AS `x`,'`no`.`function`(' AS `y`,`o`.`a` AS `b(c)` from `shop`.`o` "
        "where `odd``schema`.`f``g`() > 1"
    )
    assert called_functions(text) == (TableName("odd`schema", "f`g"), TableName("shop", "tax"))


def test_many_names_are_cut() -> None:
    assert listed("abc") == "a, b, c"
    assert listed(range(13), 10) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3 more"


def _table(*columns: tuple[str, str]) -> Table:
    made = tuple(Column(name, at, kind, kind, nullable=True) for at, (name, kind) in enumerate(columns, 1))
    return Table(TableName("s", "t"), "InnoDB", made, (), row_estimate=10, data_bytes=1000)


def test_query_for_the_longest_row() -> None:
    table = _table(("id", "int"), ("doc", "json"), ("b%", "longblob"), ("note", "varchar"))
    assert large_columns(table, frozenset({"json", "longblob"})) == ("doc", "b%")
    text = longest_row_query(table, frozenset({"json", "longblob"})).plain
    assert re.sub(r"\s+", " ", text) == (
        "SELECT /*+ MAX_EXECUTION_TIME(2000) */ MAX(s.bytes) AS bytes "
        "FROM (SELECT COALESCE(LENGTH(CAST(`doc` AS CHAR)), 0) + COALESCE(LENGTH(`b%`), 0) AS bytes "
        "FROM `s`.`t` LIMIT 1000) s"
    )


def test_query_for_tables_with_rows() -> None:
    names = [TableName("s", "a`b"), TableName("s", "c%d")]
    assert has_rows_query(names).plain == (
        "SELECT 0 AS number, EXISTS (SELECT 1 FROM `s`.`a``b`) AS has_rows UNION ALL "
        "SELECT 1 AS number, EXISTS (SELECT 1 FROM `s`.`c%d`) AS has_rows"
    )


def test_spellings_of_versions_are_one_in_the_catalog() -> None:
    old = Column("a", 1, "int", "int(11) unsigned", nullable=False, collation="utf8_bin")
    new = Column("a", 1, "int", "int unsigned", nullable=False, collation="utf8mb3_bin")
    tables = [Table(TableName("s", "t"), "InnoDB", (column,), ()) for column in (old, new)]
    assert catalog_facts(tables[0]) == catalog_facts(tables[1])
    wide = Column("a", 1, "bigint", "bigint unsigned", nullable=False, collation="utf8mb3_bin")
    assert catalog_facts(tables[0]) != catalog_facts(Table(TableName("s", "t"), "InnoDB", (wide,), ()))


def _refused(number: int, words: str) -> tuple[str, str, str]:
    error = StatementError(f"MySQL error {number}: {words}", errno=number)
    error.__cause__ = pymysql.err.OperationalError(number, words)
    found = refusal(ENDPOINT, error)
    assert found.severity is Severity.BLOCKER
    assert found.subject == "source connection shop_source"
    assert ENDPOINT.password not in str(found)
    assert f"'{ENDPOINT.host}'" not in str(found)
    return found.code, found.observed, found.remedy


def test_a_host_that_may_not_connect() -> None:
    code, seen, remedy = _refused(1130, "Host '10.1.2.3' is not allowed to connect to this MySQL server")
    assert (code, "from this machine" in seen) == ("login-refused", True)
    assert "migrator" in remedy


def test_any_other_refusal_keeps_the_servers_words_but_no_secret() -> None:
    code, seen, _ = _refused(1053, f"Server shutdown at 'db.example', by {ENDPOINT.password}")
    assert code == "connection-failed"
    assert "Server shutdown at this host, by …" in seen


def test_what_is_missing_is_said() -> None:
    empty = Context(RunOptions(), None, None, None, lambda session: frozenset())
    assert empty.servers == ()
    for part in ("source", "target", "plan"):
        with pytest.raises(NotReadyError, match=f"the {part}"):
            getattr(empty, part)


def test_counters_on_floats_are_refused_from_84_on() -> None:
    counter = Column("id", 1, "double", "double", nullable=False, extra="auto_increment")
    table = Table(TableName("s", "t"), "InnoDB", (counter,), ())
    told = [finding.code for finding in keys.judge_counter(table, counter, Version(8, 4))]
    assert "auto-increment-on-float" in told
    assert "auto-increment-on-float" not in [f.code for f in keys.judge_counter(table, counter, Version(8, 0, 36))]
