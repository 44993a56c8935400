"""`bench.load`'s case of a long way: one server behind a line of 50 ms there and back, 100 Mbit/s a connection.

The line is `local.proxy` in a process of its own. Compared are the engine and `mysqldump | mysql`, each with and
without the compressed protocol towards the far server.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from bench.contestants import PYTHON, Outcome, engine, mysqldump
from bench.load_tables import DATA, Data, fill_data, measured
from bench.processes import FailedError
from bench.stage import Stage, as_root, missing_indexes, sums, usages, wrong
from bench.tables import DATABASE
from local import LocalError

ROUND_TRIP_MS: Final = 50
BYTES_PER_SECOND: Final = 12_500_000
_WIDE: Final = DATA["wide"]
_COMPRESSED: Final = ("--compression-algorithms=zlib",)
# Where the far server is, and who copies.
CONTESTANTS: Final[tuple[tuple[str, str, Callable[[Stage, Data], Outcome]], ...]] = (
    ("source", "engine", engine),
    ("source", "engine, compressed", partial(engine, compress="source")),
    ("source", "mysqldump | mysql", mysqldump),
    ("source", "mysqldump | mysql, compressed", partial(mysqldump, options=_COMPRESSED)),
    ("target", "engine", engine),
    ("target", "engine, compressed", partial(engine, compress="target")),
)


def measure(stage: Stage, size: int, rounds: int) -> dict[str, Any]:
    """Copy the wide table over the line, round by round."""
    with as_root(stage, "source") as cursor:
        fill_data(cursor.connection, _WIDE, size)
        facts = measured(cursor.connection)
    with as_root(stage, "target") as cursor:
        for name in (DATABASE, "floor", "aurora_migration"):
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
    stage.keep_image()
    expected = sums(stage, "source")
    lines: list[dict[str, Any]] = [
        {"name": name, "far": far, "runs": [], "failed": ""} for far, name, _ in CONTESTANTS
    ]
    with line_to(stage.source.port) as source, line_to(stage.target.port) as target:
        stages = {"source": stage.through("source", source), "target": stage.through("target", target)}
        for number in range(rounds):
            first = number % len(lines)
            for index in (*range(first, len(lines)), *range(first)):
                far, _, run = CONTESTANTS[index]
                if not lines[index]["failed"]:
                    _round(stages[far], lines[index], run, expected)
    return {
        **asdict(facts),
        "round_trip_ms": ROUND_TRIP_MS,
        "bytes_per_second": BYTES_PER_SECOND,
        "contestants": lines,
    }


@contextmanager
def line_to(port: int) -> Iterator[int]:
    """A long line to a local port; gives the port where it begins."""
    latency = str(ROUND_TRIP_MS / 2)
    command = [sys.executable, "-m", "local.proxy", "--to", str(port), "--latency-ms", latency]
    command += ["--bytes-per-second", str(BYTES_PER_SECOND)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=PYTHON) as proxy:
        try:
            said = proxy.stdout.readline() if proxy.stdout else ""
            if not said.strip().rpartition(":")[2].isdecimal():
                raise LocalError("the proxy did not start")
            yield int(said.strip().rpartition(":")[2])
        finally:
            proxy.terminate()


def _round(stage: Stage, line: dict[str, Any], run: Callable[[Stage, Data], Outcome], expected: Any) -> None:
    try:
        stage.restore()
        watched, started = stage.watch(), time.perf_counter()
        outcome = run(stage, _WIDE)
    except (FailedError, LocalError) as error:
        print(f"{line['name']}: {error}", flush=True)
        line["failed"] = str(error)
        return
    seconds = time.perf_counter() - started
    used = [asdict(usage) for usage in (*usages(watched), *outcome.processes)]
    found = wrong(stage, expected) or missing_indexes(stage)
    print(f"{line['far']} far away: {line['name']} {seconds:.2f} s {found}", flush=True)
    line["runs"].append({"seconds": seconds, "processes": used, "said": outcome.said, "wrong": found})
