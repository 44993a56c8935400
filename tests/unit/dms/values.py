"""Plans, tables and answers of AWS for the tests of the DMS engine."""

from __future__ import annotations

from typing import Any

from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.model.table import Column, Key, KeyPart, Table


def column(name: str, data_type: str = "int", **facts: Any) -> Column:
    return Column(name, 1, data_type, facts.pop("column_type", data_type), facts.pop("nullable", False), **facts)


def table(schema: str, name: str, *columns: Column, key: tuple[str, ...] = ("id",), rows: int = 0) -> Table:
    keys = (Key("PRIMARY", tuple(KeyPart(one) for one in key), True),) if key else ()
    return Table(TableName(schema, name), "InnoDB", columns or (column("id"),), keys, row_estimate=rows)


def config(**changes: Any) -> MigrationConfig:
    settings: dict[str, Any] = {
        "name": "shop",
        "engine": "dms",
        "source": {"connection": "a"},
        "target": {"connection": "b"},
        "selection": [{"include": "shop.*"}],
    }
    return MigrationConfig.model_validate(settings | changes)


def plan(*tables: Table, **changes: Any) -> MigrationPlan:
    made = config(**changes)
    planned = tuple(PlannedTable(one, TableMapping(one.name, made.target_name(one.name))) for one in tables)
    return MigrationPlan(made, planned, tuple(sorted({one.name.schema for one in tables})), ())
