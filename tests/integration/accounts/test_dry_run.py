"""The dry account plan: prints everything, touches nothing, shows no hash, says by its exit status what blocks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aurora_migration.engine.accounts import read_accounts
from aurora_migration.errors import ConfigurationError
from aurora_migration.mysql.endpoint import SslMode
from aurora_migration.mysql.session import Session
from local.accounts_plan import endpoint, main
from local.servers import Pair
from tests.integration.accounts.conftest import migration


def written(folder: Path, **accounts: object) -> str:
    """A migration file with this account policy; its path."""
    path = folder / "accounts.yaml"
    path.write_text(migration(**accounts).model_dump_json(), encoding="utf-8")  # JSON is YAML
    return str(path)


def test_plan_is_printed_and_nothing_written(
    account_servers: Pair, source: Session, target: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_accounts(target)
    status = main([written(tmp_path), "--folder", str(account_servers.folder)])
    shown = capsys.readouterr().out
    assert status == 0
    assert read_accounts(target) == before
    assert r"    keeps    SELECT on app\_1.*" in shown
    assert "    drops    FILE on *.*  [ungrantable]" in shown
    assert r"    changes  CREATE ROUTINE, INSERT, SELECT on shop.* → prod\_shop.*  [renamed]" in shown
    assert "warning account-anonymous @anon.example.org" in shown
    secrets = [one.secret.reveal() for one in read_accounts(source).accounts.values() if one.secret]
    assert [one for one in secrets if one.hex() in shown.lower() or one.decode() in shown] == []


def test_blockers_make_a_failure_and_json_is_for_programs(
    account_servers: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, on_ungrantable="fail", include=["reader@%", "plain@%"])
    assert main([path, "--json", "--folder", str(account_servers.folder)]) == 1
    shown = json.loads(capsys.readouterr().out)
    rows = {row["account"]: row for row in shown["accounts"]}
    assert rows["reader@%"]["dropped"][0]["what"] == "FILE on *.*"
    assert [one["subject"] for one in shown["findings"] if one["severity"] == "blocker"] == ["reader@%"]


def test_missing_file_and_servers_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-migration"]) == 2
    assert "no-such-migration" in capsys.readouterr().err
    assert main([written(tmp_path), "--folder", str(tmp_path)]) == 2
    assert "AIRFLOW_CONN_SOURCE" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "mysql://me:p%40ss@db.example.org:3307/?ssl_mode=VERIFY_CA&ssl_ca=/ca.pem",
        json.dumps(
            {
                "conn_type": "mysql",
                "host": "db.example.org",
                "port": 3307,
                "login": "me",
                "password": "p@ss",
                "extra": {"ssl_mode": "VERIFY_CA", "ssl_ca": "/ca.pem"},
            }
        ),
    ],
)
def test_connections_are_read_as_airflow_reads_them(text: str, tmp_path: Path) -> None:
    found = endpoint("source", "source_mysql", {"AIRFLOW_CONN_SOURCE_MYSQL": text}, tmp_path)
    assert (found.host, found.port, found.user, found.password) == ("db.example.org", 3307, "me", "p@ss")
    assert (found.ssl_mode, found.ssl_ca) == (SslMode.VERIFY_CA, "/ca.pem")


@pytest.mark.parametrize("text", ["{not json hidden-secret", "mysql://me:hidden-secret@h:port/"])
def test_connection_that_cannot_be_read_is_not_quoted(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        endpoint("source", "s", {"AIRFLOW_CONN_S": text}, tmp_path)
    assert "hidden-secret" not in str(caught.value)
    assert caught.value.__context__ is None
