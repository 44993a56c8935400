"""SIGKILL of a process whose three sessions make and complete tables: a repeat ends with the source's tables."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aurora_migration.model.config import TargetTablePrepMode
from local.login import Login
from tests.exit_status import RETRY
from tests.fresh_databases import Databases
from tests.integration.schema.migration import texts

pytestmark = [pytest.mark.servers, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
TABLES, TRIES = 40, 5
STEPS = {"table created": (4, 7), "indexes built": (2, 12), "foreign keys added": (2, 12)}  # kills, latest step


@pytest.mark.parametrize("mode", TargetTablePrepMode)
def test_eight_kills_and_a_repeat_leave_the_sources_tables(
    databases: Callable[..., Databases], tmp_path: Path, mode: TargetTablePrepMode
) -> None:
    """Killed while one session has just done a step, and the others are somewhere in theirs."""
    seed = int(os.environ.get("KILL_SEED", "20261127"))
    print(f"KILL_SEED={seed}")
    made = databases(*_tables())
    settings = _settings(made, tmp_path, mode)
    dice = random.Random(seed)
    for words, (kills, latest) in STEPS.items():
        for _ in range(kills):
            number = dice.randint(1, latest)
            _kill_at(settings, words, number, dice.uniform(0.0, 0.02))
            done = _done(made)
            print(f"killed at {number} x {words}: {done}")
            assert number <= done[words] < TABLES
    _until_done(settings)
    assert texts(made.target_root, made.name) == texts(made.source_root, made.name)


def _kill_at(settings: Path, words: str, number: int, after: float) -> None:
    """Raises: AssertionError if the process ends before it has done so much."""
    for _ in range(TRIES):
        with _start(settings, words, str(number)) as process:
            assert process.stdout is not None
            if process.stdout.readline() == "halted\n":
                time.sleep(after)
                process.kill()
                return
        if process.returncode != RETRY:
            break
        time.sleep(1)
    raise AssertionError(f"ended with {process.returncode} before {number} x {words}")


def _done(made: Databases) -> dict[str, int]:
    """How many of the target's tables are there, have their unique index, have their foreign key."""
    there = texts(made.target_root, made.name).values()
    marks = {"table created": "", "indexes built": "UNIQUE KEY", "foreign keys added": "FOREIGN KEY"}
    return {words: sum(mark in text for text in there) for words, mark in marks.items()}


def _tables() -> list[str]:
    """Each with a plain and a unique index; foreign keys make a circle of all of them."""
    made = [
        f"CREATE TABLE t{n} (id INT PRIMARY KEY AUTO_INCREMENT, u INT, p INT, UNIQUE KEY u (u), KEY p (p))"
        " AUTO_INCREMENT = 77"
        for n in range(TABLES)
    ]
    keys = [
        f"ALTER TABLE t{n} ADD CONSTRAINT f{n} FOREIGN KEY (p) REFERENCES t{(n + 1) % TABLES} (id)"
        for n in range(TABLES)
    ]
    return [*made, *keys]


def _until_done(settings: Path) -> None:
    """As Airflow does: a try that is worth another one gets it a little later."""
    for _ in range(TRIES):
        with _start(settings) as process:
            process.communicate(timeout=120)
        if process.returncode != RETRY:
            break
        time.sleep(1)
    assert process.returncode == 0


def _start(settings: Path, *halt: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.schema_process", str(settings), *halt]
    paths = {"PYTHONPATH": f"{ROOT / 'plugins'}{os.pathsep}{ROOT}"}
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **paths}, stdout=subprocess.PIPE, text=True)


def _settings(made: Databases, folder: Path, mode: str) -> Path:
    def end(login: Login) -> dict[str, object]:
        return {"host": login.host, "port": login.port, "user": login.user, "password": login.password}

    path = folder / "settings.json"
    known = {
        "source": end(made.pair.source_login),
        "target": end(made.pair.target_login),
        "config": made.config().model_dump(mode="json"),
        "mode": mode,
    }
    path.write_text(json.dumps(known), encoding="utf-8")
    return path
