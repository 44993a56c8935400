"""What a server refuses becomes the error that says whether trying again helps, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aurora_migration.errors import ConfigurationError, MissingPrivilegeError, RetryableError, StatementError
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.mysqld import Server, find_distribution

pytestmark = pytest.mark.servers

MAKER = "a word"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without the settings that our others are given."""
    options = {"secure_file_priv": "NULL", "loose_log_bin_trust_function_creators": "OFF"}
    server = Server.create(find_distribution(), tmp_path_factory.mktemp("bare") / "target", "target", options)
    try:
        server.start()
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE d")
            cursor.execute("CREATE TABLE d.t (id INT PRIMARY KEY)")
            cursor.execute(f"CREATE USER maker IDENTIFIED BY '{MAKER}'")
            cursor.execute("GRANT ALL ON d.* TO maker")
            cursor.execute("GRANT FILE ON *.* TO maker")
        yield server
    finally:
        server.remove()


@pytest.fixture
def maker(server: Server) -> Iterator[Session]:
    with Session.open(Endpoint("target", "127.0.0.1", server.port, "maker", MAKER)) as session:
        yield session


@pytest.mark.parametrize("variable", ["read_only", "super_read_only"])
def test_a_server_that_became_read_only_is_worth_another_try(
    variable: str, server: Server, maker: Session
) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"SET GLOBAL {variable} = ON")
        try:
            with pytest.raises(RetryableError, match=r"MySQL error 1290: .*read-only") as refused:
                maker.execute(raw("INSERT INTO d.t VALUES (1)"))
        finally:
            cursor.execute("SET GLOBAL super_read_only = OFF")
            cursor.execute("SET GLOBAL read_only = OFF")
    assert "new writer" in refused.value.remedy
    assert maker.execute(raw("INSERT INTO d.t VALUES (1)")) == 1
    maker.execute(raw("DELETE FROM d.t"))


def test_another_option_that_forbids_a_statement_stays(maker: Session) -> None:
    with pytest.raises(StatementError, match="secure-file-priv") as refused:
        maker.execute(raw("SELECT 1 INTO OUTFILE '/nowhere'"))
    assert refused.value.errno == 1290


def test_a_function_that_the_binlog_forbids_names_the_parameter(maker: Session) -> None:
    with pytest.raises(MissingPrivilegeError, match="MySQL error 1419") as refused:
        maker.execute(raw("CREATE FUNCTION d.f() RETURNS INT DETERMINISTIC RETURN 1"))
    assert "log_bin_trust_function_creators" in refused.value.remedy


def test_the_numbers_are_those_of_their_names(server: Server) -> None:
    """What each number stands for is the server's own word, not ours."""
    meant = {
        1290: "ER_OPTION_PREVENTS_STATEMENT",
        1419: "ER_BINLOG_CREATE_ROUTINE_NEED_SUPER",
        1792: "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION",
        1836: "ER_READ_ONLY_MODE",
    }
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT ERROR_NUMBER, ERROR_NAME FROM performance_schema.events_errors_summary_global_by_error"
            " WHERE ERROR_NUMBER IN %s",
            (list(meant),),
        )
        assert dict(cursor.fetchall()) == meant


def test_an_account_that_may_not_come_from_here_is_a_wrong_connection(server: Server) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE USER elsewhere@'192.0.2.1' IDENTIFIED BY 'x'")
    with pytest.raises(ConfigurationError):
        Session.open(Endpoint("target", "127.0.0.1", server.port, "elsewhere", "x"))
