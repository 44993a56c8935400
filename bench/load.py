"""Times ways of copying tables side by side, on the same freshly laid target, in rounds that take turns.

``python -m bench.load`` (`make bench`) starts a pair of servers of its own and an Airflow. In every round each
contestant finds the same target, its start moved on by one; what it leaves is compared with the source column by
column, outside its time. Writes bench/results/load.json and, from it, docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from bench import load_link, load_verify, page, peers
from bench.airflow_run import WholeRun
from bench.contestants import ENGINE, EVERYBODY, Contestant, left_out
from bench.load_tables import DATA, TINY, TINY_TABLES, Data, fill_data, measured
from bench.processes import FailedError
from bench.stage import FLOOR, Stage, Sums, as_root, missing_indexes, sums, usages, wrong
from bench.tables import DATABASE
from local import LocalError
from local.servers import pair_down, pair_up

RESULT: Final = Path(__file__).parent / "results" / "load.json"
CASES: Final = ("everybody", "wide", "growth", "narrow", "skewed", "tiny", "verify", "link")
_DAG: Final = "whole DAG run"


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


@dataclass(frozen=True, slots=True)
class Case:
    """What is copied by whom."""

    name: str
    data: Data
    size: int
    contestants: tuple[Contestant, ...]
    rounds: int = 1
    tables: int = TINY_TABLES


class Bench:
    """The servers, and the Airflow if anybody needs it."""

    def __init__(self, stage: Stage, dag: WholeRun | None) -> None:
        self.stage, self._dag = stage, dag

    def case(self, case: Case) -> dict[str, Any]:
        """Fill the source, and let everybody copy it, round by round."""
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
            "contestants": [asdict(line) for line in lines.values()],
        }

    def _prepare(self, case: Case) -> Sums:
        with as_root(self.stage, "source") as cursor:
            fill_data(cursor.connection, case.data, case.size, tables=case.tables)
        self._empty_target()
        if case.data.shape is not None:
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
            if one.name == _DAG and self._dag:
                self._dag.wake()
            watched, started = self.stage.watch(), time.perf_counter()
            outcome = one.run(self.stage, data)
        except (FailedError, LocalError) as error:
            print(f"{one.name}: {error}", flush=True)
            return Line(line.name, line.about, line.runs, str(error))
        finally:
            if one.name == _DAG and self._dag:
                self._dag.sleep()
        seconds = outcome.said.pop("seconds", None) or time.perf_counter() - started
        used = [asdict(usage) for usage in (*usages(watched), *outcome.processes)]
        found = wrong(self.stage, expected) or missing_indexes(self.stage)
        print(f"{data.name}: {one.name} {seconds:.2f} s {found}", flush=True)
        return Line(line.name, line.about, [*line.runs, Figures(seconds, used, outcome.said, found)])


def turns(contestants: Sequence[Contestant], number: int) -> Iterator[Contestant]:
    """All of them, beginning with another one in every round."""
    first = number % len(contestants)
    yield from (*contestants[first:], *contestants[:first])


def cases(chosen: argparse.Namespace, dag: WholeRun | None) -> dict[str, Case]:
    """All cases of copying. The slow take part in the small one only; what has no goal has half the rounds."""
    size, small, rounds, half = (
        chosen.size_mib << 20,
        chosen.small_mib << 20,
        chosen.rounds,
        half_of(chosen.rounds),
    )
    whole = (Contestant(_DAG, WholeRun.run.__doc__ or "", dag.run, missing=lambda: dag.failed),) if dag else ()
    everybody = tuple(left_out(one) if chosen.local and one.fetched else one for one in EVERYBODY)
    fast = tuple(one for one in everybody if not one.slow)
    wide, narrow, skewed, tiny = DATA["wide"], DATA["narrow"], DATA["skewed"], DATA[TINY]

    def takes(data: Data) -> tuple[Contestant, ...]:
        return tuple(one for one in fast if data.name in one.data)

    found = (
        Case("everybody", wide, small, everybody, rounds),
        Case("wide", wide, size, (*fast, *whole), rounds),
        Case("growth", wide, size // 10, (ENGINE,), rounds),
        Case("narrow", narrow, small, takes(narrow), half),
        Case("skewed", skewed, small, takes(skewed), half),
        Case("tiny", tiny, 0, (*takes(tiny), *whole), half, chosen.tiny_tables),
    )
    return {case.name: case for case in found}


def half_of(rounds: int) -> int:
    """Half as many, at least one."""
    return max(1, rounds // 2)


def measure(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the chosen cases on servers of their own; returns the result."""
    options = {
        "innodb_buffer_pool_size": chosen.buffer_pool,
        "innodb_flush_log_at_trx_commit": "2",
        "sync_binlog": "0",
        "innodb_redo_log_capacity": "1G",
    }
    with ExitStack() as stack:
        stack.callback(pair_down, folder)
        pair = pair_up(folder, source_options=options, target_options=options)
        stage = Stage.of(pair, folder / "stage")
        dag = None
        if chosen.airflow and {"wide", "tiny"} & set(chosen.cases):
            dag = WholeRun(folder, pair)
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
            found["link"] = load_link.measure(stage, chosen.small_mib << 20, half_of(chosen.rounds))
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
        "small_mib": chosen.small_mib,
        "buffer_pool": chosen.buffer_pool,
        "cases": [],
    }


def write(result: Path, found: dict[str, Any]) -> None:
    """Keep what has been measured so far."""
    result.parent.mkdir(parents=True, exist_ok=True)
    result.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__.splitlines()[0])
    made.add_argument("--size-mib", type=int, default=256, help="data_length of the wide table, about")
    made.add_argument("--small-mib", type=int, default=16, help="size where slow contestants take part")
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--buffer-pool", default="2G", help="innodb_buffer_pool_size of each server")
    made.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    made.add_argument("--tiny-tables", type=int, default=TINY_TABLES)
    made.add_argument("--no-airflow", dest="airflow", action="store_false", help="leave out the whole DAG run")
    made.add_argument("--local", action="store_true", help="leave out peers that have to be fetched")
    made.add_argument("--result", type=Path, default=RESULT)
    return made


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status."""
    chosen = parser().parse_args(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = measure(chosen, Path(folder))
    found["minutes"] = round((time.monotonic() - started) / 60, 1)
    write(chosen.result, found)
    print(page.load_section(found))
    if chosen.result == RESULT:
        page.write()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
