"""SIGKILL of the loading process anywhere in a chunk: what is repeated is neither lost nor doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aurora_migration.sql.quoting import parameter, raw
from aurora_migration.store import load
from aurora_migration.store.chunks import chunks
from local.oracle import compare_databases
from tests.exit_status import RETRY
from tests.fresh_databases import Databases, create_like_source
from tests.loads import control_of, prepare_load, record_units
from tests.patience import until

pytestmark = [pytest.mark.servers, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
KILLS = 10
ROWS = 60_000
WHOLE = 4  # fewer than so many chunks before the one that is cut off: all kills take 40 of some 47 at most
PATIENCE = 300  # seconds


@pytest.mark.parametrize("style", ["load-data", "insert"])
def test_ten_kills_and_a_repeat_leave_equal_rows(
    databases: Callable[..., Databases], tmp_path: Path, style: str
) -> None:
    """Five at any moment of a chunk, and five when some of its rows are written and none are committed."""
    seed = int(os.environ.get("KILL_SEED", "20261125"))
    print(f"KILL_SEED={seed}")
    made = databases(
        "SET SESSION cte_max_recursion_depth = 100000",
        "CREATE TABLE keyed (id INT PRIMARY KEY, filler VARCHAR(250))",
        "CREATE TABLE keyless (a INT, filler VARCHAR(250))",
        f"INSERT INTO keyed WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
        "SELECT i, REPEAT(SHA2(i, 224), 4) FROM n",
        "INSERT INTO keyless SELECT id % 100, filler FROM keyed WHERE id <= 3000",
    )
    create_like_source(made, ["keyed", "keyless"])
    prepare_load(made, ranges_of=4_000_000)
    settings = _settings(made, tmp_path, style, asks=True)
    rng = random.Random(seed)
    progressed = []
    for number in range(KILLS):
        others = _connections(made)
        with _start(settings) as process:
            _let_chunks_pass(process, rng.randrange(WHOLE))
            progressed.append(record_units(made))
            (_kill_within_a_chunk if number % 2 else _kill_at_any_moment)(made, process, rng)
            assert process.wait() == -signal.SIGKILL, "it had ended by itself"
        until(lambda known=others: _connections(made) <= known, "the server has ended the killed one's sessions")
    with _start(settings) as process:
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    states = load.tables(made.target, control_of(made))
    assert all(state.complete for state in states)
    total = sum(state.chunks for state in states)
    print(f"of {total} chunks recorded before the chunk that each kill cut off: {progressed}")
    assert progressed == sorted(progressed)
    assert progressed[-1] < total
    result = compare_databases(*made.oracle_params(), [made.name])
    assert result.equal, result


def test_two_processes_on_one_unit_do_not_double_rows(databases: Callable[..., Databases], tmp_path: Path) -> None:
    """One stands in the middle of the only chunk until the other one wants that chunk, too."""
    made = databases(
        "SET SESSION cte_max_recursion_depth = 100000",
        "CREATE TABLE keyless (a INT, filler VARCHAR(250))",
        "INSERT INTO keyless WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
        "SELECT i % 9, REPEAT('x', 200) FROM n",
    )
    create_like_source(made, ["keyless"])
    prepare_load(made)
    settings = _settings(made, tmp_path, "load-data")
    made.on_target("LOCK TABLES keyless READ")
    with _start(settings) as first, _start(settings) as second:
        control = made.config().control_schema
        try:
            until(lambda: _waiting(made, control, "chunks"), "the second one waits for the claim of the first")
        finally:
            made.on_target("UNLOCK TABLES")
        assert sorted(process.wait(timeout=PATIENCE) for process in (first, second)) == [0, RETRY]
    with _start(settings) as again:
        assert again.wait(timeout=PATIENCE) == 0
    assert compare_databases(*made.oracle_params(), [made.name]).equal


def _let_chunks_pass(process: subprocess.Popen[str], count: int) -> None:
    """Return when the loader has done so many chunks and waits before the next one."""
    assert process.stdout is not None
    for _ in range(count):
        assert process.stdout.readline() == "next\n"
        _go_on(process)
    assert process.stdout.readline() == "next\n"


def _go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _kill_at_any_moment(made: Databases, process: subprocess.Popen[str], rng: random.Random) -> None:
    """Before, in or behind the next chunk, and in no other one: the loader would ask first."""
    _go_on(process)
    time.sleep(rng.uniform(0.0, 0.05))
    process.kill()


def _kill_within_a_chunk(made: Databases, process: subprocess.Popen[str], rng: random.Random) -> None:
    """A row of the next chunk is held by another transaction, so that the loader stands before it."""
    while (span := _next_keys(made)) is None:
        _go_on(process)
        _let_chunks_pass(process, 0)
    made.on_target("BEGIN", f"INSERT INTO keyed (id) VALUES ({min(span[0] + rng.randrange(1, 200), span[1])})")
    _go_on(process)
    until(lambda: _waiting(made, made.name, "keyed"), "the loader waits for that row")
    process.kill()
    process.wait()
    made.on_target("ROLLBACK")


def _next_keys(made: Databases) -> tuple[int, int] | None:
    """Behind which key the next chunk begins, and the end of its range; None if it is of the keyless table."""
    control = control_of(made)
    for part in load.ranges(made.target, control):
        done = list(chunks(made.target, control, part))
        if done and done[-1].upper == part.upper:
            continue
        if part.table.name == "keyless":
            return None
        lower = done[-1].upper if done else part.lower
        return int(lower[0]) if lower else 0, int(part.upper[0]) if part.upper else ROWS
    raise AssertionError("all is loaded")


def _connections(made: Databases) -> set[int]:
    """Those of the migration's account on the target."""
    sql = raw("SELECT ID AS id FROM performance_schema.processlist WHERE USER = ") + parameter("user")
    return {int(row["id"]) for row in made.target_root.query(sql, {"user": made.pair.target_login.user})}


def _waiting(made: Databases, schema: str, table: str) -> int:
    """How many transactions wait for a row of a table of the target."""
    sql = raw(
        "SELECT COUNT(*) FROM performance_schema.data_lock_waits AS w JOIN performance_schema.data_locks AS l"
        " ON l.ENGINE_LOCK_ID = w.REQUESTING_ENGINE_LOCK_ID"
        f" WHERE l.OBJECT_SCHEMA = '{schema}' AND l.OBJECT_NAME = '{table}'"
    )
    return int(made.target_root.scalar(sql))


def _settings(made: Databases, folder: Path, style: str, *, asks: bool = False) -> Path:
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
                "asks": asks,
            }
        )
    )
    path.chmod(0o600)
    return path


def _start(settings: Path) -> subprocess.Popen[str]:
    """Start the loader and wait until it is about to load; without a word from us it goes on by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.load_process", str(settings)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    return process
