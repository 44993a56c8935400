"""Copies one table from the source to the target as a migration does: plan, first wave, load units, load."""

from __future__ import annotations

from dataclasses import dataclass

from aurora_migration.engine.fullload.loading import LoadContext, load_range
from aurora_migration.engine.fullload.planning import group_units, plan_ranges
from aurora_migration.engine.plan import build_plan, fingerprint
from aurora_migration.engine.schema import create_tables
from aurora_migration.model.chunk import KeyRange, LoadUnit
from aurora_migration.model.config import LoadConfig, MigrationConfig
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import prepare
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import load
from aurora_migration.store.control import Control
from bench.tables import DATABASE, Shape
from local.login import Login
from local.servers import Pair


@dataclass(frozen=True, slots=True)
class Copy:
    """A loaded table: where it is, how it was planned, how many rows arrived."""

    source: Endpoint
    target: Endpoint
    plan: MigrationPlan
    control: Control
    rows: int

    @property
    def data_bytes(self) -> int:
        """The table's `data_length` on the source."""
        return self.plan.tables[0].table.data_bytes


def copy_table(pair: Pair, shape: Shape) -> Copy:
    """Load the table of ``shape`` into the target."""
    source_end, target_end = _endpoint("source", pair.source_login), _endpoint("target", pair.target_login)
    config = MigrationConfig.model_validate(
        {
            "name": f"bench_{shape.name}",
            "source": {"connection": "source"},
            "target": {"connection": "target"},
            "selection": [{"include": f"{DATABASE}.{shape.name}"}],
        }
    )
    control = Control(config.control_schema, config.name)
    with (
        Session.open(source_end) as source,
        Session.open(target_end, local_infile=True) as target,
        RowReader(source_end) as reader,
    ):
        control.ensure(target)
        plan = build_plan(config, RunOptions(), source)
        create_tables(plan, RunOptions(), source, target, lambda _: None)
        (planned,) = plan.tables
        load.save_table(target, control, "run", planned.mapping, fingerprint(planned), 0, 0)
        load.save_units(target, control, group_units(plan_ranges(source, plan.tables, LoadConfig()), LoadConfig()))
        prepare(target)
        context = LoadContext(
            source, reader, target, control, "run", RowStyle.LOAD_DATA, LoadConfig(), lambda _: None
        )
        rows = sum(load_range(context, planned, part).rows for part in load.ranges(target, control))
    return Copy(source_end, target_end, plan, control, rows)


def units(copy: Copy) -> list[LoadUnit]:
    """The load units of a copy, as verification takes them up."""
    with Session.open(copy.target) as target:
        parts: dict[int, list[KeyRange]] = {}
        for number, part in load.ranges_by_unit(target, copy.control):
            parts.setdefault(number, []).append(part)
    return [LoadUnit(number, DATABASE, tuple(ranges)) for number, ranges in sorted(parts.items())]


def _endpoint(role: str, login: Login) -> Endpoint:
    return Endpoint(role, login.host, login.port, login.user, login.password)
