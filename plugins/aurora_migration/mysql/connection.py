"""Opens a connection as sessions need it: TLS where it is asked for, compression, keepalive.

PyMySQL connects; what it does not know, or does by a round trip of its own, is here.
"""

from __future__ import annotations

import socket
from typing import Any, Final

from pymysql.charset import charset_by_name
from pymysql.connections import Connection
from pymysql.constants import CLIENT
from pymysql.err import OperationalError

from aurora_migration.mysql.compression import CompressedSocket
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.errno import DRIVER_ERRORS, translate

_NO_TLS: Final = 2026  # CR_SSL_CONNECTION_ERROR
_OFFERED: Final = CLIENT.COMPRESS | CLIENT.MULTI_STATEMENTS  # what is done without where a server does not


class NoTlsError(OperationalError):
    """TLS is asked for and the server's greeting does not offer it; nothing has been sent yet."""


class _Connection(Connection):
    """A connection that looks at what the server offers before it says who it is.

    PyMySQL asks for TLS whatever the server's greeting says, and a server without it answers 1043 (bad handshake).
    It knows nothing of compression, which begins when both sides have named it and the login is through. Its own
    SET NAMES would be a round trip: `Session.open` says the same with everything else.
    """

    _sock: Any
    _rfile: Any
    _next_seq_id: int

    def __init__(self, *, tls_is_optional: bool, **settings: Any) -> None:
        self._tls_is_optional = tls_is_optional
        super().__init__(**settings)

    def _get_server_information(self) -> None:
        super()._get_server_information()  # type: ignore[misc]
        self.client_flag &= self.server_capabilities | ~_OFFERED  # type: ignore[attr-defined]
        if not self.ssl or self.server_capabilities & CLIENT.SSL:  # type: ignore[attr-defined]
            return
        if not self._tls_is_optional:
            raise NoTlsError(_NO_TLS, "the server offers no TLS")
        self.ssl = False
        self.client_flag &= ~CLIENT.SSL

    def _request_authentication(self) -> None:
        super()._request_authentication()  # type: ignore[misc]
        if self.client_flag & CLIENT.COMPRESS:
            self._sock = self._rfile = CompressedSocket(self._sock, self._rfile, lambda: self._next_seq_id)

    def set_character_set(self, charset: str, collation: str | None = None) -> None:
        self.charset, self.encoding, self.collation = charset, charset_by_name(charset).encoding, collation

    def write_piece(self, payload: memoryview) -> None:
        """`write_packet` without a copy of what is long."""
        head = len(payload).to_bytes(3, "little") + bytes([self._next_seq_id])
        self._write_bytes(head)  # type: ignore[attr-defined]
        self._write_bytes(payload)  # type: ignore[attr-defined]
        self._next_seq_id = (self._next_seq_id + 1) % 256

    def _execute_command(self, command: int, sql: Any) -> None:
        if isinstance(self._sock, CompressedSocket):
            self._sock.begin_command()
        super()._execute_command(command, sql)  # type: ignore[misc]


def connect(endpoint: Endpoint, *, local_infile: bool, several: bool) -> Any:
    """A connection whose character set is still to be set. Raises: ConfigurationError, RetryableError."""
    context = endpoint.tls_context()
    connection: Any
    try:
        connection = _Connection(
            tls_is_optional=endpoint.tls_is_optional,
            host=endpoint.host,
            port=endpoint.port,
            user=endpoint.user,
            password=endpoint.password,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=endpoint.connect_timeout_seconds,
            read_timeout=endpoint.connect_timeout_seconds,  # a listener that is no MySQL may never greet us
            client_flag=_flags(endpoint, local_infile, several),
            ssl=context,
            ssl_disabled=context is None,
            program_name="mysql-to-aurora",
        )
    except NoTlsError as error:
        raise endpoint.refusal_without_tls() from error
    except DRIVER_ERRORS as error:
        raise translate(error, endpoint.label) from error
    connection._read_timeout = None
    connection._sock.settimeout(None)
    _keep_alive(connection._sock)
    return connection


def _flags(endpoint: Endpoint, local_infile: bool, several: bool) -> int:
    flags = (CLIENT.LOCAL_FILES if local_infile else 0) | (CLIENT.COMPRESS if endpoint.compress else 0)
    return flags | (CLIENT.MULTI_STATEMENTS if several else 0)


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, seconds in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)
