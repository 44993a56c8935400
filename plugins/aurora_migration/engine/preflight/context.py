"""Everything a check may look at: the two servers, the plan, the run's options, and facts that span them.

A side that could not be reached, or a plan that could not be made, is a finding of its own; whoever asks for it
here gets `NotReadyError`, which skips the check. Facts are read once, at first use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from aurora_migration.engine.preflight import scope
from aurora_migration.engine.preflight.scope import ForeignKey, Reference, StoredObject
from aurora_migration.engine.preflight.server import Server
from aurora_migration.model.config import MigrationConfig, TargetTablePrepMode
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable, RunOptions
from aurora_migration.model.sync import Checkpoint
from aurora_migration.model.table import Table
from aurora_migration.mysql import catalog
from aurora_migration.mysql.programs import ViewText, view_text
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement


class NotReadyError(Exception):
    """A check needs a side or a plan that there is not; the reason has its own finding."""


class Context:
    """What is known when the checks run; each part may be missing."""

    def __init__(
        self,
        options: RunOptions,
        source: Server | None,
        target: Server | None,
        plan: MigrationPlan | None,
        already_loaded: Callable[[Session], frozenset[str]],
        checkpoint: Callable[[Session], Checkpoint | None] | None = None,
    ) -> None:
        self.options = options
        self._source = source
        self._target = target
        self._plan = plan
        self._already_loaded = already_loaded
        self._checkpoint = checkpoint

    @property
    def source(self) -> Server:
        if self._source is None:
            raise NotReadyError("the source")
        return self._source

    @property
    def target(self) -> Server:
        if self._target is None:
            raise NotReadyError("the target")
        return self._target

    @property
    def servers(self) -> tuple[Server, ...]:
        """The sides that could be reached."""
        return tuple(server for server in (self._source, self._target) if server is not None)

    @property
    def plan(self) -> MigrationPlan:
        if self._plan is None:
            raise NotReadyError("the plan")
        return self._plan

    @property
    def config(self) -> MigrationConfig:
        return self.plan.config

    @property
    def follows_changes(self) -> bool:
        """Whether this project's engine is to keep the target up to date, from the binlog or by checksums."""
        config = self.config
        return config.follows_changes and (config.cdc_engine or config.engine) == "native"

    @property
    def follows_binlog(self) -> bool:
        """Whether changes are to be read from the source's binlog by this project's engine."""
        return self.follows_changes and self.config.sync.strategy == "binlog"

    @property
    def reads_binlog(self) -> bool:
        """As `follows_binlog`, on a source that has one; that there is none has its own finding."""
        return self.follows_binlog and self.source.is_on("log_bin")

    @cached_property
    def planned(self) -> Mapping[TableName, PlannedTable]:
        """The plan's tables by source name."""
        return {table.mapping.source: table for table in self.plan.tables}

    @cached_property
    def source_names(self) -> Mapping[TableName, str]:
        """Every table and view of the schemas that the selection touches, with the server's comment on it."""
        session = self.source.session
        schemas = tuple(s for s in catalog.schema_names(session) if self.config.selects_schema(s))
        return {name: row["comment"] for name, row in _names(session, schemas)}

    @cached_property
    def target_schemas(self) -> tuple[str, ...]:
        """Schemas that the plan writes to, the control schema not among them."""
        of_tables = {table.target.schema for table in self.plan.tables}
        return tuple(sorted(of_tables | {self.config.target_schema(name) for name in self.plan.whole_schemas}))

    @cached_property
    def loaded(self) -> frozenset[str]:
        """Target tables whose load this migration has recorded, as ``schema.table``."""
        return self._already_loaded(self.target.session)

    @cached_property
    def checkpoint(self) -> Checkpoint | None:
        """Where an earlier run has to go on from; None also where this run begins anew with every table."""
        options = self.options
        anew = options.prep_mode is not TargetTablePrepMode.DO_NOTHING and not options.tables
        return self._checkpoint(self.target.session) if self._checkpoint is not None and not anew else None

    @cached_property
    def objects(self) -> tuple[StoredObject, ...]:
        """Views, routines, triggers and events that come along."""
        return scope.stored_objects(self.source.session, self.plan)

    @cached_property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """Foreign keys of the plan's tables."""
        found = scope.foreign_keys(self.source.session, self.plan.schemas)
        return tuple(key for key in found if key.child in self.planned)

    @cached_property
    def source_histograms(self) -> tuple[str, ...]:
        """Columns of the plan's tables that have a histogram, as ``schema.table.column``."""
        if not self.plan.schemas:
            return ()
        rows = self.source.session.query(statement("preflight/histograms"), {"schemas": self.plan.schemas})
        return tuple(
            f"{row['schema_name']}.{row['table_name']}.{row['column_name']}"
            for row in rows
            if TableName(row["schema_name"], row["table_name"]) in self.planned
        )

    @cached_property
    def view_references(self) -> tuple[Reference, ...]:
        """What the views that come along use."""
        views = [one for one in self.objects if one.kind == "view"]
        return scope.view_references(self.source.session, views)

    @cached_property
    def suspect_views(self) -> Mapping[TableName, ViewText]:
        """Views that come along and may not be usable or readable, as SHOW CREATE VIEW finds them now.

        One that the dictionary calls sound has the comment VIEW; what it calls broken is looked at before it is
        believed. Text with JSON_TABLE is the one kind that the server refuses to show.
        """
        views = [one for one in self.objects if one.kind == "view"]
        suspects = [
            one.name
            for one in views
            if self.source_names.get(one.name, "VIEW") != "VIEW" or "json_table(" in one.text.lower()
        ]
        return {name: view_text(self.source.session, name) for name in suspects}

    @property
    def broken_views(self) -> Mapping[TableName, str]:
        """Views that come along and do not work, with the server's complaint."""
        return {name: found.broken for name, found in self.suspect_views.items() if found.broken}

    @cached_property
    def target_tables(self) -> Mapping[TableName, Table]:
        """Base tables that are on the target in the plan's schemas, by name as the target compares names."""
        found = (t for name in self.target_schemas for t in catalog.tables(self.target.session, name))
        return {self.on_target(table.name): table for table in found}

    @cached_property
    def target_names(self) -> Mapping[TableName, str]:
        """Kind (BASE TABLE, VIEW) of every table and view of the plan's schemas on the target."""
        found = _names(self.target.session, self.target_schemas)
        return {self.on_target(name): row["kind"] for name, row in found}

    @cached_property
    def target_names_elsewhere(self) -> Mapping[TableName, str]:
        """As `target_names`, for all schemas of the target that the plan's objects refer to."""
        used = {key.parent for key in self.foreign_keys} | {one.name for one in self.view_references}
        schemas = {self.config.target_name(name).schema for name in used} | set(self.target_schemas)
        found = _names(self.target.session, tuple(sorted(schemas)))
        return {self.on_target(name): row["kind"] for name, row in found}

    def on_target(self, name: TableName) -> TableName:
        """A target name in a form that is equal for names which are one table on the target."""
        return TableName(self.target.same_name(name.schema), self.target.same_name(name.name))

    def existing(self, planned: PlannedTable) -> Table | None:
        """The table that already is where a planned table goes, if there is one."""
        return self.target_tables.get(self.on_target(planned.target))

    def is_loaded(self, planned: PlannedTable) -> bool:
        """Whether this migration has already loaded (part of) a planned table."""
        return str(planned.target) in self.loaded


def _names(session: Session, schemas: tuple[str, ...]) -> Iterator[tuple[TableName, dict[str, Any]]]:
    if schemas:
        for row in session.query(statement("preflight/tables_and_views"), {"schemas": schemas}):
            yield TableName(row["schema_name"], row["name"]), row
