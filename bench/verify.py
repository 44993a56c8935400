"""Times the verification of rows against CHECKSUM TABLE, in rounds that take turns: ``python -m bench.verify``.

It starts a pair of servers of its own, fills a table on the source, copies it with the engine, and then measures
in every round: CHECKSUM TABLE on both servers one after the other, CHECKSUM TABLE on both at the same time, and
the engine's checksum verification, two load units at once as tasks do. Each table must come out equal.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aurora_migration.engine.verify.rows import VerifyContext, verify_range
from aurora_migration.model.chunk import LoadUnit
from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.report import Verdict
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from aurora_migration.store.chunks import chunks
from bench import page
from bench.copying import Copy, copy_table, units
from bench.tables import DATABASE, SHAPES, Shape, fill
from local.servers import Pair, pair_down, pair_up

RESULT = Path(__file__).parent / "results" / "verify.json"
AT_ONCE = 2  # load units verified at the same time


@dataclass(frozen=True, slots=True)
class Measured:
    """One table's figures; lists hold a value a round, in seconds."""

    table: str
    about: str
    rows: int
    data_bytes: int
    units: int
    checksum_in_turn: list[float]
    checksum_together: list[float]
    verification: list[float]
    checksum_server_cpu: list[float]
    verification_server_cpu: list[float]
    verification_cpu: list[float]


def measure(pair: Pair, shape: Shape, size: int, rounds: int) -> Measured:
    """Fill, copy and time one table."""
    with pair.source.connect() as connection:
        fill(connection, shape, size)
    copy = copy_table(pair, shape)
    parts = units(copy)
    found = Measured(shape.name, shape.about, copy.rows, copy.data_bytes, len(parts), [], [], [], [], [], [])
    _checksum(copy, shape, AT_ONCE)  # what is read for the first time is not measured
    for _ in range(rounds):
        found.checksum_in_turn.append(_timed(lambda: _checksum(copy, shape, 1)))
        before = _server_cpu(pair)
        found.checksum_together.append(_timed(lambda: _checksum(copy, shape, AT_ONCE)))
        between, here = _server_cpu(pair), time.process_time()
        found.verification.append(_timed(lambda: _verify(copy, parts)))
        found.checksum_server_cpu.append(between - before)
        found.verification_server_cpu.append(_server_cpu(pair) - between)
        found.verification_cpu.append(time.process_time() - here)
        print(f"{shape.name}: {found.checksum_together[-1]:.2f} {found.verification[-1]:.2f}", flush=True)
    return found


def _server_cpu(pair: Pair) -> float:
    """Processor seconds of both servers since they started."""
    ticks = 0
    for server in (pair.source, pair.target):
        fields = Path(f"/proc/{server.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _timed(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _checksum(copy: Copy, shape: Shape, at_once: int) -> None:
    def one(end: Endpoint) -> Any:
        with Session.open(end) as session:
            return session.query(raw(f"CHECKSUM TABLE {DATABASE}.{shape.name}"))[0]["Checksum"]

    with ThreadPoolExecutor(at_once) as pool:
        found = list(pool.map(one, (copy.source, copy.target)))
    if found[0] != found[1] or found[0] is None:
        raise RuntimeError(f"CHECKSUM TABLE differs on the two servers: {found}")


def _verify(copy: Copy, parts: list[LoadUnit]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda unit: _verify_unit(copy, unit), parts))


def _verify_unit(copy: Copy, unit: LoadUnit) -> None:
    with Session.open(copy.source) as source, Session.open(copy.target) as target:
        context = VerifyContext(source, target, VerificationLevel.CHECKSUM, lambda _: None)
        for part in unit.ranges:
            recorded = chunks(target, copy.control, part)
            verdict = verify_range(context, copy.plan.table(part.table), part, recorded)
            if verdict.verdict is not Verdict.EQUAL:
                raise RuntimeError(f"{verdict.source} is not equal: {verdict.differences[:3]}")


class PeakMemory:
    """The largest resident size of this process while it verifies, in MiB; reset when made."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")

    @property
    def mib(self) -> float:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.verify", description=__doc__.splitlines()[0])
    parser.add_argument("--size-mib", type=int, default=1024, help="data_length of each table, about")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--buffer-pool", default="2G", help="innodb_buffer_pool_size of each server")
    parser.add_argument("--tables", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--result", type=Path, default=RESULT)
    chosen = parser.parse_args(arguments)
    options = {
        "innodb_buffer_pool_size": chosen.buffer_pool,
        "innodb_flush_log_at_trx_commit": "2",
        "sync_binlog": "0",
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            pair = pair_up(Path(folder), source_options=options, target_options=options)
            peak, size = PeakMemory(), chosen.size_mib << 20
            tables = [measure(pair, SHAPES[name], size, chosen.rounds) for name in chosen.tables]
            found = {
                "machine": page.machine(),
                "load_average": round(os.getloadavg()[1], 1),
                "python": platform.python_version(),
                "mysql": pair.source.dist.version,
                "buffer_pool": chosen.buffer_pool,
                "size_mib": chosen.size_mib,
                "rounds": chosen.rounds,
                "at_once": AT_ONCE,
                "peak_mib": round(peak.mib, 1),
                "tables": [asdict(table) for table in tables],
            }
        finally:
            pair_down(Path(folder))
    chosen.result.parent.mkdir(parents=True, exist_ok=True)
    chosen.result.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(page.table(found))
    if chosen.result == RESULT:
        page.write()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
