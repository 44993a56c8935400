"""What the engine takes for a mebibyte, a chunk, a key range and a question while planning, on servers that run.

A mebibyte and a chunk are told apart by loading one table twice with chunks of two sizes; a key range is an empty
table. All in this process, one session to each side, as a load unit has them. Beside the time stands the processor
time of both servers and of this process, which other people's work on the machine does not stretch.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aurora_migration.engine.fullload.loading import LoadContext, load_range
from aurora_migration.engine.fullload.planning import table_ranges
from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.schema import create_tables
from aurora_migration.model.config import LoadConfig, MigrationConfig, TargetTablePrepMode
from aurora_migration.model.names import TableMapping
from aurora_migration.model.plan import PlannedTable, RunOptions
from aurora_migration.mysql import catalog
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import prepare
from aurora_migration.sql.quoting import raw
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import load
from aurora_migration.store.control import Control
from bench.tables import DATABASE, WIDE, fill
from local.login import Login
from local.servers import Pair

TABLE_MIB: Final = 96
_MIB: Final = 1 << 20
_EMPTY: Final = 50
_CONFIG = {
    "name": "costs",
    "source": {"connection": "source"},
    "target": {"connection": "target"},
    "selection": [{"include": f"{DATABASE}.*"}],
}


@dataclass(frozen=True, slots=True)
class Sides:
    """Open sessions, and the migration's part of the control schema."""

    source: Session
    reader: RowReader
    target: Session
    control: Control


def measure_engine(pair: Pair, rounds: int) -> dict[str, Any]:
    """Medians over ``rounds``, and every single value."""
    with pair.source.connect() as connection, connection.cursor() as cursor:
        fill(connection, WIDE, TABLE_MIB * _MIB)
        for number in range(_EMPTY):
            cursor.execute(f"CREATE TABLE {DATABASE}.empty{number} (id INT PRIMARY KEY)")
    config = MigrationConfig.model_validate(_CONFIG)
    source_end, target_end = _endpoint("source", pair.source_login), _endpoint("target", pair.target_login)
    cpu: list[dict[str, float]] = []
    found: dict[str, list[float]] = {"large": [], "small": [], "empty": [], "question": [], "catalog": []}
    with (
        Session.open(source_end) as source,
        Session.open(target_end, local_infile=True) as target,
        RowReader(source_end) as reader,
    ):
        sides = Sides(source, reader, target, Control(config.control_schema, config.name))
        sides.control.ensure(target)
        for _ in range(rounds):
            for name, chunk_mib in (("large", 16), ("small", 1)):
                before = _cpu(pair)
                found[name].append(_load(config, sides, "wide", chunk_mib))
                if name == "large":
                    cpu.append({place: used - before[place] for place, used in _cpu(pair).items()})
            found["empty"].append(_load(config, sides, "empty", 16) / _EMPTY)
            found["question"].append(_question(config, sides))
            found["catalog"].append(_catalog(sides))
        size = next(t.table.data_bytes for t in build_plan(config, RunOptions(), source).tables if _is(t, "wide"))
    return {
        "values": found,
        "cpu": cpu,
        "table_mib": size / _MIB,
        "constants": _constants(found, cpu, size / _MIB),
    }


def _constants(found: dict[str, list[float]], cpu: list[dict[str, float]], mebibytes: float) -> dict[str, float]:
    """Two lines through two points: seconds = mebibytes / rate + chunks * cost.

    The rate that is reckoned with is that of the busiest of the three processes: they work at the same time, and
    with cores to spare the slowest decides.
    """
    large, small = (statistics.median(found[name]) for name in ("large", "small"))
    busiest = statistics.median(max(used.values()) for used in cpu)
    return {
        "mib_per_second": mebibytes / busiest,
        "mib_per_second_here": mebibytes / large,
        "chunk_seconds": max(0.0, (small - large) / (mebibytes - mebibytes / 16)),
        "range_seconds": statistics.median(found["empty"]),
        "question_seconds": statistics.median(found["question"]),
        "catalog_seconds_a_table": statistics.median(found["catalog"]),
    }


def _cpu(pair: Pair) -> dict[str, float]:
    """Processor seconds so far, by place."""
    found = {"here": time.process_time()}
    for name, server in (("source", pair.source), ("target", pair.target)):
        fields = Path(f"/proc/{server.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        found[name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def _load(config: MigrationConfig, sides: Sides, tables: str, chunk_mib: int) -> float:
    """Seconds of loading, without plan and schema; the target's tables are made anew."""
    plan = build_plan(config, RunOptions(), sides.source)
    anew = RunOptions(prep_mode=TargetTablePrepMode.DROP_AND_CREATE)
    with Session.open(sides.target.endpoint) as target:
        create_tables(plan, anew, sides.source, target, _forget(sides))
    prepare(sides.target)
    limits = LoadConfig(chunk_mib=chunk_mib)
    context = LoadContext(
        sides.source, sides.reader, sides.target, sides.control, "run", RowStyle.LOAD_DATA, limits, lambda _: None
    )
    seconds = 0.0
    for planned in plan.tables:
        if _is(planned, tables):
            (part,) = table_ranges(sides.source, planned.table, 1 << 50)
            started = time.perf_counter()
            load_range(context, planned, part)
            seconds += time.perf_counter() - started
    return seconds


def _question(config: MigrationConfig, sides: Sides) -> float:
    """Seconds of one question while a table is cut."""
    planned = next(one for one in build_plan(config, RunOptions(), sides.source).tables if _is(one, "wide"))
    before, started = _asked(sides.source), time.perf_counter()
    table_ranges(sides.source, planned.table, 2 * _MIB)
    seconds = time.perf_counter() - started
    return seconds / max(1, _asked(sides.source) - before - 1)


def _catalog(sides: Sides) -> float:
    """Seconds of reading the catalog for each table, in the schema that has most."""
    schema = max(catalog.schema_names(sides.source), key=lambda name: len(catalog.tables(sides.source, name)))
    started = time.perf_counter()
    number = len(catalog.tables(sides.source, schema))
    return (time.perf_counter() - started) / number


def _asked(source: Session) -> int:
    return int(source.query(raw("SHOW SESSION STATUS LIKE 'Questions'"))[0]["Value"])


def _is(planned: PlannedTable, beginning: str) -> bool:
    return planned.mapping.source.name.startswith(beginning)


def _forget(sides: Sides) -> Callable[[Sequence[TableMapping]], None]:
    return lambda mappings: load.forget_chunks(sides.target, sides.control, *(one.source for one in mappings))


def _endpoint(role: str, login: Login) -> Endpoint:
    return Endpoint(role, login.host, login.port, login.user, login.password)
