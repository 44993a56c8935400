"""Where a MySQL server is and how to log in to it.

The password never shows in ``repr``, in an error or in a log. TLS words are MySQL's own
(https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode); the default is
REQUIRED, and a server that offers no TLS is then refused instead of being spoken to in the clear.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import StrEnum

from aurora_migration.errors import ConfigurationError


class SslMode(StrEnum):
    """How far the connection is protected."""

    DISABLED = "DISABLED"
    PREFERRED = "PREFERRED"
    REQUIRED = "REQUIRED"
    VERIFY_CA = "VERIFY_CA"
    VERIFY_IDENTITY = "VERIFY_IDENTITY"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A source or target server; ``role`` is the word used in errors ("source", "target")."""

    role: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    ssl_mode: SslMode = SslMode.REQUIRED
    ssl_ca: str | None = None
    connection_id: str = ""
    connect_timeout_seconds: int = 10
    compress: bool = False  # for slow lines: costs processor time at both ends

    @property
    def label(self) -> str:
        """What errors call this endpoint; no host and no secret."""
        return f"{self.role} connection {self.connection_id}".rstrip() if self.connection_id else self.role

    @property
    def encrypted(self) -> bool:
        return self.ssl_mode is not SslMode.DISABLED

    @property
    def tls_is_optional(self) -> bool:
        """PREFERRED: encrypted where the server offers TLS, in the clear where it does not."""
        return self.ssl_mode is SslMode.PREFERRED

    def refusal_without_tls(self) -> ConfigurationError:
        """What is raised when TLS is asked for and the server offers none."""
        return ConfigurationError(
            "the server offers no TLS",
            subject=self.label,
            remedy="enable TLS on the server, or set ssl_mode to DISABLED in the connection's extra",
        )

    def tls_context(self) -> ssl.SSLContext | None:
        """TLS settings for drivers that take a context; None for DISABLED. Raises: ConfigurationError."""
        if not self.encrypted:
            return None
        verify = self.ssl_mode in {SslMode.VERIFY_CA, SslMode.VERIFY_IDENTITY}
        if verify and not self.ssl_ca:
            raise ConfigurationError(
                f"ssl_mode {self.ssl_mode} needs a CA file",
                subject=self.label,
                remedy="add ssl_ca (for Aurora the RDS CA bundle) to the connection's extra",
            )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = self.ssl_mode is SslMode.VERIFY_IDENTITY
        context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
        if self.ssl_ca:
            try:
                context.load_verify_locations(self.ssl_ca)
            except OSError as error:
                raise ConfigurationError(
                    f"the CA file {self.ssl_ca} cannot be read",
                    subject=self.label,
                    remedy="ssl_ca must be a PEM file readable where the task runs",
                ) from error
        return context
