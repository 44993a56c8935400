"""The plan of a run: which tables go where. Decided once; every later phase reads names from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aurora_migration.model.config import MigrationConfig, RepairMode, TargetTablePrepMode, VerificationLevel
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.table import Table


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a person decided for one run in the trigger form; empty ``tables`` means all selected ones."""

    tables: tuple[str, ...] = ()
    prep_mode: TargetTablePrepMode = TargetTablePrepMode.DO_NOTHING
    dry_run: bool = False
    level: VerificationLevel = VerificationLevel.CHECKSUM
    repair: RepairMode = RepairMode.NONE
    acknowledge_ddl: str = ""
    resync: tuple[str, ...] = ()
    direction: str = "forward"


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """A source table as the catalog describes it, and the mapping decided for it."""

    table: Table
    mapping: TableMapping

    @property
    def target(self) -> TableName:
        return self.mapping.target


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """All tables of a run, in name order; ``schemas`` are the source schemas they are in.

    ``whole_schemas`` are those whose views, routines, triggers and events come along: a selection of single
    tables brings the triggers of these tables, but no routine or event.
    """

    config: MigrationConfig
    tables: tuple[PlannedTable, ...]
    schemas: tuple[str, ...]
    whole_schemas: tuple[str, ...]
    _by_source: Mapping[TableName, PlannedTable] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[TableName, PlannedTable] = {}
        for planned in self.tables:
            found.setdefault(planned.mapping.source, planned)
        object.__setattr__(self, "_by_source", found)

    def table(self, source: TableName) -> PlannedTable:
        """The planned table called ``source``. Raises: KeyError."""
        if source not in self._by_source:
            raise KeyError(str(source))
        return self._by_source[source]

    def target_of(self, name: TableName) -> TableName | None:
        """The target name of a source table in this plan, or None if it is not in it."""
        planned = self._by_source.get(name)
        return None if planned is None else planned.target
