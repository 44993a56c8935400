"""Runs the phases of a migration that follows changes in this process, in the order of its tasks.

    begin → create → plan → load → mark_overlap → catch_up → complete → sync, sync, …

``bridge/following.py`` does the same with Airflow's connections; here nothing of Airflow is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aurora_migration.engine.cdc.following import SyncContext, follow, take_apply_lock
from aurora_migration.engine.cdc.lag import source_position
from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.schema import complete_tables, create_tables
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint, SyncResult, SyncState, TableMode, TableSync, Until
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.position import read_facts
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.snapshot import position_before_load
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import load, sync
from aurora_migration.store.control import Control
from tests.fresh_databases import Databases, endpoint
from tests.loads import prepare_load, run_load


def never() -> bool:
    return False


@dataclass(slots=True)
class Migration:
    """The migration of a test database; ``settings`` are those of its ``sync`` part."""

    made: Databases
    settings: dict[str, Any]
    style: RowStyle = RowStyle.LOAD_DATA

    @property
    def config(self) -> MigrationConfig:
        return self.made.config(type="full-load-and-cdc", sync=self.settings)

    @property
    def control(self) -> Control:
        return Control(self.config.control_schema, self.config.name)

    def plan(self) -> MigrationPlan:
        return build_plan(self.config, RunOptions(), self.made.source)

    def begin(self) -> None:
        """Make the control schema and keep the position that changes are followed from."""
        self.control.ensure(self.made.target)
        position, facts = position_before_load(self.made.source), read_facts(self.made.source)
        assert position
        with Session.open(endpoint("target", self.made.pair.target_login)) as target:
            take_apply_lock(target, self.config.name)
            start = Checkpoint(position, facts.by_gtid, facts.uuid, SyncState.LOADING)
            sync.start_checkpoint(target, self.control, start)

    def create(self) -> None:
        """Wave 1: no table has an index beyond the key it is walked by."""
        create_tables(self.plan(), RunOptions(), self.made.source, self.made.target, lambda _: None)

    def prepare_load(self, ranges_of: int = 1 << 40) -> None:
        prepare_load(self.made, ranges_of)

    def load(self, chunk_bytes: int, wait: Callable[[], float] = lambda: 0.0) -> int:
        """Load every table, asking ``wait`` before each chunk; how many chunks that took."""
        run_load(self.made, chunk_bytes=chunk_bytes, follows_changes=True, wait=wait)
        states = load.tables(self.made.target, self.control)
        assert all(state.complete for state in states)
        return sum(state.chunks for state in states)

    def mark_overlap(self) -> None:
        mark_overlap(self.config, self.made.source, self.made.target)

    def catch_up(self) -> SyncResult:
        """Apply what happened during the load; syncs may run from here on."""
        result = self.follow(during_load=True)
        sync.set_state(self.made.target, self.control, SyncState.RUNNING)
        return result

    def complete(self) -> None:
        """Wave 2: unique and other indexes, foreign keys."""
        complete_tables(self.plan(), self.made.source, self.made.target, lambda _: None)

    def follow(
        self, goal: Position | None = None, deadline: Callable[[], bool] = never, *, during_load: bool = False
    ) -> SyncResult:
        pair = self.made.pair
        ends = endpoint("source", pair.source_login), endpoint("target", pair.target_login)
        return follow(context(self.config, *ends, self.style, during_load=during_load), goal, deadline)

    def modes(self) -> dict[str, TableMode]:
        return {name.name: found.mode for name, found in sync.tables(self.made.target, self.control).items()}


def context(
    config: MigrationConfig, source: Endpoint, target: Endpoint, style: RowStyle, *, during_load: bool
) -> SyncContext:
    return SyncContext(source, target, config, "run", style, lambda _: None, during_load=during_load)


def mark_overlap(config: MigrationConfig, source: Session, target: Session) -> None:
    """All chunks are there: what was committed up to now may be in them or not, table by table, just once."""
    control, until = Control(config.control_schema, config.name), Until.of(source_position(source))
    for planned in build_plan(config, RunOptions(), source).tables:
        if planned.table.chunk_key:
            found = TableSync(planned.mapping.source, TableMode.OVERLAP, until)
        else:
            found = TableSync(planned.mapping.source, TableMode.STRICT)
        sync.add_table(target, control, found)
