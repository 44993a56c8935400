"""A side that cannot be reached is a blocker that names the connection and the remedy, and nothing secret.

The other side's checks still run. Every way to be wrong is tried against a real server or a real socket.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aurora_migration.engine.preflight.run import PreflightResult
from aurora_migration.model.finding import Finding, Severity
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from tests.integration.preflight.cases import TABLE
from tests.integration.preflight.world import PASSWORD, World, config_for, execute, global_variables

pytestmark = pytest.mark.servers


def _only(world: World, schema: str, source: Endpoint) -> Finding:
    """The finding about the source; the target's checks must have run as well."""
    result = world.preflight(config_for(schema), source=source)
    about_target = {finding.code for finding in result.findings if finding.subject.startswith("target")}
    assert "target-is" in about_target
    assert "checks-not-run" in {finding.code for finding in result.findings}
    assert result.plan is None
    (finding,) = result.blockers
    _tells_no_secret(result, source)
    assert finding.subject == "source connection source_db"
    return finding


def _tells_no_secret(result: PreflightResult, endpoint: Endpoint) -> None:
    for finding in result.findings:
        assert endpoint.password not in str(finding)
        assert endpoint.host not in str(finding)


def test_a_host_that_is_not_known(world: World, schema: str) -> None:
    finding = _only(world, schema, replace(world.source_login, host="no-such-host.invalid"))
    assert (finding.code, finding.observed) == ("server-unreachable", "the connection's host name is not known")
    assert "Airflow connection source_db" in finding.remedy


def test_a_port_on_which_nothing_listens(world: World, schema: str) -> None:
    finding = _only(world, schema, replace(world.source_login, port=1))
    assert finding.code == "server-unreachable"
    assert "nothing listens" in finding.observed
    assert "host and port" in finding.remedy


def test_a_listener_that_never_answers(world: World, schema: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent = replace(world.source_login, port=listener.getsockname()[1], connect_timeout_seconds=1)
        finding = _only(world, schema, silent)
    assert finding.code == "not-a-mysql-server"


@contextlib.contextmanager
def _speaking(words: bytes) -> Iterator[int]:
    """A server that says something else than MySQL does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    peer, _ = listener.accept()
                    with peer:
                        peer.sendall(words)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.parametrize(
    "words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x05\0\0\0hello", b""]
)
def test_a_listener_that_is_no_mysql(words: bytes, world: World, schema: str) -> None:
    with _speaking(words) as port:
        finding = _only(world, schema, replace(world.source_login, port=port, connect_timeout_seconds=1))
    assert finding.code == "not-a-mysql-server"
    assert "host and port" in finding.remedy


@pytest.mark.parametrize(
    ("user", "password"), [("migrator", "Wrong-Secret-2"), ("nobody", PASSWORD), ("migrator", "")]
)
def test_a_wrong_login(user: str, password: str, world: World, schema: str) -> None:
    login = replace(world.source_login, user=user, password=password or "\0")
    finding = _only(world, schema, login)
    assert finding.code == "login-refused"
    assert user in finding.observed
    assert "Airflow connection source_db" in finding.remedy


@pytest.mark.parametrize(
    ("clause", "words", "remedy"),
    [
        ("ACCOUNT LOCK", "locked", "ACCOUNT UNLOCK"),
        ("PASSWORD EXPIRE", "expired", "new password"),
    ],
)
def test_an_account_that_may_not_log_in(clause: str, words: str, remedy: str, world: World, schema: str) -> None:
    execute(world.source, [f"CREATE USER pf_shut IDENTIFIED BY '{PASSWORD}' {clause}"])
    try:
        finding = _only(world, schema, world.login(world.source, "source", "pf_shut"))
    finally:
        execute(world.source, ["DROP USER pf_shut"])
    assert finding.code == "login-refused"
    assert words in finding.observed
    assert remedy in finding.remedy


def test_an_account_with_no_connection_left(world: World, schema: str) -> None:
    limit = f"CREATE USER pf_few IDENTIFIED BY '{PASSWORD}' WITH MAX_CONNECTIONS_PER_HOUR 1"
    execute(world.source, [limit])
    try:
        login = world.login(world.source, "source", "pf_few")
        world.preflight(config_for(schema), source=login)
        finding = _only(world, schema, login)
    finally:
        execute(world.source, ["DROP USER pf_few"])
    assert finding.code == "connection-limit-reached"
    assert "max_connections" in finding.remedy


def test_a_ca_file_that_is_not_there(world: World, schema: str) -> None:
    login = replace(world.source_login, ssl_mode=SslMode.VERIFY_CA, ssl_ca="/nowhere/bundle.pem")
    finding = _only(world, schema, login)
    assert finding.code == "tls-refused"
    assert "/nowhere/bundle.pem cannot be read" in finding.observed
    assert "PEM" in finding.remedy


def test_verification_without_a_ca_file(world: World, schema: str) -> None:
    finding = _only(world, schema, replace(world.source_login, ssl_mode=SslMode.VERIFY_IDENTITY))
    assert finding.code == "tls-refused"
    assert "RDS CA bundle" in finding.remedy


def test_a_ca_that_did_not_sign_the_server(world: World, schema: str) -> None:
    other = str(world.odd.home.data / "ca.pem")
    finding = _only(world, schema, replace(world.source_login, ssl_mode=SslMode.VERIFY_CA, ssl_ca=other))
    assert finding.code == "tls-refused"
    assert "certificate does not hold" in finding.observed
    assert "RDS CA bundle" in finding.remedy


def test_a_certificate_for_another_host(world: World, schema: str) -> None:
    own = str(world.source.home.data / "ca.pem")
    login = replace(world.source_login, ssl_mode=SslMode.VERIFY_IDENTITY, ssl_ca=own)
    finding = _only(world, schema, login)
    assert finding.code == "tls-refused"
    assert "cluster's own endpoint name" in finding.remedy


def test_a_file_that_is_no_certificate(world: World, schema: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("this is no certificate")
    login = replace(world.source_login, ssl_mode=SslMode.VERIFY_CA, ssl_ca=str(bundle))
    assert _only(world, schema, login).code == "tls-refused"


def test_a_server_that_wants_tls(world: World, schema: str) -> None:
    with global_variables(world.source, {"require_secure_transport": "ON"}):
        finding = _only(world, schema, replace(world.source_login, ssl_mode=SslMode.DISABLED))
    assert finding.code == "tls-refused"
    assert "ssl_mode to REQUIRED" in finding.remedy


def test_both_sides_are_told_at_once(world: World, schema: str) -> None:
    wrong = [replace(login, port=1) for login in (world.source_login, world.target_login)]
    result = world.preflight(config_for(schema), source=wrong[0], target=wrong[1])
    assert {finding.subject for finding in result.blockers} == {
        "source connection source_db",
        "target connection target_db",
    }


def test_a_target_that_cannot_be_reached_leaves_the_sources_checks(world: World, schema: str) -> None:
    execute(world.source, ["CREATE TABLE t (a INT)"], schema)
    wrong = replace(world.target_login, password="Wrong-Secret-2")
    result = world.preflight(config_for(schema), target=wrong)
    assert [finding.code for finding in result.blockers] == ["login-refused"]
    assert "table-without-key" in {finding.code for finding in result.findings}
    assert result.plan is not None
    _tells_no_secret(result, wrong)


@pytest.mark.parametrize(
    ("mode", "code", "severity"),
    [
        (SslMode.DISABLED, "connection-not-encrypted", Severity.WARNING),
        (SslMode.PREFERRED, "connection-not-encrypted", Severity.WARNING),
        (SslMode.REQUIRED, "server-not-verified", Severity.NOTE),
    ],
)
def test_how_the_connection_is_protected(
    mode: SslMode, code: str, severity: Severity, world: World, schema: str
) -> None:
    execute(world.source, [TABLE], schema)
    logins = [replace(login, ssl_mode=mode) for login in (world.source_login, world.target_login)]
    found = world.check("encryption", config_for(schema), source=logins[0], target=logins[1])
    assert [(finding.code, finding.severity) for finding in found] == [(code, severity)] * 2


def test_a_verified_connection_has_no_finding(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    logins = [
        replace(login, ssl_mode=SslMode.VERIFY_CA, ssl_ca=str(server.home.data / "ca.pem"))
        for login, server in ((world.source_login, world.source), (world.target_login, world.target))
    ]
    assert not world.check("encryption", config_for(schema), source=logins[0], target=logins[1])
