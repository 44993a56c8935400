"""This project's engine in processes as tasks have them: ``python -m bench.engine_process load|verify FILE``.

One process plans, makes the tables, and at the end the indexes; the load units go to worker processes, each with
sessions of its own for every unit. Prints what each phase took and what each worker used as JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from aurora_migration.engine.fullload.loading import LoadContext, load_range
from aurora_migration.engine.fullload.planning import group_units, plan_ranges
from aurora_migration.engine.plan import build_part, build_plan, fingerprint
from aurora_migration.engine.schema import complete_tables, create_tables
from aurora_migration.engine.verify.rows import VerifyContext, verify_range
from aurora_migration.model.config import MigrationConfig, VerificationLevel
from aurora_migration.model.plan import RunOptions
from aurora_migration.model.report import Verdict
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import local_infile_allowed, prepare
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import load
from aurora_migration.store.chunks import chunks
from aurora_migration.store.control import Control
from bench.processes import status_mib

MIGRATION: Final = "bench_load"


@dataclass(frozen=True, slots=True)
class Work:
    """What every process of it needs to know; ``options`` may go to another process."""

    options: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(json.loads(path.read_text(encoding="utf-8")))

    @property
    def workers(self) -> int:
        return int(self.options["workers"])

    def end(self, role: str) -> Endpoint:
        return Endpoint(role, **self.options[role])

    @property
    def config(self) -> MigrationConfig:
        return MigrationConfig.model_validate(
            {
                "name": MIGRATION,
                "source": {"connection": "source"},
                "target": {"connection": "target"},
                "selection": [{"include": f"{self.options['database']}.*"}],
                "load": {"parallel_units": self.workers},
            }
        )

    @property
    def control(self) -> Control:
        return Control(self.config.control_schema, MIGRATION)

    @contextmanager
    def sessions(self, *, several: bool = False) -> Iterator[tuple[Session, Session]]:
        with (
            Session.open(self.end("source"), several=several) as source,
            Session.open(self.end("target"), local_infile=several, several=several) as target,
        ):
            yield source, target


def plan_and_create(work: Work) -> list[int]:
    """The tables with their first key, and the units; returns the units' numbers."""
    with Session.open(work.end("target"), several=True) as target:
        work.control.ensure(target)
    with work.sessions() as (source, target):
        plan = build_plan(work.config, RunOptions(), source)
        create_tables(plan, RunOptions(), source, target, lambda _: None, work.workers)
        facts = [
            load.TableFacts(one.mapping, fingerprint(one), one.table.row_estimate, one.table.data_bytes)
            for one in plan.tables
        ]
        load.save_tables(target, work.control, "run", facts)
        units = group_units(plan_ranges(source, plan.tables, work.config.load), work.config.load)
        load.save_units(target, work.control, units)
    return [unit.number for unit in units]


def load_unit(work: Work, unit: int) -> dict[str, Any]:
    """Load one unit in a worker; returns what the worker has used so far."""
    with (
        RowReader(work.end("source"), ahead=True) as reader,
        work.sessions(several=True) as (source, target),
    ):
        ranges = load.ranges(target, work.control, unit)
        names = {part.table for part in ranges}
        plan = build_part(work.config, RunOptions(), source, names)
        known = load.fingerprints(target, work.control, names)
        if known != {one.mapping.source: fingerprint(one) for one in plan.tables}:
            raise RuntimeError("a table has changed since it was planned")
        style = RowStyle.LOAD_DATA if local_infile_allowed(target) else RowStyle.INSERT
        prepare(target)
        context = LoadContext(source, reader, target, work.control, "run", style, work.config.load, lambda _: None)
        begun = load.begun_ranges(target, work.control, unit)
        for part in ranges:
            load_range(context, plan.table(part.table), part, begun=(part.table, part.number) in begun)
    return _used()


def complete(work: Work) -> None:
    """The secondary indexes, and fresh statistics."""
    with work.sessions() as (source, target):
        plan = build_plan(work.config, RunOptions(), source)
        complete_tables(plan, source, target, lambda _: None, work.workers)


def verify_unit(work: Work, unit: int) -> dict[str, Any]:
    """Compare one unit's rows by checksum. Raises: RuntimeError unless all are equal."""
    with work.sessions() as (source, target):
        plan = build_plan(work.config, RunOptions(), source)
        context = VerifyContext(source, target, VerificationLevel.CHECKSUM, lambda _: None)
        for part in load.ranges(target, work.control, unit):
            recorded = chunks(target, work.control, part)
            verdict = verify_range(context, plan.table(part.table), part, recorded)
            if verdict.verdict is not Verdict.EQUAL:
                raise RuntimeError(f"{verdict.source} is not equal: {verdict.differences[:3]}")
    return _used()


def spread(work: Work, action: Callable[[Work, int], dict[str, Any]], units: list[int]) -> list[dict[str, Any]]:
    """Let the workers take unit by unit; returns each worker's usage. Forked while no connection is open."""
    context = multiprocessing.get_context("fork")
    used: dict[int, dict[str, Any]] = {}
    with ProcessPoolExecutor(work.workers, mp_context=context) as pool:
        for one in pool.map(action, [work] * len(units), units):
            used[one["pid"]] = one
    return list(used.values())


def units_of(work: Work) -> list[int]:
    """The numbers of the units that have been loaded."""
    with Session.open(work.end("target")) as target:
        return sorted({number for number, _ in load.ranges_by_unit(target, work.control)})


def _used() -> dict[str, Any]:
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return {"pid": os.getpid(), "cpu": mine.ru_utime + mine.ru_stime, "mib": status_mib("self", "VmHWM")}


def main(what: str, path: Path) -> None:
    work, phases, started = Work.read(path), {}, time.perf_counter()
    if what == "load":
        units = plan_and_create(work)
        phases["plan"], started = time.perf_counter() - started, time.perf_counter()
        workers = spread(work, load_unit, units)
        phases["load"], started = time.perf_counter() - started, time.perf_counter()
        complete(work)
        phases["indexes"] = time.perf_counter() - started
    else:
        units = units_of(work)
        workers = spread(work, verify_unit, units)
        phases["verify"] = time.perf_counter() - started
    print(json.dumps({"units": len(units), "phases": phases, "workers": workers}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
