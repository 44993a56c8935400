"""A test database whose changes are followed: strict from the start, or in the overlap of a load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aurora_migration.engine.cdc.following import SyncContext, follow
from aurora_migration.engine.cdc.lag import source_position
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint, SyncResult, SyncState, TableMode, TableSync, Until
from aurora_migration.mysql.position import read_facts
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import sync
from aurora_migration.store.control import Control
from local.oracle import compare_databases
from tests.fresh_databases import Databases, create_like_source, endpoint
from tests.loads import load_all


@dataclass(slots=True)
class Applied:
    """Both sides hold the same rows of ``tables`` when it is made; `sync` brings the target up to the source."""

    made: Databases
    tables: Sequence[str]
    settings: dict[str, Any] = field(default_factory=dict)
    style: RowStyle = RowStyle.LOAD_DATA
    by_gtid: bool = True

    def __post_init__(self) -> None:
        create_like_source(self.made, self.tables)
        load_all(self.made)
        facts = read_facts(self.made.source)
        position, by_gtid = source_position(self.made.source), self.by_gtid and facts.by_gtid
        start = Checkpoint(position, by_gtid, facts.uuid, SyncState.RUNNING)
        sync.start_checkpoint(self.made.target, self.control, start)
        for name in self.tables:
            self.mode(name, TableMode.STRICT)

    @property
    def config(self) -> MigrationConfig:
        return self.made.config(type="full-load-and-cdc", **self.settings)

    @property
    def control(self) -> Control:
        return Control(self.config.control_schema, self.config.name)

    def mode(self, name: str, mode: TableMode, until: Position | None = None) -> None:
        end = Until.of(until) if until else None
        sync.save_table(self.made.target, self.control, TableSync(TableName(self.made.name, name), mode, end))

    def modes(self) -> dict[str, TableMode]:
        return {name.name: found.mode for name, found in sync.tables(self.made.target, self.control).items()}

    def checkpoint(self) -> Checkpoint:
        found = sync.checkpoint(self.made.target, self.control)
        assert found
        return found

    def sync(self, acknowledged: str = "", deadline: Callable[[], bool] = lambda: False) -> SyncResult:
        pair = self.made.pair
        context = SyncContext(
            endpoint("source", pair.source_login),
            endpoint("target", pair.target_login),
            self.config,
            "run",
            self.style,
            lambda _: None,
            acknowledged=acknowledged,
        )
        return follow(context, None, deadline)

    def assert_equal(self) -> None:
        result = compare_databases(*self.made.oracle_params(), [self.made.name])
        assert result.equal, result
