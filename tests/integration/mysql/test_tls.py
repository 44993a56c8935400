"""Each ssl_mode against a server with TLS and one without, for the session and for the row reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aurora_migration.errors import ConfigurationError
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.mysqld import Server, find_distribution
from local.servers import Pair
from tests.fresh_databases import root

pytestmark = pytest.mark.servers

CIPHER = raw("SELECT VARIABLE_VALUE FROM performance_schema.session_status WHERE VARIABLE_NAME = 'Ssl_cipher'")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that offers no TLS."""
    server = Server.create(
        find_distribution(), tmp_path_factory.mktemp("plain") / "source", "source", {"tls_version": ""}
    )
    try:
        server.start()
        yield server
    finally:
        server.remove()


def end(server: Server, mode: SslMode) -> Endpoint:
    ca = str(server.home.data / "ca.pem") if mode in {SslMode.VERIFY_CA, SslMode.VERIFY_IDENTITY} else None
    return Endpoint("source", "127.0.0.1", server.port, "root", server.root_password, ssl_mode=mode, ssl_ca=ca)


def ciphers(login: Endpoint) -> tuple[bool, bool]:
    """Whether the session's connection is encrypted, and the reader's."""
    with Session.open(login) as session, RowReader(login) as reader:
        read = b"".join(text for block in reader.text_rows(CIPHER, 1) for text in block)
        return bool(session.scalar(CIPHER)), bool(read)


@pytest.mark.parametrize(
    ("mode", "encrypted"),
    [(SslMode.DISABLED, False), (SslMode.PREFERRED, True), (SslMode.REQUIRED, True), (SslMode.VERIFY_CA, True)],
)
def test_where_tls_is_offered(mode: SslMode, encrypted: bool, server_pair: Pair) -> None:
    assert root(server_pair, "source").ssl_mode is SslMode.REQUIRED
    assert ciphers(end(server_pair.source, mode)) == (encrypted, encrypted)


@pytest.mark.parametrize("mode", [SslMode.DISABLED, SslMode.PREFERRED])
def test_where_no_tls_is_offered_and_none_is_needed(mode: SslMode, plain: Server) -> None:
    assert ciphers(end(plain, mode)) == (False, False)


@pytest.mark.parametrize("mode", [SslMode.REQUIRED, SslMode.VERIFY_CA, SslMode.VERIFY_IDENTITY])
@pytest.mark.parametrize("connect", [Session.open, RowReader], ids=["session", "reader"])
def test_no_connection_is_made_in_the_clear_where_tls_is_asked_for(
    connect: type[RowReader], mode: SslMode, plain: Server
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        connect(end(plain, mode))
    assert refused.value.subject == "source"
    assert plain.root_password not in str(refused.value)
