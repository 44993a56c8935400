"""One side as DMS is told of it. The password goes into the API call and nowhere else.

Engine ``mysql`` reads the source; ``aurora`` writes the target, each schema into its own. DMS's connections to the
target do not check foreign keys, since tables arrive in any order
(https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.MySQL.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aurora_migration.model.config_dms import DmsEndpointConfig

_TARGET_ATTRIBUTES: Final = "initstmt=SET FOREIGN_KEY_CHECKS=0"


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """What an endpoint is to be; ``side`` is "source" or "target"."""

    side: str
    identifier: str
    host: str
    port: int
    user: str
    ssl_mode: str
    config: DmsEndpointConfig
    password: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        return f"{self.side} endpoint {self.identifier}"

    def request(self) -> dict[str, Any]:
        """The members of CreateEndpoint and ModifyEndpoint, password included unless DMS reads a secret."""
        settings: dict[str, Any] = {"TargetDbType": "multiple-databases"} if self.side == "target" else {}
        made: dict[str, Any] = {**self._visible(), "SslMode": self.ssl_mode}
        if self.config.certificate is not None:
            made["CertificateArn"] = self.config.certificate
        if self.config.secret is None:
            made["Password"] = self.password
        else:
            settings["SecretsManagerSecretId"] = self.config.secret
            settings["SecretsManagerAccessRoleArn"] = self.config.secret_role
        if settings:
            made["MySQLSettings"] = settings
        return made

    def differs(self, found: Mapping[str, Any]) -> tuple[str, ...]:
        """Which visible members an existing endpoint has otherwise; a password is never shown."""
        stored = found.get("MySQLSettings") or {}
        wanted = {**self._visible(), "SslMode": self.ssl_mode, "CertificateArn": self.config.certificate}
        different = [
            name
            for name, value in wanted.items()
            if (found.get(name) or stored.get(name) or ("none" if name == "SslMode" else None)) != value
        ]
        if (self.config.secret or None) != (stored.get("SecretsManagerSecretId") or None):
            different.append("SecretsManagerSecretId")
        return tuple(different)

    def _visible(self) -> dict[str, Any]:
        members: dict[str, Any] = {
            "EndpointType": self.side,
            "EngineName": "aurora" if self.side == "target" else "mysql",
        }
        if self.config.secret is None:
            members |= {"ServerName": self.host, "Port": self.port, "Username": self.user}
        if self.side == "target":
            members["ExtraConnectionAttributes"] = _TARGET_ATTRIBUTES
        return members
