"""The sample: what is in it, that two loads are equal, that its constraints hold and its programs run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pymysql
import pytest

from local import shop
from local.login import Login
from local.mysqld import Server, find_distribution

pytestmark = pytest.mark.servers

SCALE = 0.01
KINDS = (
    *("json", "enum", "set", "decimal", "bit", "point", "polygon", "mediumblob"),
    *("float", "double", "year", "time", "timestamp"),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server.create(find_distribution(), tmp_path_factory.mktemp("shop") / "server", "shop")
    made.start()
    shop.load(made.root_login, SCALE)
    yield made
    made.remove()


def ask(login: Login, *statements: str) -> list[tuple[object, ...]]:
    with login.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall())


def one(login: Login, *statements: str) -> object:
    return ask(login, *statements)[0][0]


def tables(login: Login) -> list[str]:
    found = ask(
        login,
        "SELECT CONCAT('`', TABLE_SCHEMA, '`.`', TABLE_NAME, '`') FROM information_schema.TABLES"
        " WHERE TABLE_SCHEMA IN ('shop', 'shop_archive') AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1",
    )
    return [str(row[0]) for row in found]


def contents(login: Login) -> dict[str, tuple[int, str]]:
    """Rows and a hash of all bytes of each table, invisible columns included."""
    digests = {}
    for table in tables(login):
        schema, name = table.strip("`").split("`.`")
        columns = ask(
            login,
            "SELECT GROUP_CONCAT(CONCAT('`', COLUMN_NAME, '`') ORDER BY ORDINAL_POSITION) FROM"
            f" information_schema.COLUMNS WHERE (TABLE_SCHEMA, TABLE_NAME) = ('{schema}', '{name}')",
        )
        rows = sorted(repr(row) for row in ask(login, f"SELECT {columns[0][0]} FROM {table}"))
        digests[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return digests


def count(server: Server, what: str) -> int:
    return int(str(one(server.root_login, f"SELECT COUNT(*) FROM information_schema.{what}")))


def test_it_holds_one_of_every_awkward_kind(server: Server) -> None:
    in_shop = "_SCHEMA IN ('shop', 'shop_archive')"
    columns = f"COLUMNS WHERE TABLE{in_shop} AND "
    assert len(tables(server.root_login)) >= 14
    for what in (
        f"{columns} EXTRA LIKE '%VIRTUAL GENERATED%'",
        f"{columns} EXTRA LIKE '%STORED GENERATED%'",
        f"{columns} EXTRA LIKE '%INVISIBLE%'",
        *(f"{columns} DATA_TYPE = '{kind}'" for kind in KINDS),
        f"{columns} COLUMN_KEY = 'PRI' AND COLUMN_TYPE = 'binary(16)'",
        f"{columns} COLUMN_KEY = 'PRI' AND DATA_TYPE = 'varchar'",
        f"{columns} CHARACTER_SET_NAME = 'latin1'",
        f"PARTITIONS WHERE TABLE{in_shop} AND PARTITION_METHOD = 'RANGE COLUMNS'",
        f"STATISTICS WHERE TABLE{in_shop} AND INDEX_TYPE = 'SPATIAL'",
        f"STATISTICS WHERE TABLE{in_shop} AND INDEX_TYPE = 'FULLTEXT'",
        f"STATISTICS WHERE TABLE{in_shop} AND EXPRESSION IS NOT NULL",
        f"VIEW_TABLE_USAGE u JOIN information_schema.VIEWS v USING (TABLE_SCHEMA, TABLE_NAME)"
        f" WHERE u.VIEW{in_shop}",
        "VIEW_TABLE_USAGE WHERE VIEW_SCHEMA = 'shop_archive' AND TABLE_SCHEMA = 'shop'",
    ):
        assert count(server, what) > 0, what
    assert count(server, f"ROUTINES WHERE ROUTINE{in_shop} AND ROUTINE_TYPE = 'PROCEDURE'") == 2
    assert count(server, f"ROUTINES WHERE ROUTINE{in_shop} AND ROUTINE_TYPE = 'FUNCTION'") == 3
    assert count(server, f"TRIGGERS WHERE TRIGGER{in_shop}") == 4
    assert count(server, f"EVENTS WHERE EVENT{in_shop} AND STARTS > '2037-01-01'") == 1
    without_key = (
        f"TABLES t WHERE TABLE{in_shop} AND TABLE_TYPE = 'BASE TABLE' AND NOT EXISTS (SELECT 1 FROM"
        " information_schema.STATISTICS s WHERE (s.TABLE_SCHEMA, s.TABLE_NAME) = (t.TABLE_SCHEMA, t.TABLE_NAME)"
        " AND NON_UNIQUE = 0)"
    )
    assert count(server, without_key) == 1


def test_foreign_keys_form_a_cycle(server: Server) -> None:
    edges = ["shop/customer", "shop/address"]
    for child, parent in (edges, edges[::-1]):
        assert count(server, f"INNODB_FOREIGN WHERE FOR_NAME = '{child}' AND REF_NAME = '{parent}'") == 1


def test_every_foreign_key_holds_although_none_was_checked(server: Server) -> None:
    keys = ask(
        server.root_login,
        "SELECT TABLE_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME"
        " FROM information_schema.KEY_COLUMN_USAGE"
        " WHERE TABLE_SCHEMA = 'shop' AND REFERENCED_TABLE_NAME IS NOT NULL",
    )
    assert len(keys) >= 15
    for child, column, parent, referenced in keys:
        orphans, filled = ask(
            server.root_login,
            f"SELECT SUM(c.`{column}` IS NOT NULL AND p.`{referenced}` IS NULL), COUNT(c.`{column}`)"
            f" FROM shop.`{child}` c LEFT JOIN shop.`{parent}` p ON p.`{referenced}` = c.`{column}`",
        )[0]
        assert orphans == 0, (child, column)
        assert int(str(filled)) > 0, (child, column)


def test_rows_without_a_key_occur_twice(server: Server) -> None:
    repeated = "SELECT COUNT(*), COUNT(DISTINCT session, path, seen_at, COALESCE(bytes, -1)) FROM shop.page_view"
    rows, different = (int(str(value)) for value in ask(server.root_login, repeated)[0])
    assert rows == 700
    assert 0 < different < rows


def test_two_loads_are_equal_to_the_byte(server: Server) -> None:
    first = contents(server.root_login)
    shop.load(server.root_login, SCALE)
    assert contents(server.root_login) == first
    assert sum(rows for rows, _ in first.values()) > 10_000
    shop.load(server.root_login, 0.002)
    assert contents(server.root_login) != first
    shop.load(server.root_login, SCALE)


def test_no_triggers_fired_while_rows_were_made(server: Server) -> None:
    assert one(server.root_login, "SELECT COUNT(*) FROM shop.audit_entry WHERE who <> 'shop_owner@localhost'") == 0


def test_it_knows_whether_it_is_there(server: Server) -> None:
    assert shop.is_loaded(server.root_login, SCALE)
    assert not shop.is_loaded(server.root_login, 1.0)


@pytest.mark.parametrize("scale", [0, 0.0001, -1, 100])
def test_sizes_that_cannot_be_are_refused(server: Server, scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        shop.load(server.root_login, scale)


def test_routines_and_triggers_run(server: Server) -> None:
    login = server.root_login
    assert one(login, "SELECT shop.greeting(4)") == "Dear Iñigo Dvořák; 50% off"
    assert str(one(login, "SELECT shop.price_with_vat(100, 'DE')")) == "119.00"
    total = "SELECT shop.order_total(7) = (SELECT SUM(line_total) FROM shop.order_line WHERE order_id = 7)"
    assert one(login, total) == 1
    assert one(login, "CALL shop.cancel_order(7, @done)", "SELECT @done") == 1
    assert one(login, "CALL shop.cancel_order(70000000, @done)", "SELECT @done") == 0
    before = one(login, "SELECT COUNT(*) FROM shop.audit_entry")
    ask(login, "UPDATE shop.product SET price = price + 1 WHERE sku = 'SKU-00000001'")
    assert one(login, "SELECT COUNT(*) FROM shop.audit_entry") == int(str(before)) + 1
    with pytest.raises(pymysql.err.MySQLError, match="more than 1000"):
        ask(login, "INSERT INTO shop.order_line VALUES (1, 99, x'00', 1001, 0, 0, DEFAULT)")
    assert int(str(one(login, "SELECT COUNT(*) FROM shop.best_customer"))) > 0
    archived = one(login, "SELECT COUNT(*) FROM shop_archive.closed_order")
    ask(login, "CALL shop.archive_orders('2022-01-02')")
    assert int(str(one(login, "SELECT COUNT(*) FROM shop_archive.closed_order"))) >= int(str(archived))
    shop.load(login, SCALE)


def test_accounts_hold_what_they_should(server: Server) -> None:
    accounts = ask(
        server.root_login,
        "SELECT COUNT(*), SUM(authentication_string = '') FROM mysql.user WHERE user LIKE 'shop%'",
    )
    assert [int(str(value)) for value in accounts[0]] == [9, 3]  # three are roles
    assert count(server, "COLUMN_PRIVILEGES WHERE GRANTEE LIKE '''shop%'") == 9
    application = Login("127.0.0.1", server.port, "shop_app", shop.ACCOUNT_PASSWORD)
    assert int(str(one(application, "SELECT COUNT(*) FROM shop.customer"))) == 600
    ask(application, "UPDATE shop.customer SET status = 'active' WHERE id = 1")
    with pytest.raises(pymysql.err.MySQLError, match="denied"):
        ask(application, "DROP TABLE shop.customer")
    with pytest.raises(pymysql.err.MySQLError, match="Access denied"):
        ask(Login("127.0.0.1", server.port, "shop_app", "wrong"), "SELECT 1")
    shop.load(server.root_login, SCALE)


@pytest.mark.slow
def test_the_whole_shop_is_a_million_rows(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Server.create(find_distribution(), tmp_path_factory.mktemp("whole") / "server", "whole")
    try:
        server.start()
        shop.load(server.root_login)
        login = server.root_login
        rows = sum(int(str(one(login, f"SELECT COUNT(*) FROM {table}"))) for table in tables(login))
        assert 900_000 < rows < 1_200_000
        size = one(
            login,
            f"ANALYZE TABLE {', '.join(tables(login))}",
            "SET SESSION information_schema_stats_expiry = 0",
            "SELECT SUM(DATA_LENGTH + INDEX_LENGTH) / 1000000 FROM information_schema.TABLES"
            " WHERE TABLE_SCHEMA IN ('shop', 'shop_archive')",
        )
        assert 150 < float(str(size)) < 300
    finally:
        server.remove()
