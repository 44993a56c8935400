"""`bench.load`'s case of proving: the engine's verification, CHECKSUM TABLE and pt-table-checksum.

The target was loaded once, by the engine. Each must find equal tables. All run on both servers at the same time,
but pt-table-checksum as people use it, for which the target is a replica while it runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, Final

from bench import peer_replica, peers
from bench.contestants import ENGINE, Outcome, engine_process
from bench.load_tables import DATA, fill_data, measured
from bench.peer_replica import BOOKS
from bench.processes import Command, FailedError, run
from bench.stage import Stage, as_root, usages
from bench.tables import DATABASE

ROLES: Final = ("source", "target")
_WIDE: Final = DATA["wide"]
_CHUNK_ROWS: Final = 50_000  # the same chunks on both sides, so that their sums can be compared
_SUMS: Final = (
    f"SELECT chunk, lower_boundary, upper_boundary, this_cnt, this_crc FROM {BOOKS}.checksums ORDER BY tbl, chunk"
)


def verification(stage: Stage) -> Outcome:
    """This project's verification at level `checksum` (SHA-256 of each row), two load units at a time."""
    return engine_process(stage, "verify")


def checksum_table(stage: Stage) -> Outcome:
    """`CHECKSUM TABLE` (a CRC32 of stored bytes): one number a table, which cannot say where tables differ."""

    def one(role: str) -> Any:
        with as_root(stage, role) as cursor:
            cursor.execute(f"CHECKSUM TABLE {DATABASE}.{_WIDE.name}")
            return (cursor.fetchone() or (None, None))[1]

    with ThreadPoolExecutor(2) as pool:
        _equal(list(pool.map(one, ROLES)))
    return Outcome([])


def pt_table_checksum(stage: Stage) -> Outcome:
    """Percona's `pt-table-checksum` (CRC32) as its manual has it, with its own defaults: on the source, and the
    target, for the time being its replica, repeats each statement. Making it one is not in its time."""
    seconds, used = peer_replica.check(stage)
    return Outcome(used, {"seconds": seconds})


def pt_two_at_once(stage: Stage) -> Outcome:
    """Two of them, each on one server and without replication, chunks of 50,000 rows: no way of using it that its
    manual knows, but the fastest that it could be."""
    program = peers.pt_table_checksum()

    def one(role: str) -> Any:
        server = stage.pair.source if role == "source" else stage.pair.target
        options = (
            f"F={server.defaults_file}",
            f"--databases={DATABASE}",
            "--recursion-method=none",
            "--no-check-binlog-format",
            "--chunk-time=0",
            f"--chunk-size={_CHUNK_ROWS}",
            "--quiet",
        )
        used, _ = run(Command(f"pt-table-checksum, {role}", (*program.words, *options), program.environment))
        with as_root(stage, role) as cursor:
            cursor.execute(_SUMS)
            return used, cursor.fetchall()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one, ROLES))
    _equal([sums for _, sums in found])
    return Outcome([usage for used, _ in found for usage in used])


CONTESTANTS: Final[dict[str, Callable[[Stage], Outcome]]] = {
    "verification": verification,
    "CHECKSUM TABLE": checksum_table,
    "pt-table-checksum": pt_table_checksum,
    "pt-table-checksum, two at once": pt_two_at_once,
}
_FETCHED: Final = frozenset({"pt-table-checksum", "pt-table-checksum, two at once"})


def measure(stage: Stage, size: int, rounds: int, *, local: bool = False) -> dict[str, Any]:
    """Load the wide table, and let everybody prove it, after a round that is not counted."""
    with as_root(stage, "source") as cursor:
        fill_data(cursor.connection, _WIDE, size)
        facts = measured(cursor.connection)
    with as_root(stage, "target") as cursor:
        for name in (DATABASE, "aurora_migration"):
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
    ENGINE.run(stage, _WIDE)
    lines: list[dict[str, Any]] = [
        {"name": name, "about": one.__doc__, "runs": [], "failed": ""} for name, one in CONTESTANTS.items()
    ]
    for line in lines:
        if local and line["name"] in _FETCHED:
            line["failed"] = "left out by --local"
    for number in range(rounds + 1):
        first = number % len(lines)
        for line in (*lines[first:], *lines[:first]):
            if not line["failed"]:
                _round(stage, line, counted=number > 0)
    return {**asdict(facts), "contestants": lines}


def _round(stage: Stage, line: dict[str, Any], *, counted: bool) -> None:
    for role in ROLES:
        with as_root(stage, role) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {BOOKS}")
    watched, started = stage.watch(), time.perf_counter()
    try:
        reason = peers.reason(peers.pt_table_checksum) if line["name"] in _FETCHED else ""
        if reason:
            raise FailedError(reason)
        outcome = CONTESTANTS[line["name"]](stage)
    except FailedError as error:
        print(f"{line['name']}: {error}", flush=True)
        line["failed"] = str(error)
        return
    seconds = outcome.said.pop("seconds", None) or time.perf_counter() - started
    print(f"proof: {line['name']} {seconds:.2f} s", flush=True)
    if counted:
        used = [asdict(usage) for usage in (*usages(watched), *outcome.processes)]
        line["runs"].append({"seconds": seconds, "processes": used, "said": outcome.said, "wrong": ""})


def _equal(found: list[Any]) -> None:
    if not found[0] or found[0] != found[1]:
        raise FailedError(f"does not find the tables equal: {str(found)[:300]}")
