"""Airflow connections of every shape that the MySQL hook takes, as endpoints."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aurora_migration.bridge.endpoints import endpoint
from aurora_migration.errors import ConfigurationError
from aurora_migration.mysql.endpoint import SslMode

pytestmark = pytest.mark.airflow
SECRET = "p@ss/w:rd%'\"{x}"


def define(monkeypatch: pytest.MonkeyPatch, extra: Any, **changes: Any) -> None:
    values = {"conn_type": "mysql", "host": "db", "login": "u", "password": SECRET, "extra": extra} | changes
    monkeypatch.setenv("AIRFLOW_CONN_C", json.dumps(values))


@pytest.mark.parametrize(
    ("extra", "mode", "authority"),
    [
        (None, SslMode.REQUIRED, None),
        ({"ssl_mode": "verify_identity", "ssl_ca": "/ca.pem"}, SslMode.VERIFY_IDENTITY, "/ca.pem"),
        ({"ssl_mode": "VERIFY_CA", "ssl": {"ca": "/ca.pem"}}, SslMode.VERIFY_CA, "/ca.pem"),
        ({"ssl_mode": "VERIFY_CA", "ssl": '{"ca": "/ca.pem"}'}, SslMode.VERIFY_CA, "/ca.pem"),
        ({"ssl_mode": "DISABLED", "charset": "utf8mb4", "unknown": [1]}, SslMode.DISABLED, None),
        ({"ssl": True}, SslMode.REQUIRED, None),
        ({"ssl": "yes"}, SslMode.REQUIRED, None),
    ],
)
def test_extra(monkeypatch: pytest.MonkeyPatch, extra: Any, mode: SslMode, authority: str | None) -> None:
    define(monkeypatch, extra)
    found = endpoint("source", "c")
    assert (found.ssl_mode, found.ssl_ca, found.port, found.password) == (mode, authority, 3306, SECRET)
    assert SECRET not in repr(found)
    assert SECRET not in found.label


@pytest.mark.parametrize(
    ("extra", "compress"),
    [(None, False), ({"compress": True}, True), ({"compress": "true"}, True), ({"compress": False}, False)],
)
def test_compression_is_a_switch(monkeypatch: pytest.MonkeyPatch, extra: Any, compress: bool) -> None:
    define(monkeypatch, extra)
    assert endpoint("source", "c").compress is compress


@pytest.mark.parametrize(
    ("extra", "changes", "words"),
    [
        ({"ssl_mode": "verify-full"}, {}, "use one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY"),
        ({"ssl_mode": None}, {}, "ssl_mode 'NONE' is unknown"),
        ({"compress": "zstd"}, {}, "compress 'zstd' is no switch"),
        (None, {"host": ""}, "has no host or no login"),
        (None, {"login": None}, "has no host or no login"),
    ],
)
def test_what_is_wrong_is_said_without_the_password(
    monkeypatch: pytest.MonkeyPatch, extra: Any, changes: dict[str, Any], words: str
) -> None:
    define(monkeypatch, extra, **changes)
    with pytest.raises(ConfigurationError) as refused:
        endpoint("source", "c")
    assert words in str(refused.value)
    assert SECRET not in str(refused.value)
