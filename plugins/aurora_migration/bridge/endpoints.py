"""Airflow connection → `Endpoint`. The only code that sees a password before a driver does."""

from __future__ import annotations

import json
from typing import Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from aurora_migration.errors import ConfigurationError
from aurora_migration.mysql.endpoint import Endpoint, SslMode

_MODES = ", ".join(SslMode)


def endpoint(role: str, connection_id: str) -> Endpoint:
    """The endpoint that an Airflow connection of type mysql describes. Raises: ConfigurationError.

    Read from the extra: ``ssl_mode`` (default REQUIRED) and ``ssl_ca``, or ``ssl: {"ca": …}`` as MySqlHook has it;
    ``compress`` (default false).
    """
    subject = f"{role} connection {connection_id}"
    try:
        connection = BaseHook.get_connection(connection_id)
    except AirflowNotFoundException as error:
        raise ConfigurationError(
            "is not defined in Airflow",
            subject=subject,
            remedy=f"create it under Admin → Connections, or set AIRFLOW_CONN_{connection_id.upper()}",
        ) from error
    if not connection.host or not connection.login:
        raise ConfigurationError("has no host or no login", subject=subject, remedy="complete the connection")
    if connection.password:
        mask_secret(connection.password)
    extra = connection.extra_dejson
    return Endpoint(
        role=role,
        host=connection.host,
        port=connection.port or 3306,
        user=connection.login,
        password=connection.password or "",
        ssl_mode=_ssl_mode(subject, extra),
        ssl_ca=extra.get("ssl_ca") or _nested(extra),
        connection_id=connection_id,
        compress=_compress(subject, extra),
    )


def _compress(subject: str, extra: dict[str, Any]) -> bool:
    text = str(extra.get("compress", False)).lower()
    if text not in {"true", "false"}:
        raise ConfigurationError(
            f"compress {text!r} is no switch",
            subject=subject,
            remedy="use true or false in the connection's extra",
        )
    return text == "true"


def _ssl_mode(subject: str, extra: dict[str, Any]) -> SslMode:
    text = str(extra.get("ssl_mode", SslMode.REQUIRED)).upper()
    try:
        return SslMode(text)
    except ValueError as error:
        raise ConfigurationError(
            f"ssl_mode {text!r} is unknown", subject=subject, remedy=f"use one of {_MODES}"
        ) from error


def _nested(extra: dict[str, Any]) -> str | None:
    settings = extra.get("ssl")
    if isinstance(settings, str):  # the hook takes a JSON text as well
        try:
            settings = json.loads(settings)
        except ValueError:
            return None
    return settings.get("ca") if isinstance(settings, dict) else None
