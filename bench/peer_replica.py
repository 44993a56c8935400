"""pt-table-checksum as its manual has it: run on the source, and repeated on the target by replication.

The target is made a replica of the source for as long as a round takes; both hold equal tables by then, and it
follows from where the source is at that moment.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bench import peers
from bench.processes import Command, FailedError, Usage, run
from bench.stage import Stage, as_root
from bench.tables import DATABASE

BOOKS: Final = "percona"  # the schema of its own tables
_RUNNING_SECONDS: Final = 30
_SUMS: Final = f"SELECT COUNT(*), SUM(this_cnt) FROM {BOOKS}.checksums"


def check(stage: Stage) -> tuple[float, list[Usage]]:
    """Its seconds, from its start to its end, which comes when the replica has all sums, and its process.

    Raises: FailedError if it does not find the tables equal: then its exit status is not 0.
    """
    program = peers.pt_table_checksum()
    options = (
        f"F={stage.pair.source.defaults_file}",
        f"--databases={DATABASE}",
        f"--recursion-method=dsn=D={BOOKS},t=dsns",
        "--no-check-binlog-format",
        "--quiet",
    )
    with _replica(stage):
        started = time.perf_counter()
        used, said = run(Command("pt-table-checksum", (*program.words, *options), program.environment))
        seconds = time.perf_counter() - started
        with as_root(stage, "target") as cursor:
            cursor.execute(_SUMS)
            chunks, rows = cursor.fetchone() or (0, 0)
    if not chunks or not rows:
        raise FailedError(f"has compared nothing: {said[-300:]}")
    return seconds, used


@contextmanager
def _replica(stage: Stage) -> Iterator[None]:
    source = stage.pair.source
    with as_root(stage, "source") as cursor:
        cursor.execute("SHOW BINARY LOG STATUS")
        file, offset = (cursor.fetchone() or ("", 0))[:2]
    with as_root(stage, "target") as cursor:
        cursor.execute(
            "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = %s, SOURCE_USER = %s, "
            "SOURCE_PASSWORD = %s, SOURCE_SSL = 1, SOURCE_LOG_FILE = %s, SOURCE_LOG_POS = %s",
            (source.port, source.root_login.user, source.root_login.password, file, offset),
        )
        cursor.execute("START REPLICA")
    try:
        _until_running(stage)
        with as_root(stage, "source") as cursor:
            cursor.execute(f"CREATE DATABASE {BOOKS}")
            cursor.execute(
                f"CREATE TABLE {BOOKS}.dsns (id INT PRIMARY KEY, parent_id INT, dsn VARCHAR(255) NOT NULL)"
            )
            target = f"F={stage.pair.target.defaults_file}"
            cursor.execute(f"INSERT INTO {BOOKS}.dsns VALUES (1, NULL, %s)", (target,))
        yield
    finally:
        with as_root(stage, "target") as cursor:
            cursor.execute("STOP REPLICA")
            cursor.execute("RESET REPLICA ALL")


def _until_running(stage: Stage) -> None:
    deadline = time.monotonic() + _RUNNING_SECONDS
    with as_root(stage, "target") as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT SERVICE_STATE FROM performance_schema.replication_connection_status")
            if cursor.fetchone() == ("ON",):
                return
            time.sleep(0.1)
    raise FailedError("the target does not replicate from the source")
