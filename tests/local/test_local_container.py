"""What docker-compose.yaml runs inside the containers, run here against real servers with real client programs."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from local import shop
from local.container import sample
from local.login import Login
from local.mysqld import Server, find_distribution
from local.servers import Pair

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))
HOSTILE_PASSWORD = r"""it's \"100%\" & <odd>"""


@pytest.fixture
def run_accounts(tmp_path: Path) -> Callable[[Server, Path, str], None]:
    """Run local/container/accounts.sh as the mysql image does, with a real client, against a server."""

    def run(server: Server, accounts: Path, password: str) -> None:
        client = tmp_path / "bin" / "mysql"
        client.parent.mkdir(exist_ok=True)
        own = " ".join(map(shlex.quote, server.dist.client()))
        client.write_text(f'#!/bin/bash\nexec {own} "$@"\n')
        client.chmod(0o755)
        subprocess.run(
            ["bash", "-c", f"set -eo pipefail; . {ROOT / 'local' / 'container' / 'accounts.sh'}"],
            env={
                "PATH": f"{client.parent}:{os.environ['PATH']}",
                "SOCKET": str(server.home.socket),
                "MYSQL_ROOT_PASSWORD": server.root_password,
                "ACCOUNT_PASSWORD": password,
                "ACCOUNTS_SQL": str(accounts),
            },
            check=True,
            capture_output=True,
            text=True,
        )

    return run


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    server = Server.create(find_distribution(), tmp_path / "server", "fresh", {})
    server.start()
    try:
        yield server
    finally:
        server.home.remove()


def grants(login: Login) -> set[str]:
    with login.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW GRANTS")
        return {str(row[0]) for row in cursor.fetchall()}


@pytest.mark.servers
@pytest.mark.slow
def test_a_fresh_server_gets_the_accounts_that_the_local_pair_has(
    fresh_server: Server, server_pair: Pair, run_accounts: Callable[[Server, Path, str], None]
) -> None:
    for file, user, there in (
        ("aurora.sql", "admin", server_pair.target_login),
        ("migrator.sql", "migrator", server_pair.source_login),
    ):
        run_accounts(fresh_server, ROOT / "local" / file, HOSTILE_PASSWORD)
        made = Login("127.0.0.1", fresh_server.port, user, HOSTILE_PASSWORD)
        assert grants(made) == grants(there)


@pytest.mark.servers
@pytest.mark.slow
def test_a_refused_statement_stops_the_containers_set_up(
    fresh_server: Server, run_accounts: Callable[[Server, Path, str], None], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.sql"
    broken.write_text("GRANT SELECT ON *.* TO nobody;\n")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run_accounts(fresh_server, broken, "x")
    assert "1410" in failed.value.stderr


@pytest.mark.servers
@pytest.mark.slow
def test_the_sample_service_fills_the_server_once(fresh_server: Server) -> None:
    environment = {
        "SAMPLE_HOST": "127.0.0.1",
        "SAMPLE_PORT": str(fresh_server.port),
        "SAMPLE_ROOT_PASSWORD": fresh_server.root_password,
        "SAMPLE_SCALE": "0.001",
    }
    assert sample.main(environment) == 0
    root = Login("127.0.0.1", fresh_server.port, "root", fresh_server.root_password)
    with root.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM shop.review")
    assert sample.main(environment) == 0
    with root.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM shop.review")
        assert cursor.fetchone() == (0,), "a sample that is there is left as it is"
    assert shop.is_loaded(root, 0.001)


def test_the_sample_service_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample.main({"SAMPLE_HOST": "127.0.0.1"}) == 1
    assert "SAMPLE_ROOT_PASSWORD" in capsys.readouterr().err


@pytest.mark.servers
def test_the_health_check_tells_a_live_server_from_a_dead_one(server_pair: Pair) -> None:
    test = COMPOSE["services"]["source"]["healthcheck"]["test"]
    assert test[:2] == ["CMD", "mysqladmin"]
    dist = server_pair.source.dist
    if not dist.has_client("mysqladmin"):
        pytest.skip("this MySQL came without mysqladmin")
    for port, status in ((server_pair.source.port, 0), (1, 1)):
        command = [*dist.client(program="mysqladmin"), *test[2:], f"--port={port}"]
        assert subprocess.run(command, capture_output=True, check=False).returncode == status


@pytest.mark.parametrize("name", ["source", "target"])
def test_mysql_knows_the_options_of_its_service(name: str, tmp_path: Path) -> None:
    dist = find_distribution()
    # mysql:8.0 knows it, 9.x has it no more
    options = [option for option in COMPOSE["services"][name]["command"] if "trust-function" not in option]
    own = [*(f"--{key}={value}" for key, value in dist.options), "--secure-file-priv=", "--user=root"]
    command = [
        *dist.launcher,
        str(dist.mysqld),
        "--no-defaults",
        *own,
        f"--datadir={tmp_path}",
        "--validate-config",
    ]
    good = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    bad = subprocess.run([*command, *options, "--gtid-mod3=ON"], capture_output=True, text=True, check=False)
    assert bad.returncode != 0, "this server accepts anything, so the line above says nothing"
