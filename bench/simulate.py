"""Lets the real planner plan ten terabytes and reckons their load: ``python -m bench.simulate``, without a server.

The units come from `engine.fullload.planning` itself, asked about simulated tables. What they then take is
arithmetic over constants that were measured on real servers and a real Airflow (`bench/results/scaling.json`, made
by ``python -m bench.orchestration``): it says how the work is divided, not what a server of yours can take.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aurora_migration.engine.fullload.planning import cut_tables, group_units
from aurora_migration.model.chunk import KeyRange, LoadUnit
from aurora_migration.model.config import LoadConfig
from aurora_migration.model.plan import PlannedTable
from bench.simulated_tables import GIB, TIB, SimulatedKeys, population

ROOT = Path(__file__).parent.parent
CONSTANTS = Path(__file__).parent / "results" / "scaling.json"
PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- simulation: begin -->", "<!-- simulation: end -->"
WORKERS: Final = (1, 2, 4, 8, 16, 32, 64)
_OTHER_TASKS: Final = 10  # the phases that are one task each
_MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Constants:
    """Measured figures: seconds, mebibytes a second, rows of Airflow's database for each task instance."""

    mib_per_second: float
    chunk_seconds: float
    range_seconds: float
    task_seconds: float
    question_seconds: float
    catalog_seconds_a_table: float
    metadata_rows_a_task: float
    xcom_rows_a_task: float

    @classmethod
    def read(cls, path: Path = CONSTANTS) -> Constants:
        """The file's figures. Raises: FileNotFoundError, KeyError."""
        found = json.loads(path.read_text(encoding="utf-8"))["constants"]
        return cls(**{name: found[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a plan amounts to with a number of workers; hours of the load phase alone."""

    workers: int
    units: int
    hours: float
    longest_worker: float
    shortest_worker: float
    orchestration: float  # part of the workers' time that Airflow takes

    @property
    def speed_up(self) -> float:
        """How many workers' worth of work was done at a time."""
        return self.hours and self.workers * (self.longest_worker + self.shortest_worker) / 2 / self.hours


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan and what making it took."""

    units: tuple[LoadUnit, ...]
    ranges: list[KeyRange]
    seconds: float  # of this process
    questions: int
    keys_read: int

    @property
    def xcom_bytes(self) -> int:
        """What the plan task hands to Airflow, as `operators.load.PlanOperator` makes it."""
        rows = [{"number": unit.number, "label": unit.label, "table": unit.only_table} for unit in self.units]
        return len(json.dumps(rows, ensure_ascii=False).encode())


def plan(tables: Sequence[PlannedTable], keys: SimulatedKeys, load: LoadConfig) -> Plan:
    """Let the planner plan."""
    asked, read, started = keys.questions, keys.keys_read, time.perf_counter()
    ranges = cut_tables(keys, tables, load)
    units = group_units(ranges, load)
    return Plan(units, ranges, time.perf_counter() - started, keys.questions - asked, keys.keys_read - read)


def unit_seconds(unit: LoadUnit, tables: dict[str, PlannedTable], keys: SimulatedKeys, known: Constants) -> float:
    """What a unit takes one worker, by its true rows and not by the planner's estimate of them."""
    total = 0.0
    for part in unit.ranges:
        table = tables[str(part.table)].table
        whole = keys.rank(part.table, None, table.row_estimate)
        rows = keys.rank(part.table, part.upper, whole) - keys.rank(part.table, part.lower, 0)
        mebibytes = table.data_bytes * rows / max(1, table.row_estimate) / _MIB
        chunks = max(1, math.ceil(mebibytes / 16))
        total += mebibytes / known.mib_per_second + chunks * known.chunk_seconds + known.range_seconds
    return total


def outlook(seconds: Sequence[float], workers: int, known: Constants) -> Outlook:
    """Airflow hands out mapped tasks in their order, each to the first worker that is free."""
    free = [0.0] * workers
    for one in seconds:
        heapq.heapreplace(free, free[0] + one + known.task_seconds)
    longest, shortest = max(free) / 3600, min(free) / 3600
    part = known.task_seconds * len(seconds) / (known.task_seconds * len(seconds) + sum(seconds))
    return Outlook(workers, len(seconds), longest, longest, shortest, part)


def simulate(seed: int, tables: int, total: int, largest: int, known: Constants) -> dict[str, Any]:
    """Plan for each number of workers and reckon the load."""
    planned, keys = population(seed, tables, total, largest)
    by_name = {str(one.table.name): one for one in planned}
    outlooks, plans = [], []
    for workers in WORKERS:
        made = plan(planned, keys, LoadConfig(parallel_units=workers))
        seconds = [unit_seconds(unit, by_name, keys, known) for unit in made.units]
        outlooks.append(outlook(seconds, workers, known))
        plans.append((made, seconds))
    made, seconds = plans[-1]
    tasks = 2 * len(made.units) + _OTHER_TASKS
    return {
        "outlooks": outlooks,
        "units": len(made.units),
        "ranges": len(made.ranges),
        "ranges_of_largest": sum(part.table == planned[0].table.name for part in made.ranges),
        "longest_unit_hours": max(seconds) / 3600,
        "mean_unit_hours": sum(seconds) / len(seconds) / 3600,
        "chunks": sum(max(1, math.ceil(one.byte_estimate / (16 * _MIB))) for one in made.ranges),
        "tasks": tasks,
        "xcom_bytes": made.xcom_bytes,
        "xcom_rows": round(known.xcom_rows_a_task * tasks),
        "metadata_rows": round(known.metadata_rows_a_task * tasks),
        "questions": made.questions,
        "keys_read": made.keys_read,
        "planner_seconds": made.seconds,
        "question_minutes": made.questions * known.question_seconds / 60,
        "catalog_minutes": tables * known.catalog_seconds_a_table / 60,
    }


def words(found: dict[str, Any], seed: int, known: Constants) -> str:
    """The tables of docs/scaling.md."""
    facts = (
        ("Load units", f"{found['units']:,} (Airflow maps over 1,024 at most)"),
        ("Key ranges", f"{found['ranges']:,}, {found['ranges_of_largest']:,} of them of the table of 4 TiB"),
        ("Longest unit over the mean", f"{found['longest_unit_hours'] / found['mean_unit_hours']:.2f}"),
        ("Task instances of the run", f"{found['tasks']:,}"),
        ("Chunks", f"{found['chunks']:,}"),
        ("What the plan hands to Airflow (XCom)", f"{found['xcom_bytes'] / 1024:.0f} KiB in one value"),
        ("XCom rows of the run", f"{found['xcom_rows']:,}"),
        ("Rows in Airflow's database, all tables", f"{found['metadata_rows']:,}"),
        ("Questions to the source while planning", f"{found['questions']:,}, {found['keys_read']:,} keys read"),
        (
            "Planning",
            f"{found['question_minutes']:.1f} min for the questions, {found['planner_seconds']:.1f} s here",
        ),
    )
    lines = [f"Seed {seed}; planned for 64 workers.", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in facts]
    lines += [
        "",
        "| Workers | Units | Load, hours | Least busy worker, hours | Airflow's part of it |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.workers} | {one.units:,} | {one.hours:.1f} | {one.shortest_worker:.1f} | "
        f"{one.orchestration:.2%} |"
        for one in found["outlooks"]
    ]
    rate = known.mib_per_second
    lines += ["", f"Each worker at {rate:.1f} MiB/s, which holds only while neither server is at its limit."]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulate", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tables", type=int, default=20_000)
    parser.add_argument("--tib", type=float, default=10)
    parser.add_argument("--largest-tib", type=float, default=4)
    parser.add_argument("--mib-per-second", type=float, help="of one worker, instead of what was measured here")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.relative_to(ROOT)}")
    chosen = parser.parse_args(arguments)
    known = Constants.read()
    if chosen.mib_per_second:
        known = Constants(**{**_as_dict(known), "mib_per_second": chosen.mib_per_second})
    total, largest = round(chosen.tib * TIB), round(chosen.largest_tib * TIB)
    text = words(simulate(chosen.seed, chosen.tables, total, max(GIB, largest), known), chosen.seed, known)
    print(text)
    if chosen.write:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        tail = rest.partition(END)[2]
        PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")
    return 0


def _as_dict(known: Constants) -> dict[str, float]:
    return {name: getattr(known, name) for name in Constants.__slots__}


if __name__ == "__main__":
    raise SystemExit(main())
