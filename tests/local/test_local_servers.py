"""The pair: taken up twice, after a death, taken down; what the Aurora-like administrator may and may not do."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from local import aurora
from local.login import Login
from local.mysqld import Server, find_distribution
from local.servers import Pair, main, pair_down, pair_up

pytestmark = pytest.mark.servers

# Amazon Aurora User Guide, "Master user account privileges", Aurora MySQL version 3, and the FLUSH_ ones of 3.09
ADMIN_STATIC = set(
    re.split(
        r",\s+",
        """ALTER, ALTER ROUTINE, CREATE, CREATE ROLE, CREATE ROUTINE, CREATE TEMPORARY TABLES, CREATE USER,
        CREATE VIEW, DELETE, DROP, DROP ROLE, EVENT, EXECUTE, INDEX, INSERT, LOCK TABLES, PROCESS, REFERENCES,
        RELOAD, REPLICATION CLIENT, REPLICATION SLAVE, SELECT, SHOW DATABASES, SHOW VIEW, TRIGGER, UPDATE""",
    )
)
ADMIN_DYNAMIC = {
    "APPLICATION_PASSWORD_ADMIN",
    "CONNECTION_ADMIN",
    "FLUSH_OPTIMIZER_COSTS",
    "FLUSH_STATUS",
    "FLUSH_TABLES",
    "FLUSH_USER_RESOURCES",
    "ROLE_ADMIN",
    "SHOW_ROUTINE",
    "XA_RECOVER_ADMIN",
}
DEFINER = {"SET_USER_ID"}
DEFINER_SINCE_8_2 = {"SET_ANY_DEFINER", "ALLOW_NONEXISTENT_DEFINER"}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("servers")
    yield pair_up(folder)
    pair_down(folder)


def run(login: Login, *statements: str) -> list[tuple[object, ...]]:
    with login.connect() as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall())


def global_privileges(server: Server, account: str) -> tuple[set[str], set[str]]:
    """What SHOW GRANTS says an account holds on everything, with the rows that grant anything else."""
    held, rest = set[str](), set[str]()
    for (row,) in run(server.root_login, f"SHOW GRANTS FOR {account}"):
        found = re.fullmatch(r"GRANT (.*) ON \*\.\* TO \S+ WITH GRANT OPTION", str(row))
        if found:
            held |= set(re.split(r",\s*", found[1]))
        else:
            rest.add(str(row))
    return held, rest


def expected_privileges(server: Server) -> set[str]:
    version = server.dist.version_numbers
    definer = (DEFINER if version < (8, 4) else set()) | (DEFINER_SINCE_8_2 if version >= (8, 2) else set())
    return ADMIN_STATIC | ADMIN_DYNAMIC | definer


def test_the_administrator_holds_exactly_what_auroras_holds(pair: Pair) -> None:
    expected = expected_privileges(pair.target)
    assert global_privileges(pair.target, aurora.ADMIN) == (
        expected,
        {"GRANT `rds_superuser_role`@`%` TO `admin`@`%`"},
    )
    assert global_privileges(pair.target, aurora.ROLE) == (expected, set())
    assert run(pair.target_login, "SELECT CURRENT_ROLE(), @@partial_revokes") == [("`rds_superuser_role`@`%`", 0)]


@pytest.mark.parametrize(
    "statement",
    [
        "SET SESSION sql_log_bin = 0",
        "SET GLOBAL max_connections = 10",
        "SET GLOBAL read_only = ON",
        "SET SESSION gtid_next = 'AUTOMATIC'",
        "SELECT 1 INTO OUTFILE '/tmp/mysql-to-aurora-never'",
        "SELECT COUNT(LOAD_FILE('/etc/hostname')) INTO OUTFILE '/tmp/mysql-to-aurora-never'",
        "GRANT FILE ON *.* TO CURRENT_USER()",
        "GRANT SUPER ON *.* TO rds_superuser_role",
        "DROP USER rdsadmin@localhost",
        "ALTER USER rdsadmin@localhost IDENTIFIED BY 'x'",
        "CREATE TABLESPACE t ADD DATAFILE 't.ibd'",
        "SHUTDOWN",
    ],
)
def test_what_aurora_refuses_is_refused_here(pair: Pair, statement: str) -> None:
    with pytest.raises(pymysql.err.MySQLError) as refused:
        run(pair.target_login, statement)
    assert refused.value.args[0] in (1044, 1045, 1227), refused.value


def test_a_file_of_the_client_can_be_loaded(pair: Pair) -> None:
    login = pair.target_login
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("1\tone\n2\ttwo\n")
        file.flush()
        with (
            pymysql.connect(
                host=login.host, port=login.port, user=login.user, password=login.password, local_infile=True
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("CREATE DATABASE IF NOT EXISTS loaded")
            cursor.execute("CREATE OR REPLACE VIEW loaded.nothing AS SELECT 1 AS one")
            cursor.execute("CREATE TABLE loaded.t (id INT PRIMARY KEY, word VARCHAR(9))")
            cursor.execute(f"LOAD DATA LOCAL INFILE '{file.name}' INTO TABLE loaded.t")
            cursor.execute("SELECT * FROM loaded.t")
            assert cursor.fetchall() == ((1, "one"), (2, "two"))
            cursor.execute("DROP DATABASE loaded")


def test_objects_with_a_definer_of_any_name_can_be_made_while_the_binlog_is_on(pair: Pair) -> None:
    run(
        pair.target_login,
        "CREATE DATABASE routines",
        "CREATE DEFINER = nobody@nowhere PROCEDURE routines.p () SELECT 1",
        "CREATE FUNCTION routines.f () RETURNS INT RETURN 1",
        "CREATE TABLE routines.t (id INT)",
        "CREATE DEFINER = no@where TRIGGER routines.r BEFORE INSERT ON routines.t FOR EACH ROW SET NEW.id = 1",
        "CREATE DEFINER = nobody@nowhere VIEW routines.v AS SELECT id FROM routines.t",
        "DROP DATABASE routines",
    )


def test_an_administrator_may_hold_everything_through_its_role(tmp_path: Path) -> None:
    target = Server.create(find_distribution(), tmp_path / "target", "target")
    try:
        target.start()
        for _ in range(2):  # repeating changes nothing
            aurora.make_aurora_like(target, "word", holding="through-role")
        held, rest = global_privileges(target, aurora.ADMIN)
        assert held == set()
        assert rest == {"GRANT USAGE ON *.* TO `admin`@`%`", "GRANT `rds_superuser_role`@`%` TO `admin`@`%`"}
        login = Login("127.0.0.1", target.port, "admin", "word")
        run(login, "CREATE DATABASE by_role", "DROP DATABASE by_role")
        aurora.make_aurora_like(target, "other")
        assert global_privileges(target, aurora.ADMIN)[0] == expected_privileges(target)
    finally:
        target.remove()


def test_events_run_on_the_source_alone(pair: Pair) -> None:
    assert run(pair.source.root_login, "SELECT @@event_scheduler") == [("ON",)]
    assert run(pair.target.root_login, "SELECT @@event_scheduler") == [("OFF",)]


def test_the_migrator_reads_everything_and_writes_nothing(pair: Pair) -> None:
    run(
        pair.source.root_login,
        "CREATE DATABASE IF NOT EXISTS readable",
        "CREATE TABLE readable.t (id INT PRIMARY KEY)",
        "CREATE PROCEDURE readable.p () SELECT 'body'",
        "CREATE VIEW readable.v AS SELECT id FROM readable.t",
        "CREATE TRIGGER readable.r BEFORE INSERT ON readable.t FOR EACH ROW SET NEW.id = NEW.id + 1",
        "CREATE EVENT readable.e ON SCHEDULE EVERY 1 YEAR DO SELECT 1",
    )
    login = pair.source_login
    for statement, part in {
        "SHOW CREATE PROCEDURE readable.p": "body",
        "SHOW CREATE VIEW readable.v": "VIEW",
        "SHOW CREATE TRIGGER readable.r": "NEW.id + 1",
        "SHOW CREATE EVENT readable.e": "EVERY 1 YEAR",
        "SHOW GRANTS FOR root@localhost": "ALL",
        "SHOW CREATE USER root@localhost": "CREATE USER",
        "SELECT GROUP_CONCAT(User) FROM mysql.user": "migrator",
        "SHOW BINARY LOGS": "binlog",
    }.items():
        answer = str(run(login, statement))
        assert part in answer or part == "ALL", statement
    with login.connect() as connection, connection.cursor() as cursor:
        cursor.execute("FLUSH TABLES WITH READ LOCK")
        cursor.execute("UNLOCK TABLES")
    for statement in (
        "INSERT INTO readable.t VALUES (1)",
        "DROP TABLE readable.t",
        "CREATE USER x",
    ):
        with pytest.raises(pymysql.err.MySQLError, match="denied"):
            run(login, statement)
    run(pair.source.root_login, "DROP DATABASE readable")


def test_endpoints_are_private_complete_and_kept(pair: Pair) -> None:
    path = pair.folder / "endpoints.json"
    assert path.stat().st_mode & 0o777 == 0o600
    known = json.loads(path.read_text())
    assert {name: sorted(endpoint) for name, endpoint in known.items()} == {
        name: ["host", "password", "port", "root_password", "root_user", "user"] for name in ("source", "target")
    }
    for endpoint in known.values():
        for user, password in (("user", "password"), ("root_user", "root_password")):
            login = Login(endpoint["host"], endpoint["port"], endpoint[user], endpoint[password])
            assert str(run(login, "SELECT USER()")[0][0]).startswith(f"{endpoint[user]}@")
    path.write_text(json.dumps({**known, "airflow": {"url": "kept"}}))
    pids = (pair.source.pid, pair.target.pid)
    again = pair_up(pair.folder)
    assert json.loads(path.read_text()) == {**known, "airflow": {"url": "kept"}}
    assert path.stat().st_mode & 0o777 == 0o600
    assert (again.source.pid, again.target.pid) == pids
    assert pair.target_login.password not in repr(again)


def hashes(pair: Pair) -> list[object]:
    """The stored passwords of the migration's accounts."""
    text = "SELECT authentication_string FROM mysql.user WHERE User = '%s'"
    return [
        run(server.root_login, text % login.user)[0][0]
        for server, login in ((pair.source, pair.source_login), (pair.target, pair.target_login))
    ]


def test_a_password_that_works_is_not_set_again(pair: Pair) -> None:
    before = hashes(pair)
    assert hashes(pair_up(pair.folder)) == before
    run(pair.source.root_login, "ALTER USER migrator IDENTIFIED BY 'changed by hand'")
    run(pair.target.root_login, "ALTER USER admin IDENTIFIED BY 'changed by hand'")
    assert not pair.source_login.is_accepted()
    again = pair_up(pair.folder)
    assert (again.source_login, again.target_login) == (pair.source_login, pair.target_login)
    assert again.source_login.is_accepted()
    assert again.target_login.is_accepted()


def test_the_dead_one_is_started_again_with_its_data(pair: Pair) -> None:
    run(pair.target_login, "CREATE DATABASE survivor")
    source_pid = pair.source.pid
    pair.target.kill()
    again = pair_up(pair.folder)
    assert again.source.pid == source_pid
    assert again.target_login == pair.target_login
    assert run(again.target_login, "SHOW DATABASES LIKE 'survivor'") == [("survivor",)]
    run(again.target_login, "DROP DATABASE survivor")


def test_the_command_line_takes_up_and_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--folder", str(tmp_path)]
    assert main(["status", *folder]) == 1
    assert "make servers" in capsys.readouterr().out
    assert main(["up", *folder]) == 0
    shown = capsys.readouterr().out
    endpoints = json.loads((tmp_path / "endpoints.json").read_text())
    for name in ("source", "target"):
        assert f"{name}: 127.0.0.1:{endpoints[name]['port']} runs" in shown
        assert endpoints[name]["password"] not in shown
    assert main(["status", *folder]) == 0
    assert main(["down", *folder]) == 0
    assert main(["down", *folder]) == 0
    assert main(["status", *folder]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["servers.lock"]
