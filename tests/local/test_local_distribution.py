"""Which MySQL is taken, and which is refused by name."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from local import LocalError
from local.distribution import cache_folder, find_distribution


def program(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("says", "complaint"),
    [
        ("mysqld  Ver 10.11.6-MariaDB for debian-linux-gnu on x86_64", "no MySQL server"),
        ("mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))", "is MySQL 5.7.44; 8.0 or newer"),
        ("hello", "no MySQL server"),
    ],
)
def test_another_server_in_mysqld_is_refused_by_name(tmp_path: Path, says: str, complaint: str) -> None:
    chosen = program(tmp_path, "mysqld", says)
    with pytest.raises(LocalError, match=f"MYSQLD: .*{complaint}"):
        find_distribution({**os.environ, "MYSQLD": str(chosen)})


def test_a_missing_file_in_mysqld_is_said(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"MYSQLD names .*absent, which is no file"):
        find_distribution({"MYSQLD": str(tmp_path / "absent")})


def test_a_file_that_does_not_run_is_said(tmp_path: Path) -> None:
    chosen = tmp_path / "mysqld"
    chosen.write_text("no program")
    with pytest.raises(LocalError, match=r"does not run"):
        find_distribution({"MYSQLD": str(chosen)})


@pytest.mark.parametrize("version", ["8.0.36", "8.4.2", "9.1.0"])
def test_mysqld_wins_over_everything_else(tmp_path: Path, version: str) -> None:
    chosen = program(
        tmp_path, "mysqld", f"mysqld  Ver {version} for Linux on x86_64 (MySQL Community Server - GPL)"
    )
    program(tmp_path, "mysql", "mysql")
    found = find_distribution({**os.environ, "MYSQLD": str(chosen)})
    assert found.version == version
    assert found.version_numbers == tuple(map(int, version.split(".")))
    assert found.client(Path("/login"))[:2] == [str(tmp_path / "mysql"), "--defaults-file=/login"]


def test_the_first_newer_mysql_on_path_is_taken(tmp_path: Path) -> None:
    program(tmp_path, "mysqld", "mysqld  Ver 8.4.2 for Linux on x86_64 (MySQL Community Server - GPL)")
    assert find_distribution({"PATH": str(tmp_path)}).version == "8.4.2"


@pytest.mark.servers
def test_a_mariadb_on_path_is_passed_over(tmp_path: Path) -> None:
    other = program(tmp_path, "mysqld", "mysqld  Ver 10.11.6-MariaDB for debian-linux-gnu on x86_64")
    environment = {name: value for name, value in os.environ.items() if name != "MYSQLD"}
    environment["PATH"] = f"{tmp_path}:/usr/bin:/bin"
    found = find_distribution(environment)
    assert found.mysqld != other
    assert found.version_numbers >= (8, 0)


@pytest.mark.servers
def test_the_programs_run() -> None:
    found = find_distribution()
    for name in ("mysql", "mysqldump"):
        done = subprocess.run(
            [*found.client(program=name), "--version"], capture_output=True, text=True, check=True
        )
        assert found.version in done.stdout


def test_a_missing_client_is_said(tmp_path: Path) -> None:
    chosen = program(tmp_path, "mysqld", "mysqld  Ver 8.4.2 for Linux on x86_64 (MySQL Community Server - GPL)")
    with pytest.raises(LocalError, match="client program mysqlpump is missing"):
        find_distribution({"MYSQLD": str(chosen)}).client(program="mysqlpump")


def test_the_cache_follows_the_xdg_rule() -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/elsewhere"}) == Path("/elsewhere/mysql-to-aurora")
    assert cache_folder({}) == Path.home() / ".cache/mysql-to-aurora"
