"""The demo as a person runs it: from nothing to a proved migration, once more, with a dump, and gone again."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local import sessions
from local.airflow_instance import ROOT, read_record
from local.login import Login
from local.servers import read_endpoints

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.servers,
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.timeout(14400),
]

DUMP = """
CREATE DATABASE `my shop`;
USE `my shop`;
CREATE TABLE item (id INT PRIMARY KEY AUTO_INCREMENT, price DECIMAL(10,2), made FLOAT);
INSERT INTO item (price, made) VALUES (1.10, 0.1), (2.20, 16777217);
CREATE DEFINER=`root`@`localhost` VIEW cheap AS SELECT * FROM item WHERE price < 2;
DELIMITER ;;
CREATE DEFINER=`root`@`localhost` PROCEDURE count_items(OUT n INT) BEGIN SELECT COUNT(*) INTO n FROM item; END ;;
DELIMITER ;
CREATE DATABASE other;
USE other;
CREATE TABLE lone (a INT, b VARCHAR(10));
INSERT INTO lone VALUES (1, NULL), (1, NULL), (2, 'NULL');
CREATE USER clerk@localhost IDENTIFIED BY 'Clerk-1';
GRANT SELECT ON `my shop`.* TO clerk@localhost;
"""


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo's command line, as make does."""
    return subprocess.run(
        [sys.executable, "-m", "local.demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "plugins:."},
        capture_output=True,
        text=True,
        check=False,
    )


def ask(folder: Path, statement: str) -> None:
    """Run a statement on the demo's target as root."""
    target = read_endpoints(folder)["target"]
    login = Login(str(target["host"]), int(target["port"]), str(target["root_user"]), str(target["root_password"]))
    with login.connect() as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_demo_proves_repeats_takes_a_dump_and_goes(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    sample = ("up", "--folder", str(folder), "--scale", "0.01")
    try:
        first = demo(*sample)
        assert first.returncode == 0, first.stdout + first.stderr
        assert "equal: 21 tables" in first.stdout
        assert "verify_rows" in first.stdout
        airflow = read_endpoints(folder)["airflow"]
        assert f"Airflow stays up: {airflow['url']}/dags/shop.migrate/runs/" in first.stdout
        assert (folder / "endpoints.json").stat().st_mode & 0o077 == 0

        ask(folder, "DELETE FROM shop.setting")
        again = demo(*sample)
        assert again.returncode == 0, again.stdout + again.stderr
        assert "drop-and-create" in again.stdout
        assert "equal: 21 tables" in again.stdout

        dump = tmp_path / "mine.sql.gz"
        dump.write_bytes(gzip.compress(DUMP.encode()))
        dumped = demo("up", "--folder", str(folder), "--dump", str(dump))
        assert dumped.returncode == 0, dumped.stdout + dumped.stderr
        assert "my shop, other" in dumped.stdout
        assert "equal: 2 tables, 5 rows" in dumped.stdout
        record = read_record(folder / "airflow")
        assert record is not None
        assert json.loads((folder / "endpoints.json").read_text())["airflow"]["url"].endswith(str(record.port))
    finally:
        gone = demo("down", "--folder", str(folder))
    assert gone.returncode == 0
    assert not folder.exists()
    assert sessions.members(record.leader) == []
