"""Renames reach into views and programs, which then do on the target what they do on the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aurora_migration.model.names import TableName
from aurora_migration.mysql import programs
from aurora_migration.mysql.ddl import view_tables
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from tests.fresh_databases import Databases
from tests.integration.schema.migration import OF_DEFINERS, executed, migration, rows

pytestmark = pytest.mark.servers

Make = Callable[..., Databases]

TEXTS = (
    "CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, customer INT, total DECIMAL(9,2), j JSON, at DATE)",
    "CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(20))",
    "CREATE TABLE audit (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(200))",
    "CREATE DEFINER = app@localhost FUNCTION total_of (c INT) RETURNS DECIMAL(9,2) READS SQL DATA"
    " RETURN (SELECT SUM(orders.total) FROM orders WHERE orders.customer = c)",
    "CREATE DEFINER = app@localhost VIEW big AS SELECT o.id, customers.name, {s}.total_of(o.customer) AS t"
    " FROM orders o JOIN customers ON customers.id = o.customer WHERE o.total > 10 AND name <> '{s}.orders'",
    "CREATE DEFINER = app@localhost VIEW nested AS SELECT big.name, EXTRACT(YEAR FROM orders.at) AS y, k.v,"
    " (SELECT COUNT(*) FROM {s}.orders WHERE orders.id = big.id) AS n"
    " FROM big, (orders JOIN customers AS c2 ON c2.id = orders.customer),"
    " JSON_TABLE(orders.j, '$[*]' COLUMNS (v INT PATH '$')) k WHERE orders.id = big.id",
    "CREATE DEFINER = app@localhost TRIGGER noted AFTER INSERT ON orders FOR EACH ROW BEGIN"
    " INSERT INTO {s}.audit (what) SELECT CONCAT('orders:', COUNT(*)) FROM orders;"
    " UPDATE {s}.customers, audit SET customers.name = 'seen' WHERE customers.id = NEW.customer; END",
    "CREATE DEFINER = app@localhost PROCEDURE work (IN c INT) BEGIN"
    " DECLARE done INT DEFAULT 0; DECLARE n INT; DECLARE cur CURSOR FOR SELECT orders.id FROM orders, audit a;"
    " INSERT IGNORE INTO orders (customer, total) VALUES (c, 5)"
    " ON DUPLICATE KEY UPDATE total = VALUES(total);"
    " SELECT COUNT(*) INTO n FROM `{s}` . `orders` -- FROM orders\n WHERE orders.customer = c;"
    " DELETE orders FROM orders JOIN customers ON customers.id = orders.customer WHERE orders.total = 5;"
    " REPLACE INTO audit (id, what) VALUES (77, REPLACE('x', 'x', {s}.total_of(c)));"
    " CALL {s}.quiet(); SELECT TRIM(LEADING 'o' FROM 'orders') AS t, n; END",
    "CREATE DEFINER = app@localhost PROCEDURE quiet () TRUNCATE TABLE audit",
    "CREATE DEFINER = app@localhost EVENT tidy ON SCHEDULE EVERY 1 DAY STARTS '2031-01-01 00:00:00'"
    " DO DELETE FROM {s}.orders WHERE {s}.orders.at < NOW()",
)


@pytest.fixture(autouse=True)
def definer(databases: Make) -> Iterator[None]:
    """Defines the programs, and may use them on both servers."""
    made = databases()
    both = (made.source_root, made.target_root)
    for session in both:
        session.execute(raw("CREATE USER IF NOT EXISTS app@localhost ACCOUNT LOCK"))
        session.execute(raw(f"GRANT {OF_DEFINERS} ON *.* TO app@localhost"))
    yield
    for session in both:
        session.execute(raw("DROP USER IF EXISTS app@localhost"))


def behaviour(session: Session, schema: str, orders: str) -> list[object]:
    session.execute(raw(f"USE {schema}"))
    session.execute(raw("INSERT INTO customers VALUES (1, 'a'), (2, 'b')"))
    session.execute(raw(f"INSERT INTO {orders} (customer, total, j, at) VALUES (1, 20, '[3]', '2020-05-05')"))
    session.execute(raw(f"INSERT INTO {orders} (customer, total) VALUES (2, 3)"))
    seen = [rows(session, "SELECT * FROM audit"), rows(session, "SELECT * FROM customers")]
    seen += [rows(session, "SELECT * FROM big"), rows(session, "SELECT * FROM nested")]
    seen.append(rows(session, "CALL work(2)"))
    return [
        *seen,
        rows(session, f"SELECT id, customer, total FROM {orders}"),
        rows(session, "SELECT * FROM audit"),
    ]


def test_schema_and_table_change_their_names_everywhere(databases: Make) -> None:
    made = databases()
    made.on_source(*(text.format(s=made.name) for text in TEXTS))
    new = f"{made.name}`new"
    renames = {"schemas": {made.name: new}, "tables": {f"{made.name}.orders": f'{new}.the "orders`'}}
    run = migration(made, renames=renames)
    try:
        result = run.all()
        assert result.findings == ()
        made.target_root.execute(raw("USE information_schema"))
        found = programs.programs(made.target_root, new).all
        assert len(found) == 7
        for program in found:
            text = program.create.replace(f"'{made.name}.orders'", "")
            assert made.name not in text.replace(new.replace("`", "``"), ""), program.label
        assert view_tables(made.target_root, new) == {
            name: {TableName(new, 'the "orders`' if t.name == "orders" else t.name) for t in used}
            for name, used in view_tables(made.source_root, made.name).items()
        }
        quoted = new.replace("`", "``")
        there = behaviour(made.target_root, f"`{quoted}`", '`the "orders```')
        assert there == behaviour(made.source_root, made.name, "orders")
        before = executed(made.target_root)
        assert run.programs() == result
        assert executed(made.target_root) == before
    finally:
        made.target_root.execute(raw(f"DROP DATABASE IF EXISTS `{new.replace('`', '``')}`"))


def test_names_that_may_mean_something_else_are_kept_and_told(databases: Make) -> None:
    made = databases(
        "CREATE TABLE orders (id INT PRIMARY KEY, orders INT)",
        "CREATE TABLE t (orders INT)",
        "CREATE DEFINER = app@localhost PROCEDURE column_of_that_name () SELECT orders FROM orders",
        "CREATE DEFINER = app@localhost PROCEDURE alias_of_that_name () SELECT orders.orders FROM t AS orders",
        "CREATE DEFINER = app@localhost PROCEDURE built () BEGIN SET @s = 'SELECT 1 FROM orders';"
        " PREPARE s FROM @s; EXECUTE s; END",
        "CREATE DEFINER = app@localhost PROCEDURE clear () SELECT id FROM orders",
    )
    schema = made.name
    made.on_source(
        f"CREATE DEFINER = app@localhost PROCEDURE schema_or_alias () SELECT {schema}.orders FROM t AS {schema}",
        f"CREATE DEFINER = app@localhost VIEW v AS SELECT {schema}.orders FROM t AS {schema}",
    )
    new = f"{schema}_new"
    run = migration(made, renames={"schemas": {schema: new}, "tables": {f"{schema}.orders": f"{new}.sales"}})
    try:
        findings = run.all().findings
        told = {finding.subject.partition(".")[2]: finding for finding in findings}
        assert set(told) == {"column_of_that_name", "alias_of_that_name", "built", "schema_or_alias"}
        assert {finding.code for finding in findings} == {"name-not-rewritten"}
        assert "orders may be a renamed table" in told["column_of_that_name"].observed
        assert f"{schema}.orders may be schema {schema} or an alias" in told["schema_or_alias"].observed
        assert "names inside strings: orders" in told["built"].observed
        texts = {p.name.name: p.create for p in programs.routines(made.target_root, new)}
        assert texts["clear"].endswith("SELECT id FROM `sales`")
        assert texts["column_of_that_name"].endswith("SELECT orders FROM orders")
        assert view_tables(made.target_root, new) == {"v": {TableName(new, "t")}}
    finally:
        made.target_root.execute(raw(f"DROP DATABASE IF EXISTS {new}"))
