"""The migration file: one YAML document, validated as a whole.

Every key has a default that this project runs itself, except the connections and the selection. Connections are
named by id only: no host and no secret belongs here. Unknown keys are errors, so that a typing mistake is found.
The published JSON schema (``docs/migration.schema.json``) is made from these classes.
"""

from __future__ import annotations

import fnmatch
import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aurora_migration.model.config_accounts import AccountsConfig
from aurora_migration.model.config_cutover import CutoverConfig
from aurora_migration.model.config_dms import DmsConfig
from aurora_migration.model.config_part import ConfigPart
from aurora_migration.model.config_report import ReportConfig
from aurora_migration.model.config_sync import SyncConfig
from aurora_migration.model.config_throttle import ThrottleConfig
from aurora_migration.model.names import TableName

_MIB = 1 << 20


class MigrationType(StrEnum):
    """What a migration moves (DMS's words)."""

    FULL_LOAD = "full-load"
    FULL_LOAD_AND_CDC = "full-load-and-cdc"
    CDC = "cdc"


class TargetTablePrepMode(StrEnum):
    """What to do with tables that are already on the target (DMS's words)."""

    DO_NOTHING = "do-nothing"
    TRUNCATE = "truncate-before-load"
    DROP_AND_CREATE = "drop-and-create"


class VerificationLevel(StrEnum):
    """How deep verification looks at rows; objects and accounts are always compared."""

    ROW_COUNT = "row-count"
    CHECKSUM = "checksum"


class RepairMode(StrEnum):
    """What verification does about rows that differ."""

    NONE = "none"
    REVIEW = "review"
    APPLY = "apply"


class EndpointConfig(ConfigPart):
    """One side of the migration."""

    connection: Annotated[str, Field(min_length=1, description="Airflow connection id (type mysql)")]


class SelectionRule(ConfigPart):
    """Include or exclude tables by ``schema.table`` patterns; ``*`` and ``?`` are wildcards; later rules win."""

    include: Annotated[str | None, Field(description="pattern of tables to migrate, such as shop.*")] = None
    exclude: Annotated[str | None, Field(description="pattern of tables to leave out")] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.include is None) == (self.exclude is None):
            raise ValueError("a selection rule is either include or exclude")
        if "." not in self.pattern:
            raise ValueError(f"{self.pattern!r} is not of the form schema.table, such as shop.* or shop.order_*")
        return self

    @property
    def pattern(self) -> str:
        return self.include if self.include is not None else (self.exclude or "")

    def matches(self, name: TableName) -> bool:
        return _glob(self.pattern, str(name))

    def covers_schema(self, schema: str) -> bool:
        """Whether some table of ``schema`` could match."""
        return any(_glob(self.pattern[:dot], schema) for dot in _dots(self.pattern))

    def covers_whole_schema(self, schema: str) -> bool:
        """Whether every table of ``schema`` matches."""
        return any(self.pattern[dot:] == ".*" and _glob(self.pattern[:dot], schema) for dot in _dots(self.pattern))


class Renames(ConfigPart):
    """Names that change on the way; what is not listed keeps its name."""

    schemas: Annotated[dict[str, str], Field(description="source schema: target schema")] = Field(
        default_factory=dict
    )
    tables: Annotated[dict[str, str], Field(description="source schema.table: target schema.table")] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _names_have_a_schema(self) -> Self:
        for name in (*self.tables, *self.tables.values()):
            if "." not in name.strip("."):
                raise ValueError(f"tables: {name!r} is not of the form schema.table")
        if "" in self.schemas or "" in self.schemas.values():
            raise ValueError("schemas: a name is empty")
        return self


class LoadConfig(ConfigPart):
    """Limits of the full load."""

    parallel_units: Annotated[int, Field(ge=1, le=64, description="load units that run at the same time")] = 4
    max_units: Annotated[
        int | None,
        Field(
            ge=1,
            le=1000,
            description="load units of one run at most; null: by size, one for 16 GiB and at least 24 or "
            "8 for each that runs at the same time",
        ),
    ] = None
    chunk_mib: Annotated[int, Field(ge=1, le=256, description="aim for the size of one transaction")] = 16
    chunk_seconds: Annotated[
        int, Field(ge=1, le=600, description="smaller chunks where one takes longer than this")
    ] = 10
    throttle: ThrottleConfig = Field(default_factory=ThrottleConfig)
    method: Annotated[
        Literal["auto", "load-data", "insert"],
        Field(description="auto: LOAD DATA LOCAL where the target allows it, INSERT otherwise"),
    ] = "auto"

    @property
    def chunk_bytes(self) -> int:
        return self.chunk_mib * _MIB


class VerificationConfig(ConfigPart):
    """What ``<name>.verify`` and the last phase of ``<name>.migrate`` compare."""

    level: VerificationLevel = VerificationLevel.CHECKSUM
    schedule: Annotated[str | None, Field(description="cron of <name>.verify; null: only by hand")] = None


class DefinersConfig(ConfigPart):
    """DEFINER of views, routines, triggers and events."""

    policy: Annotated[
        Literal["keep", "map", "invoker"],
        Field(description="keep: as on the source; map: by the table below; invoker: SQL SECURITY INVOKER"),
    ] = "keep"
    map: Annotated[dict[str, str], Field(description="source user@host: target user@host")] = Field(
        default_factory=dict
    )


class MigrationConfig(ConfigPart):
    """A whole migration file."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,47}$", description="keys the DAGs and all state")]
    description: str = ""
    owner: str = "airflow"
    tags: list[str] = Field(default_factory=list)
    source: EndpointConfig
    target: EndpointConfig
    engine: Annotated[
        Literal["native", "dms"], Field(description="what moves the rows: this project's engine, or AWS DMS")
    ] = "native"
    cdc_engine: Annotated[
        Literal["native", "dms"] | None,
        Field(description="what follows the changes after the load; null: the engine that moves the rows"),
    ] = None
    type: Annotated[
        MigrationType,
        Field(description="DMS's words: the rows of one moment, also the changes after it, or the changes alone"),
    ] = MigrationType.FULL_LOAD
    selection: Annotated[list[SelectionRule], Field(min_length=1)]
    renames: Renames = Field(default_factory=Renames)
    load: LoadConfig = Field(default_factory=LoadConfig)
    verification: VerificationConfig = Field(default_factory=VerificationConfig)
    accounts: AccountsConfig = Field(default_factory=AccountsConfig)
    definers: DefinersConfig = Field(default_factory=DefinersConfig)
    sync: SyncConfig = Field(default_factory=SyncConfig)
    cutover: CutoverConfig = Field(default_factory=CutoverConfig)
    dms: DmsConfig = Field(default_factory=DmsConfig)
    report: ReportConfig = Field(default_factory=ReportConfig)
    control_schema: Annotated[
        str, Field(min_length=1, max_length=64, description="schema on the target that holds the run's state")
    ] = "aurora_migration"

    @model_validator(mode="after")
    def _dms_has_rows_to_load(self) -> Self:
        if self.engine == "dms" and self.type is MigrationType.CDC:
            raise ValueError(
                "type cdc loads no rows, so there is nothing for engine: dms to do. Say engine: native with "
                "cdc_engine: dms (rows that differ are rewritten, then DMS follows the changes), or type: "
                "full-load-and-cdc (DMS loads the rows as well)"
            )
        return self

    @property
    def follows_changes(self) -> bool:
        """Whether the target is to follow the source after the load."""
        return self.type is not MigrationType.FULL_LOAD

    @property
    def follows_changes_natively(self) -> bool:
        """Whether this project's own engine reads the source's binlog."""
        native = (self.cdc_engine or self.engine) == "native"
        return self.follows_changes and native and self.sync.strategy == "binlog"

    def selects(self, name: TableName) -> bool:
        """Whether the selection takes a table (or another object called ``schema.name``)."""
        taken = False
        for rule in self.selection:
            if rule.matches(name):
                taken = rule.include is not None
        return taken

    def selects_schema(self, schema: str) -> bool:
        """Whether some table of the schema could be selected."""
        return any(rule.include is not None and rule.covers_schema(schema) for rule in self.selection)

    def selects_whole_schema(self, schema: str) -> bool:
        """Whether routines and events of a schema, which no pattern names, come along."""
        return any(rule.include is not None and rule.covers_whole_schema(schema) for rule in self.selection)

    def target_schema(self, schema: str) -> str:
        return self.renames.schemas.get(schema, schema)

    def target_name(self, name: TableName) -> TableName:
        """The target name of a source table or view."""
        renamed = self.renames.tables.get(str(name))
        if renamed is not None:
            schema, _, table = renamed.partition(".")
            return TableName(schema, table)
        return TableName(self.target_schema(name.schema), name.name)


def _glob(pattern: str, text: str) -> bool:
    return re.match(fnmatch.translate(pattern), text) is not None


def _dots(pattern: str) -> list[int]:
    return [index for index, character in enumerate(pattern) if character == "."]
