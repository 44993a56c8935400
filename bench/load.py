"""Times ways of copying tables side by side, on the same freshly laid target, in rounds that take turns.

``python -m bench.load`` (`make bench`) starts a pair of servers of its own and an Airflow. In every round each
contestant finds the same target, its start moved on by one; what it leaves is compared with the source column by
column, outside its time. Writes bench/results/load.json and, from all that is kept there, docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import load_link, load_verify, page, peers
from bench.airflow_run import WholeRun
from bench.contestants import ENGINE, Contestant
from bench.load_cases import Case, cases, half_of, turns
from bench.load_options import DAG, parsed
from bench.load_tables import Data, fill_data, measured
from bench.processes import FailedError
from bench.stage import FLOOR, Stage, Sums, as_root, missing_indexes, sums, usages, written_mb, wrong
from bench.tables import DATABASE
from local import LocalError
from local.servers import pair_down, pair_up


@dataclass(frozen=True, slots=True)
class Figures:
    """One contestant's run: seconds, what each process used, what it said, what was wrong with what it left."""

    seconds: float
    processes: list[dict[str, Any]]
    said: dict[str, Any]
    wrong: str


@dataclass(frozen=True, slots=True)
class Line:
    """A contestant's runs, one a round; ``failed`` says why there are none."""

    name: str
    about: str
    runs: list[Figures] = field(default_factory=list)
    failed: str = ""


class Bench:
    """The servers, and the Airflow if anybody needs it."""

    def __init__(self, stage: Stage, dag: WholeRun | None) -> None:
        self.stage, self._dag = stage, dag

    def case(self, case: Case) -> dict[str, Any]:
        """Fill the source, and let everybody copy it, round by round."""
        started = time.monotonic()
        expected = self._prepare(case)
        with as_root(self.stage, "source") as cursor:
            size = measured(cursor.connection)
        lines = {one.name: Line(one.name, one.about) for one in case.contestants}
        for number in range(case.rounds):
            for one in turns(case.contestants, number):
                if not lines[one.name].failed:
                    lines[one.name] = self._round(lines[one.name], one, case.data, expected)
        return {
            "name": case.name,
            "data": case.data.name,
            "about": case.data.about,
            **asdict(size),
            "minutes": _minutes(started),
            "contestants": [asdict(line) for line in lines.values()],
        }

    def _prepare(self, case: Case) -> Sums:
        with as_root(self.stage, "source") as cursor:
            fill_data(cursor.connection, case.data, case.size, tables=case.tables)
        self._empty_target()
        if case.needs_floor:
            self._make_floor(case.data)
        self.stage.keep_image()
        return sums(self.stage, "source")

    def _empty_target(self) -> None:
        with as_root(self.stage, "target") as cursor:
            for name in (DATABASE, FLOOR, "aurora_migration"):
                cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute("RESET BINARY LOGS AND GTIDS")

    def _make_floor(self, data: Data) -> None:
        """The rows on the target, without secondary indexes: what it copies to itself."""
        ENGINE.run(self.stage, data)
        with as_root(self.stage, "target") as cursor:
            drop = ", ".join(f"DROP INDEX {index.split()[1]}" for index in data.indexes)
            cursor.execute(f"ALTER TABLE {DATABASE}.{data.name} {drop}")
            cursor.execute(f"CREATE DATABASE {FLOOR}")
            cursor.execute(f"RENAME TABLE {DATABASE}.{data.name} TO {FLOOR}.{data.name}")
            for name in (DATABASE, "aurora_migration"):
                cursor.execute(f"DROP DATABASE {name}")
            cursor.execute("RESET BINARY LOGS AND GTIDS")

    def _round(self, line: Line, one: Contestant, data: Data, expected: Sums) -> Line:
        reason = one.missing()
        if reason:
            return Line(line.name, line.about, line.runs, reason)
        try:
            self.stage.restore()
            if one.warm:
                one.warm(self.stage, data)
            if one.name == DAG and self._dag:
                self._dag.wake()
            written = written_mb(self.stage)
            watched, started = self.stage.watch(), time.perf_counter()
            outcome = one.run(self.stage, data)
        except (FailedError, LocalError) as error:
            print(f"{one.name}: {error}", flush=True)
            return Line(line.name, line.about, line.runs, str(error))
        finally:
            if one.name == DAG and self._dag:
                self._dag.sleep()
        seconds = outcome.said.pop("seconds", None) or time.perf_counter() - started
        outcome.said["written_mb"] = written_mb(self.stage) - written
        used = [asdict(usage) for usage in (*usages(watched), *outcome.processes)]
        found = wrong(self.stage, expected) or missing_indexes(self.stage)
        print(f"{data.name}: {one.name} {seconds:.2f} s {found}", flush=True)
        return Line(line.name, line.about, [*line.runs, Figures(seconds, used, outcome.said, found)])


def measure(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the chosen cases on servers of their own; returns the result."""
    options = {
        "innodb_buffer_pool_size": chosen.buffer_pool,
        "innodb_flush_log_at_trx_commit": "2",
        "sync_binlog": "0",
        "innodb_redo_log_capacity": chosen.redo_log,
    }
    with ExitStack() as stack:
        stack.callback(pair_down, folder)
        pair = pair_up(folder, source_options=options, target_options=options)
        stage = Stage.of(pair, folder / "stage")
        dag = None
        if chosen.airflow and DAG in chosen.contestants and {"wide", "tiny"} & set(chosen.cases):
            dag = WholeRun(folder, pair, chosen.idle_sleep, chosen.parse_interval)
            stack.callback(dag.stop)
            try:
                dag.start()
            except LocalError as error:
                dag.failed = str(error)
                dag.stop()
        bench, found = Bench(stage, dag), _facts(chosen, pair.source.dist.version)
        known = cases(chosen, dag)
        for name in chosen.cases:
            if name in known:
                found["cases"].append(bench.case(known[name]))
                write(chosen.result, found)
        if "verify" in chosen.cases:
            found["verify"] = load_verify.measure(stage, chosen.size_mib << 20, chosen.rounds, local=chosen.local)
        if "link" in chosen.cases:
            found["link"] = load_link.measure(stage, chosen.link_mib << 20, half_of(chosen.rounds))
        found["load_average"]["end"] = round(os.getloadavg()[1], 1)
    return found


def _facts(chosen: argparse.Namespace, version: str) -> dict[str, Any]:
    versions = {}
    found: dict[str, Callable[[], peers.Program]] = {
        "mydumper": lambda: peers.mydumper("mydumper"),
        "pt": peers.pt_table_checksum,
    }
    for name, find in found.items():
        try:
            versions[name] = "" if chosen.local else find().version
        except LocalError as error:
            versions[name] = str(error)
    return {
        "machine": page.machine(),
        "load_average": {"begin": round(os.getloadavg()[1], 1)},
        "python": platform.python_version(),
        "mysql": version,
        "versions": {**versions, "dlt": peers.DLT[0]},
        "rounds": chosen.rounds,
        "size_mib": chosen.size_mib,
        "buffer_pool": chosen.buffer_pool,
        "redo_log": chosen.redo_log,
        "idle_sleep": chosen.idle_sleep,
        "parse_interval": chosen.parse_interval,
        "cases": [],
    }


def write(result: Path, found: dict[str, Any]) -> None:
    """Keep what has been measured so far."""
    result.parent.mkdir(parents=True, exist_ok=True)
    result.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _minutes(started: float) -> float:
    return round((time.monotonic() - started) / 60, 1)


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status."""
    chosen = parsed(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = measure(chosen, Path(folder))
    found["minutes"] = _minutes(started)
    write(chosen.result, found)
    print(page.load_section(found))
    if page.publishes(chosen.result):
        page.write()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
