"""Runs the full load of a test database in this process, as the load tasks do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aurora_migration.engine.fullload.loading import LoadContext, load_range
from aurora_migration.engine.fullload.planning import group_units, table_ranges
from aurora_migration.engine.plan import build_plan, fingerprint
from aurora_migration.engine.verify.rows import VerifyContext, verify_range
from aurora_migration.model.chunk import KeyRange
from aurora_migration.model.config import LoadConfig, VerificationLevel
from aurora_migration.model.plan import RunOptions
from aurora_migration.model.report import TableVerdict
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import prepare
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import load
from aurora_migration.store.chunks import chunks
from aurora_migration.store.control import Control
from tests.fresh_databases import Databases, endpoint


@dataclass(slots=True)
class Loaded:
    """Chunks and key ranges by table name."""

    chunks: dict[str, int]
    ranges: dict[str, int]


class SmallChunks(LoadConfig):
    """A load configuration whose chunks are smaller than the migration file allows."""

    small_bytes: int = 0

    @property
    def chunk_bytes(self) -> int:
        return self.small_bytes


def control_of(made: Databases) -> Control:
    config = made.config()
    return Control(config.control_schema, config.name)


def plan_of(made: Databases, ranges_of: int = 1 << 40) -> list[KeyRange]:
    """The key ranges of all tables, each of about ``ranges_of`` bytes; ANALYZE makes the estimates fresh."""
    plan = build_plan(made.config(), RunOptions(), made.source)
    made.on_source(*(f"ANALYZE TABLE `{one.table.name.name.replace('`', '``')}`" for one in plan.tables))
    plan = build_plan(made.config(), RunOptions(), made.source)
    return [part for one in plan.tables for part in table_ranges(made.source, one.table, ranges_of)]


def prepare_load(made: Databases, ranges_of: int = 1 << 40) -> None:
    """Plan and store units, as the plan task does."""
    control = control_of(made)
    control.ensure(made.target)
    ranges = plan_of(made, ranges_of)
    plan = build_plan(made.config(), RunOptions(), made.source)
    for one in plan.tables:
        load.save_table(made.target, control, "run", one.mapping, fingerprint(one), 0, 0)
    load.save_units(made.target, control, group_units(ranges, LoadConfig()))


def load_with(made: Databases, wait: Callable[[], float], chunk_bytes: int = 0) -> int:
    """Load every unit, asking ``wait`` before each chunk; the number of chunks."""
    run_load(made, None, chunk_bytes, wait=wait)
    return record_units(made)


def run_load(
    made: Databases,
    settings: LoadConfig | None = None,
    chunk_bytes: int = 0,
    *,
    follows_changes: bool = False,
    wait: Callable[[], float] = lambda: 0.0,
    begun: bool = True,
) -> None:
    """Load every unit with its own sessions, as the load tasks do."""
    settings = settings or LoadConfig()
    limits = SmallChunks(small_bytes=chunk_bytes, **settings.model_dump()) if chunk_bytes else settings
    style = RowStyle.INSERT if settings.method == "insert" else RowStyle.LOAD_DATA
    control = control_of(made)
    target_end = endpoint("target", made.pair.target_login)
    with (
        Session.open(target_end, local_infile=True, several=True) as target,
        RowReader(endpoint("source", made.pair.source_login)) as reader,
    ):
        prepare(target)
        plan = build_plan(made.config(), RunOptions(), made.source)
        context = LoadContext(
            made.source,
            reader,
            target,
            control,
            "run",
            style,
            limits,
            lambda _: None,
            follows_changes=follows_changes,
            wait=wait,
        )
        for part in load.ranges(target, control):
            load_range(context, plan.table(part.table), part, begun=begun)


def load_all(
    made: Databases, settings: LoadConfig | None = None, chunk_bytes: int = 0, ranges_of: int = 1 << 40
) -> Loaded:
    """Plan and load everything; the target's tables must be there."""
    prepare_load(made, ranges_of)
    run_load(made, settings, chunk_bytes)
    states = load.tables(made.target, control_of(made))
    assert all(state.complete for state in states)
    return Loaded(
        {state.mapping.source.name: state.chunks for state in states},
        {state.mapping.source.name: state.ranges for state in states},
    )


def record_units(made: Databases) -> int:
    """How many chunks are recorded."""
    return sum(state.chunks for state in load.tables(made.target, control_of(made)))


def verify_all(made: Databases, level: VerificationLevel = VerificationLevel.CHECKSUM) -> dict[str, TableVerdict]:
    """The verdict on each table, by name; for tables of one key range."""
    plan = build_plan(made.config(), RunOptions(), made.source)
    control = control_of(made)
    context = VerifyContext(made.source, made.target, level, lambda _: None)
    return {
        part.table.name: verify_range(context, plan.table(part.table), part, chunks(made.target, control, part))
        for part in load.ranges(made.target, control)
    }
