"""Opens a side's session and says in plain words why it cannot; looks at how the connection is protected.

A finding names the connection by its id. What the server or the driver says is passed on without the host, and
a password is never in it. Sessions are READ ONLY: the server refuses whatever would write.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.errors import ConfigurationError, MigrationError
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.mysql.connection import NoTlsError
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from aurora_migration.mysql.errno import errno_of
from aurora_migration.mysql.session import Session

_NO_ANSWER: Final = frozenset({2002, 2003, 2005, 2013})
_NOT_MYSQL: Final = frozenset({0, 2006, 2012, 2013, 2027})
_LOGIN: Final = frozenset({1045, 1130, 1251, 1524, 1698, 1820, 1862, 2049, 2054, 2059, 2061, 3118, 3955, 4052})
_LIMIT: Final = frozenset({1040, 1203, 1226})
_TLS: Final = frozenset({2026, 3159})
_CERTIFICATE: Final = "for Aurora, ssl_ca is the RDS CA bundle, and the host is the cluster's own endpoint name"


def open_session(endpoint: Endpoint) -> Session:
    """Open a session that cannot write. Raises: MigrationError."""
    session = Session.open(endpoint)
    session.set_variable("transaction_read_only", 1)
    return session


def refusal(endpoint: Endpoint, error: Exception) -> Finding:
    """The blocker that says why a side cannot be reached."""
    subject = endpoint.label
    cause = error.__cause__
    number = errno_of(cause) if cause is not None else 0
    origin = getattr(cause, "original_exception", cause)
    if isinstance(error, ConfigurationError) and (
        cause is None or isinstance(cause, NoTlsError) or number not in _LOGIN | _TLS
    ):
        return blocker("tls-refused", subject, error.message, error.remedy)
    if number in _TLS or isinstance(origin, ssl.SSLError):
        return _tls_refused(endpoint, number, origin, error)
    if number in _LOGIN:
        return _login_refused(subject, number, endpoint)
    if number in _LIMIT:
        return blocker(
            "connection-limit-reached",
            subject,
            f"the server takes no further connection ({_words(endpoint, error)})",
            f"close connections, or raise max_connections on the {endpoint.role}",
        )
    if number in _NO_ANSWER and isinstance(origin, OSError):
        return blocker("server-unreachable", subject, _unreachable(origin), _where(endpoint))
    if number in _NOT_MYSQL:
        seen = "something listens on the connection's host and port, but does not answer as MySQL does"
        return blocker("not-a-mysql-server", subject, seen, _where(endpoint))
    return blocker("connection-failed", subject, _words(endpoint, error), _where(endpoint))


def check_encryption(context: Context) -> Iterator[Finding]:
    """Whether rows and passwords travel encrypted, to a server that proves who it is."""
    for server in context.servers:
        mode = server.endpoint.ssl_mode
        if mode in {SslMode.DISABLED, SslMode.PREFERRED}:
            yield warning(
                "connection-not-encrypted",
                server.label,
                f"ssl_mode is {mode}: the rows may travel in the clear",
                "set ssl_mode to REQUIRED or VERIFY_IDENTITY in the connection's extra",
            )
        elif mode is SslMode.REQUIRED:
            yield note(
                "server-not-verified",
                server.label,
                "the connection is encrypted, but nothing proves that the server is the right one",
                "set ssl_mode to VERIFY_IDENTITY and ssl_ca to the CA bundle in the connection's extra",
            )


def _tls_refused(endpoint: Endpoint, number: int, origin: BaseException | None, error: Exception) -> Finding:
    if number == 3159:
        seen, remedy = "the server takes encrypted connections only", "set ssl_mode to REQUIRED in the extra"
    elif isinstance(origin, ssl.SSLCertVerificationError):
        words = _without_secrets(endpoint, origin.verify_message)
        seen, remedy = f"the server's certificate does not hold: {words}", _CERTIFICATE
    else:
        words = _words(endpoint, error)
        seen, remedy = f"the encrypted connection failed: {words}", "check ssl_mode and ssl_ca in the extra"
    return blocker("tls-refused", endpoint.label, seen, remedy)


def _login_refused(subject: str, number: int, endpoint: Endpoint) -> Finding:
    if number == 1130:
        seen = "the server allows no account to log in from this machine"
        remedy = f"create the account {endpoint.user} for this machine's address, or for %"
    elif number in {1820, 1862}:
        seen, remedy = "the account's password has expired", f"give {endpoint.user} a new password"
    elif number == 3118:
        seen, remedy = "the account is locked", f"ALTER USER {endpoint.user} ACCOUNT UNLOCK;"
    else:
        seen = f"the server refuses the login of {endpoint.user} (MySQL error {number})"
        remedy = f"check login and password of the Airflow connection {endpoint.connection_id}".rstrip()
    return blocker("login-refused", subject, seen, remedy)


def _unreachable(origin: OSError) -> str:
    if isinstance(origin, socket.gaierror):
        return "the connection's host name is not known"
    if isinstance(origin, TimeoutError):
        return "the connection's host does not answer"
    if isinstance(origin, ConnectionRefusedError):
        return "nothing listens on the connection's host and port"
    return f"the connection's host cannot be reached ({origin.strerror})"


def _where(endpoint: Endpoint) -> str:
    name = f"the Airflow connection {endpoint.connection_id}".rstrip()
    return f"check host and port of {name}, and that the network (security group, firewall) lets this machine in"


def _words(endpoint: Endpoint, error: Exception) -> str:
    text = error.message if isinstance(error, MigrationError) else type(error).__name__
    return _without_secrets(endpoint, text)


def _without_secrets(endpoint: Endpoint, text: str) -> str:
    """Words of a server or a library without the host and, whatever they may be, without the password."""
    for secret, shown in ((endpoint.password, "…"), (f"'{endpoint.host}'", "this host")):
        if secret:
            text = text.replace(secret, shown)
    return text
