"""One server: its life by recorded PID, its settings, what it keeps to itself."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from local import LocalError
from local.mysqld import Server, find_distribution

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server.create(find_distribution(), tmp_path_factory.mktemp("one") / "server", "one")
    made.start()
    yield made
    made.remove()
    assert not made.folder.exists()


def ask(server: Server, statement: str) -> tuple[tuple[object, ...], ...]:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchall())


def test_settings_are_those_of_a_real_source(server: Server) -> None:
    assert ask(
        server,
        "SELECT @@log_bin, @@binlog_format, @@gtid_mode, @@enforce_gtid_consistency, @@local_infile,"
        " @@innodb_flush_log_at_trx_commit, @@sync_binlog, @@innodb_doublewrite, @@bind_address",
    ) == ((1, "ROW", "ON", "ON", 1, 1, 1, "ON", "127.0.0.1"),)


def test_a_new_server_has_no_transaction_in_its_binlog(tmp_path: Path) -> None:
    new = Server.create(find_distribution(), tmp_path / "new", "new")
    try:
        new.start()
        assert ask(new, "SELECT @@gtid_executed") == (("",),)
    finally:
        new.remove()


def test_tls_works_over_tcp_and_checks_the_certificate_authority(server: Server) -> None:
    context = ssl.create_default_context(cafile=str(server.home.data / "ca.pem"))
    context.check_hostname = False
    login = server.root_login
    with (
        pymysql.connect(
            host=login.host, port=login.port, user=login.user, password=login.password, ssl=context
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SHOW STATUS LIKE 'Ssl_version'")
        assert cursor.fetchone()[1].startswith("TLS")


def test_root_needs_its_password_everywhere(server: Server) -> None:
    for place in ({"unix_socket": str(server.socket)}, {"host": "127.0.0.1", "port": server.port}):
        with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
            pymysql.connect(user="root", password="", **place)
    assert ask(server, "SELECT user, host FROM mysql.user WHERE authentication_string = ''") == ()


def test_secrets_are_in_private_files_only(server: Server) -> None:
    holding = [
        path
        for path in server.folder.iterdir()
        if path.is_file() and server.root_password.encode() in path.read_bytes()
    ]
    assert sorted(path.name for path in holding) == ["root.cnf", "server.json"]
    assert {path.stat().st_mode & 0o777 for path in holding} == {0o600}
    assert server.root_password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()
    assert server.root_password.encode() not in Path(f"/proc/{server.pid}/environ").read_bytes()


def test_the_client_program_logs_in_by_the_defaults_file(server: Server) -> None:
    command = [
        *server.dist.client(server.defaults_file),
        "--batch",
        "--skip-column-names",
        "-e",
        "SELECT 'ü', USER()",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "ü\troot@localhost\n"


def test_what_was_committed_survives_stop_kill_and_restart(server: Server) -> None:
    ask(server, "CREATE DATABASE kept")
    ask(server, "CREATE TABLE kept.t (id INT PRIMARY KEY)")
    port, identity = server.port, ask(server, "SELECT @@server_uuid")
    for number, end in enumerate((server.stop, server.kill)):
        ask(server, f"INSERT INTO kept.t VALUES ({number})")
        pid = server.pid
        end()
        assert not server.is_running()
        assert server.pid is None
        assert not Path(f"/proc/{pid}").exists()
        server.start()
        assert server.port == port
    assert ask(server, "SELECT id FROM kept.t ORDER BY id") == ((0,), (1,))
    assert ask(server, "SELECT @@server_uuid") == identity


def test_options_change_at_a_restart(server: Server) -> None:
    server.options["read_only"] = "ON"
    server.restart()
    assert ask(server, "SELECT @@read_only") == ((1,),)
    del server.options["read_only"]
    server.restart()
    assert ask(server, "SELECT @@read_only") == ((0,),)


def test_starting_twice_starts_one(server: Server) -> None:
    pid = server.pid
    server.start()
    assert server.pid == pid


def test_another_process_takes_the_server_over(server: Server) -> None:
    again = Server.create(server.dist, server.folder, "one")
    assert (again.pid, again.port, again.root_password) == (server.pid, server.port, server.root_password)
    again.stop()
    assert not server.is_running()
    again.start()
    assert server.pid == again.pid


def test_the_server_outlives_the_process_that_started_it(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from local.mysqld import Server, find_distribution\n"
        "s = Server.create(find_distribution(), Path(sys.argv[1]), 'orphan'); s.start(); print(s.pid)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "orphan")],
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    server = Server.create(find_distribution(), tmp_path / "orphan", "orphan")
    try:
        assert server.pid == int(done.stdout)
        assert ask(server, "SELECT 1") == ((1,),)
    finally:
        server.remove()
    assert not server.is_running()


def test_a_recorded_pid_that_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    server = Server.create(find_distribution(), tmp_path / "never", "never")
    with subprocess.Popen(["sleep", "3600"]) as stranger:
        try:
            (server.folder / "mysqld.pid").write_text(f"{stranger.pid}\n")
            assert not server.is_running()
            server.stop()
            server.kill()
            assert stranger.poll() is None
        finally:
            stranger.send_signal(signal.SIGKILL)


def test_a_long_folder_gets_a_short_socket(tmp_path: Path) -> None:
    server = Server.create(find_distribution(), tmp_path / ("long" * 30), "long")
    try:
        server.start()
        assert len(os.fsencode(server.socket)) < 100
        assert ask(server, "SELECT @@socket") == ((str(server.socket),),)
    finally:
        server.remove()
    assert not server.socket.parent.exists()


def test_two_servers_differ_in_identity(server: Server, tmp_path: Path) -> None:
    other = Server.create(server.dist, tmp_path / "other", "other")
    try:
        other.start()
        identity = "SELECT @@server_uuid, @@server_id"
        assert not set(ask(server, identity)[0]) & set(ask(other, identity)[0])
        assert other.root_password != server.root_password
    finally:
        other.remove()


def test_a_taken_port_that_was_asked_for_is_an_error(server: Server, tmp_path: Path) -> None:
    other = Server.create(server.dist, tmp_path / "other", "other", port=server.port)
    with pytest.raises(LocalError, match=f"port {server.port}.*(?s:.*)Address already in use"):
        other.start()
    assert not other.is_running()


def test_a_started_server_comes_back_on_its_port_or_not_at_all(server: Server, tmp_path: Path) -> None:
    other = Server.create(server.dist, tmp_path / "other", "other")
    try:
        other.start()
        port = other.port
        other.kill()
        with socket.create_server(("127.0.0.1", port)), pytest.raises(LocalError, match="Address already in use"):
            other.start()
        other.start()
        assert other.port == port
    finally:
        other.remove()


def test_a_taken_port_that_was_chosen_is_changed(server: Server, tmp_path: Path) -> None:
    other = Server.create(server.dist, tmp_path / "other", "other")
    with socket.create_server(("127.0.0.1", other.port)):
        before = other.port
        try:
            other.start()
            assert other.port != before
            assert ask(other, "SELECT @@port") == ((other.port,),)
            assert Server.create(server.dist, tmp_path / "other", "other").port == other.port
        finally:
            other.remove()


def test_a_server_that_does_not_start_says_why(server: Server, tmp_path: Path) -> None:
    other = Server.create(server.dist, tmp_path / "other", "other", {"no_such_option": "1"})
    with pytest.raises(LocalError, match=r"the other server ended(?s:.*)unknown variable 'no_such_option=1'"):
        other.start()
    assert not other.is_running()
    other.options.clear()
    other.start()
    assert ask(other, "SELECT CURRENT_USER()") == (("root@localhost",),)
    other.remove()
