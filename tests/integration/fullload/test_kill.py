"""SIGKILL of the loading process at random points: what is repeated is neither lost nor doubled."""

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

from aurora_migration.store import load
from local.oracle import compare_databases
from tests.fresh_databases import Databases, create_like_source
from tests.loads import control_of, prepare_load, record_units

pytestmark = [pytest.mark.servers, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
KILLS = 10


@pytest.mark.parametrize("style", ["load-data", "insert"])
def test_ten_kills_and_a_repeat_leave_equal_rows(
    databases: Callable[..., Databases], tmp_path: Path, style: str
) -> None:
    seed = int(os.environ.get("KILL_SEED", "20261125"))
    print(f"KILL_SEED={seed}")
    made = databases(
        "SET SESSION cte_max_recursion_depth = 100000",
        "CREATE TABLE keyed (id INT PRIMARY KEY, filler VARCHAR(250))",
        "CREATE TABLE keyless (a INT, filler VARCHAR(250))",
        "INSERT INTO keyed WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
        "SELECT i, REPEAT(SHA2(i, 224), 4) FROM n",
        "INSERT INTO keyless SELECT id % 100, filler FROM keyed WHERE id <= 3000",
    )
    create_like_source(made, ["keyed", "keyless"])
    prepare_load(made, ranges_of=4_000_000)
    settings = _settings(made, tmp_path, style)
    rng = random.Random(seed)
    progressed = []
    for _ in range(KILLS):
        process = _start(settings)
        _await_chunks(made, process, record_units(made) + rng.randrange(6))
        time.sleep(rng.uniform(0.0, 0.05))
        process.kill()
        process.wait()
        progressed.append(record_units(made))
    assert _start(settings).wait(timeout=120) == 0
    print(f"chunks recorded after each kill: {progressed}")
    assert len({count for count in progressed if count}) > 2, "the kills did not fall into the load"
    assert all(state.complete for state in load.tables(made.target, control_of(made)))
    result = compare_databases(*made.oracle_params(), [made.name])
    assert result.equal, result


def test_two_processes_on_one_unit_do_not_double_rows(databases: Callable[..., Databases], tmp_path: Path) -> None:
    made = databases(
        "SET SESSION cte_max_recursion_depth = 100000",
        "CREATE TABLE keyless (a INT, filler VARCHAR(250))",
        "INSERT INTO keyless WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
        "SELECT i % 9, REPEAT('x', 200) FROM n",
    )
    create_like_source(made, ["keyless"])
    prepare_load(made)
    settings = _settings(made, tmp_path, "load-data")
    both = [_start(settings), _start(settings)]
    assert 0 in [process.wait(timeout=120) for process in both]
    assert _start(settings).wait(timeout=120) == 0
    assert compare_databases(*made.oracle_params(), [made.name]).equal


def _await_chunks(made: Databases, process: subprocess.Popen[str], wanted: int) -> None:
    """Return when the loader has recorded so many chunks: a point in the load, however fast the machine is."""
    deadline = time.monotonic() + 60
    while record_units(made) < wanted and process.poll() is None:
        assert time.monotonic() < deadline, "the load stands still"
        time.sleep(0.005)


def _settings(made: Databases, folder: Path, style: str) -> Path:
    logins = {"source": made.pair.source_login, "target": made.pair.target_login}
    path = folder / "settings.json"
    path.write_text(
        json.dumps(
            {
                **{
                    role: {"host": one.host, "port": one.port, "user": one.user, "password": one.password}
                    for role, one in logins.items()
                },
                "config": made.config().model_dump(mode="json"),
                "chunk_bytes": 300_000,
                "style": style,
            }
        )
    )
    path.chmod(0o600)
    return path


def _start(settings: Path) -> subprocess.Popen[str]:
    """Start the loader and wait until it is about to load its first chunk."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.load_process", str(settings)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == "loading\n"
    return process
