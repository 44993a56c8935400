"""Dumps made by the real mysqldump arrive whole, twice, with their accounts; what cannot be loaded is said."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local import LocalError, shop
from local.dump import DumpText, load_dump
from local.login import Login
from local.mysqld import Server, find_distribution
from local.oracle import ServerParams, compare_databases

needs_servers = pytest.mark.servers

Dump = Callable[..., Path]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that dumps are made of."""
    made = Server.create(find_distribution(), tmp_path_factory.mktemp("origin") / "server", "origin")
    made.start()
    shop.load(made.root_login, 0.002)
    # mysqldump writes a FLOAT with six digits: give it none that needs more, the loss is not ours to test
    ask(made, "UPDATE shop.product SET weight_kg = ROUND(weight_kg)")
    yield made
    made.remove()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that dumps are loaded into."""
    made = Server.create(find_distribution(), tmp_path_factory.mktemp("loaded") / "server", "loaded")
    made.start()
    yield made
    made.remove()


@pytest.fixture
def dump(origin: Server, tmp_path: Path) -> Dump:
    def make(*arguments: str, name: str = "dump.sql") -> Path:
        if not origin.dist.has_client("mysqldump"):
            pytest.skip("this MySQL came without mysqldump")
        path = tmp_path / name
        command = origin.dist.client(origin.defaults_file, program="mysqldump")
        done = subprocess.run([*command, *arguments], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        path.write_bytes(gzip.compress(done.stdout) if name.endswith(".gz") else done.stdout)
        return path

    return make


def ask(server: Server, statement: str) -> list[tuple[object, ...]]:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def params(server: Server) -> ServerParams:
    return ServerParams("127.0.0.1", server.port, "root", server.root_password)


def grants(server: Server) -> dict[str, list[str]]:
    """SHOW CREATE USER and SHOW GRANTS of every account but the server's own, sorted."""
    accounts = ask(
        server,
        "SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.user WHERE User NOT REGEXP '^(mysql[.]|root)'",
    )
    return {
        str(account): sorted(
            str(row[0])
            for question in ("SHOW CREATE USER", "SHOW GRANTS FOR")
            for row in ask(server, f"{question} {account}")
        )
        for (account,) in accounts
    }


OBJECTS = ("--routines", "--events", "--triggers")
BOTH = ("--databases", "shop", "shop_archive")


@needs_servers
@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((*BOTH, *OBJECTS), "dump.sql"),
        ((*BOTH, *OBJECTS, "--set-gtid-purged=OFF", "--hex-blob", "--add-drop-database"), "hex.sql.gz"),
        ((*BOTH, *OBJECTS, "--skip-comments", "--skip-extended-insert", "--source-data"), "plain.sql"),
        ((*BOTH, *OBJECTS, "--single-transaction", "--no-create-db"), "nodb.sql.gz"),
    ],
    ids=["default", "gzip", "long", "no-create-db"],
)
def test_databases_arrive_whole_and_may_arrive_twice(
    origin: Server, server: Server, dump: Dump, arguments: tuple[str, ...], name: str
) -> None:
    path = dump(*arguments, name=name)
    for _ in range(2):
        assert load_dump(path, server) == ["shop", "shop_archive"]
        compared = compare_databases(params(origin), params(server), ["shop", "shop_archive"])
        assert compared.equal, str(compared)
    assert ask(server, "SELECT @@max_allowed_packet") == [(64 << 20,)]


@needs_servers
def test_a_dump_of_one_database_is_named_after_its_file(origin: Server, server: Server, dump: Dump) -> None:
    path = dump("shop_archive", "closed_order", "old price list", name="My shop.2024-05-01.sql.gz")
    assert load_dump(path, server) == ["My shop"]
    compared = compare_databases(params(origin), params(server), {"shop_archive": "My shop"}, structure=False)
    assert compared.equal, str(compared)
    ask(server, "DROP DATABASE `My shop`")


@needs_servers
@pytest.mark.parametrize("how", ["--all-databases", "--users"])
def test_accounts_come_along_and_the_servers_own_stay(
    origin: Server, server: Server, dump: Dump, how: str
) -> None:
    for account in grants(server):
        ask(server, f"DROP USER {account}")
    if how == "--users":
        command = origin.dist.client(origin.defaults_file, program="mysqldump")
        if b"--users" not in subprocess.run([*command, "--help"], capture_output=True, check=True).stdout:
            pytest.skip("this mysqldump writes no account statements")
        path = dump("--users", "--add-drop-user", *BOTH, *OBJECTS)
    else:
        path = dump("--all-databases", *OBJECTS, "--flush-privileges")
    expected = grants(origin)
    assert len(expected) == 9
    own = ask(server, "SELECT User, Host, authentication_string FROM mysql.user WHERE User = 'root' ORDER BY 2")
    for _ in range(2):
        assert load_dump(path, server) == ["shop", "shop_archive"]
        assert grants(server) == expected
    application = Login("127.0.0.1", server.port, "shop_app", shop.ACCOUNT_PASSWORD)
    with application.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM shop.customer")
        assert cursor.fetchone() == (120,)
    now = ask(server, "SELECT User, Host, authentication_string FROM mysql.user WHERE User = 'root' ORDER BY 2")
    assert now == own
    compared = compare_databases(params(origin), params(server), ["shop", "shop_archive"])
    assert compared.equal, str(compared)
    assert [row[0] for row in ask(server, "SHOW DATABASES LIKE 'mysql%'")] == ["mysql"]
    server.restart()
    assert grants(server) == expected


@needs_servers
@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("absent.sql", None, "cannot be read.*No such file"),
        ("empty.sql", b"", "no database in this file"),
        ("comments.sql", b"-- MySQL dump\n/*!40101 SET NAMES utf8mb4 */;\n", "no database in this file"),
        ("prose.sql", b"Dear all,\nhere is the dump;\n", r"ERROR 1064 .* at line 1"),
        (
            "wrong.sql",
            b"CREATE DATABASE w;\nUSE w;\nCREATE TABLE t (id INT);\nINSERT INTO u VALUES (1);\n",
            "at line 4",
        ),
        ("cut.sql.gz", gzip.compress(b"CREATE DATABASE cut;\n" * 9)[:-12], "cannot be read"),
        ("other.sql.zst", b"\x28\xb5\x2f\xfd rest", r"cannot be read: .*unpack it first"),
        ("folder", "folder", "cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_what_cannot_be_loaded_is_said(
    server: Server, tmp_path: Path, name: str, content: bytes | str | None, complaint: str
) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "folder":
        path.mkdir()
    with pytest.raises(LocalError, match=f"{name}: .*{complaint}"):
        load_dump(path, server)


@needs_servers
def test_an_account_that_mysql_refuses_is_named_without_its_hash(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "plugin.sql"
    path.write_text(
        "CREATE DATABASE plugin;\nCREATE USER 'old'@'%' IDENTIFIED WITH 'no_such_plugin' AS '*HASHHASHHASH';\n"
    )
    with pytest.raises(LocalError, match=r"account 'old'@'%' was refused.*no_such_plugin") as refused:
        load_dump(path, server)
    assert "HASHHASH" not in str(refused.value)


def rewritten(text: str, fallback: str = "file") -> tuple[list[str], DumpText]:
    dump_text = DumpText(fallback)
    lines = [line.decode() for line in dump_text.rewritten(text.encode().splitlines(keepends=True))]
    assert len(lines) == len(text.splitlines())  # so that MySQL's "at line N" is the file's
    return [line.rstrip("\n") for line in lines], dump_text


def test_gtid_and_replication_state_is_left_out() -> None:
    lines, _ = rewritten(
        "CREATE DATABASE a;\n"
        "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'aaaaaaaa-0000-0000-0000-000000000001:1-7,\n"
        "aaaaaaaa-0000-0000-0000-000000000002:1-9';\n"
        "CHANGE MASTER TO MASTER_LOG_FILE='binlog.000002', MASTER_LOG_POS=157;\n"
        "SELECT 1;\n"
    )
    assert lines == ["DROP DATABASE IF EXISTS `a`; CREATE DATABASE a;", "", "", "", "SELECT 1;"]


def test_of_the_mysql_database_only_grant_tables_pass_and_to_another_place() -> None:
    lines, found = rewritten(
        "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `mysql` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\n"
        "USE `mysql`;\n"
        "DROP TABLE IF EXISTS `user`;\n"
        "CREATE TABLE `user` (\n"
        "  `Host` char(255)\n"
        ") /*!50100 TABLESPACE `mysql` */ ENGINE=InnoDB;\n"
        "INSERT INTO `user` VALUES ('%');\n"
        "INSERT IGNORE INTO `innodb_index_stats`\n"
        "VALUES (1);\n"
        "UNLOCK TABLES;\n"
        "USE `shop`;\n"
    )
    assert lines == [
        "CREATE DATABASE IF NOT EXISTS mysql_of_the_dump;",
        "CREATE DATABASE IF NOT EXISTS mysql_of_the_dump; USE mysql_of_the_dump;",
        "DROP TABLE IF EXISTS `user`;",
        "CREATE TABLE `user` (",
        "  `Host` char(255)",
        ")  ENGINE=InnoDB;",
        "INSERT INTO `user` VALUES ('%');",
        "",
        "",
        "UNLOCK TABLES;",
        "CREATE DATABASE IF NOT EXISTS `shop`; USE `shop`;",
    ]
    assert found.databases == ["shop"]


def test_a_routine_keeps_lines_that_look_like_anything() -> None:
    body = (
        "DELIMITER ;;\nCREATE PROCEDURE p()\nBEGIN\nGRANT SELECT ON a.* TO b;\nDROP USER c;\nEND;;\nDELIMITER ;\n"
    )
    lines, found = rewritten(f"CREATE DATABASE a;\n{body}GRANT SELECT ON a.* TO b;\n")
    assert lines[1:-1] == body.splitlines()
    assert lines[-1] == ""
    assert found.account_statements == ["GRANT SELECT ON a.* TO b;\n"]


def test_the_first_object_without_a_database_makes_one() -> None:
    lines, found = rewritten("SET NAMES utf8mb4;\nDROP TABLE IF EXISTS `t`;\nCREATE TABLE t (id INT);\n", "we`ird")
    assert lines == [
        "SET NAMES utf8mb4;",
        "DROP DATABASE IF EXISTS `we``ird`; CREATE DATABASE `we``ird`; USE `we``ird`; DROP TABLE IF EXISTS `t`;",
        "CREATE TABLE t (id INT);",
    ]
    assert found.databases == ["we`ird"]
