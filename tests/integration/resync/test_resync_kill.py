"""SIGKILL of a resync in the middle, at random points: whoever repeats it makes the tables equal."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from aurora_migration.sql.quoting import raw
from tests.fresh_databases import Databases
from tests.integration.resync.resyncs import assert_equal

pytestmark = [pytest.mark.servers, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
KILLS, KILLS_OF_KEYED = 8, 6  # the others fall into the copy of the table without a key
ROWS, CHUNK = 8000, 200


@pytest.mark.parametrize("style", ["load-data", "insert"])
def test_kills_and_a_repeat_leave_equal_tables(
    twins: Callable[..., Databases], tmp_path: Path, style: str
) -> None:
    seed = int(os.environ.get("KILL_SEED", "20261126"))
    print(f"KILL_SEED={seed}")
    rng = random.Random(seed)
    made = twins(
        "CREATE TABLE keyed (id INT PRIMARY KEY, u INT UNIQUE, filler VARCHAR(250))",
        f"INSERT INTO keyed WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
        "SELECT i, i, REPEAT('f', 200) FROM n",
        "CREATE TABLE zkeyless (a INT, filler VARCHAR(250))",
        "INSERT INTO zkeyless SELECT id % 100, filler FROM keyed",
    )
    made.on_target("UPDATE keyed SET filler = 'old', u = -u", f"UPDATE keyed SET u = {ROWS} + 1 - id")
    made.on_target("DELETE FROM zkeyless WHERE a = 5", "DELETE FROM keyed WHERE id % 3 = 0")
    settings, wrong = _settings(made, tmp_path, style, asks=True), [_wrong_rows(made)]
    for number in range(KILLS):
        rows = ROWS - wrong[-1] + CHUNK * rng.randrange(1, 5) if number < KILLS_OF_KEYED else ROWS
        _kill(settings, rows, rng.uniform(0.0, 0.03))
        wrong.append(_wrong_rows(made))
        made.on_source(
            f"UPDATE keyed SET filler = 'new' WHERE id % {ROWS} BETWEEN {rng.randrange(ROWS)} AND {ROWS}"
        )
    print(f"rows wrong or missing after each kill: {wrong}")
    keyed = wrong[: KILLS_OF_KEYED + 1]
    assert keyed == sorted(set(keyed), reverse=True), "each gets further than the one before"
    assert keyed[-1] > 0, "the kills fall into the resync"
    with _start(_settings(made, tmp_path, style, asks=False)) as last:
        last.communicate(timeout=400)
    assert last.returncode == 0
    assert_equal(made)


def _kill(settings: Path, rows: int, seconds: float) -> None:
    """Let a resync come so far in the first table, go on, and kill it within the next chunk, or just behind it."""
    with _start(settings) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "resyncing\n"
        checked = 0
        while checked < rows:
            _go_on(process.stdin)
            checked = int(process.stdout.readline())
        _go_on(process.stdin)
        time.sleep(seconds)
        process.kill()


def _go_on(to: IO[str]) -> None:
    to.write("\n")
    to.flush()


def _wrong_rows(made: Databases) -> int:
    right = raw(f"SELECT COUNT(*) FROM {made.name}.keyed WHERE u = id AND filler <> 'old'")
    return ROWS - int(made.target_root.scalar(right))


def _settings(made: Databases, folder: Path, style: str, *, asks: bool) -> Path:
    logins = {"source": made.pair.source_login, "target": made.pair.target_login}
    ends = {
        role: {"host": one.host, "port": one.port, "user": one.user, "password": one.password}
        for role, one in logins.items()
    }
    path = folder / "settings.json"
    limits = {"chunk_bytes": 1 << 20, "chunk_rows": CHUNK, "style": style, "asks": asks}
    path.write_text(json.dumps({**ends, **limits, "config": made.config().model_dump(mode="json")}))
    path.chmod(0o600)
    return path


def _start(settings: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.resync.resync_process", str(settings)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
