"""The memory of a loading process is bounded by the chunk, not by the table: what the kernel counted says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aurora_migration.sql.quoting import identifier, raw
from aurora_migration.store import load
from tests.fresh_databases import Databases, create_like_source
from tests.loads import control_of, prepare_load

pytestmark = [pytest.mark.servers, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
LIMIT_MIB = 200
GROWTH_MIB = 64  # what a load may add to the process that is about to load
CHUNK_BYTES = 16 << 20  # a migration file's default
BLOB_BYTES = 60_000_000
_ROW_BYTES = 1050


@pytest.mark.parametrize(
    ("size", "style"),
    [
        pytest.param(150 << 20, "load-data", id="150 MiB"),
        pytest.param(150 << 20, "insert", id="150 MiB by INSERT"),
        pytest.param(1 << 30, "load-data", id="1 GiB", marks=[pytest.mark.big, pytest.mark.timeout(1800)]),
    ],
)
def test_a_load_task_stays_small(
    databases: Callable[..., Databases], tmp_path: Path, size: int, style: str
) -> None:
    rows = size // _ROW_BYTES
    made = databases(
        "SET SESSION cte_max_recursion_depth = 10000000",
        "CREATE TABLE t (id INT PRIMARY KEY, d DATETIME(6), m DECIMAL(12,2), v VARCHAR(400), b BLOB)",
        *(
            f"INSERT INTO t WITH RECURSIVE n AS (SELECT {start} AS i UNION ALL SELECT i + 1 FROM n WHERE i + 1 < "
            f"{min(rows, start + 50_000)}) SELECT i, '2024-01-01', i / 7, REPEAT(SHA2(i, 224), 6), "
            "REPEAT(UNHEX(SHA2(i, 256)), 20) FROM n"
            for start in range(0, rows, 50_000)
        ),
    )
    memory = _memory_of_load(made, tmp_path, style)
    (state,) = load.tables(made.target, control_of(made))
    assert state.rows == rows
    assert state.bytes > 0.9 * size, "the table is smaller than the test is about"
    assert state.chunks > 5, "a single chunk would prove nothing"
    assert memory["peak"] < LIMIT_MIB
    assert memory["peak"] - memory["before"] < GROWTH_MIB


def test_a_long_blob_takes_a_few_times_its_length(databases: Callable[..., Databases], tmp_path: Path) -> None:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB)",
        f"INSERT INTO t VALUES (1, REPEAT(UNHEX('00275C0AFF41'), {BLOB_BYTES // 6}))",
    )
    memory = _memory_of_load(made, tmp_path, "load-data")
    same = "SELECT LENGTH(b) AS bytes, SHA2(b, 256) AS hash FROM t"
    assert _answer(made, "source", same) == _answer(made, "target", same)
    assert memory["peak"] - memory["before"] < 8 * BLOB_BYTES / (1 << 20)


def _memory_of_load(made: Databases, folder: Path, style: str) -> dict[str, float]:
    """Load everything in a process of its own; MiB before the first chunk, and at the highest."""
    create_like_source(made, ["t"])
    prepare_load(made)
    settings, memory = folder / "settings.json", folder / "memory.json"
    logins = {"source": made.pair.source_login, "target": made.pair.target_login}
    ends = {
        role: {"host": one.host, "port": one.port, "user": one.user, "password": one.password}
        for role, one in logins.items()
    }
    settings.touch(mode=0o600)
    settings.write_text(
        json.dumps(
            {
                **ends,
                "config": made.config().model_dump(mode="json"),
                "chunk_bytes": CHUNK_BYTES,
                "style": style,
                "memory": str(memory),
            }
        )
    )
    subprocess.run(
        [sys.executable, "-m", "tests.load_process", str(settings)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}"},
        check=True,
    )
    found: dict[str, float] = json.loads(memory.read_text(encoding="utf-8"))
    print(f"memory in MiB: {found}")
    return found


def _answer(made: Databases, role: str, text: str) -> list[dict[str, object]]:
    session = made.source_root if role == "source" else made.target_root
    session.execute(raw("USE ") + identifier(made.name))
    return session.query(raw(text))
