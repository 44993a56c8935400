"""What DMS makes of a table that it creates itself: columns and primary key, and nothing else.

Types change as the user guide's tables of MySQL sources and targets say; indexes, foreign keys, checks, defaults,
AUTO_INCREMENT, generated columns and comments are lost. That is why nobody should let DMS create the tables.
"""

from __future__ import annotations

from typing import Final

from local.dms.job import JobTable
from local.dms.mysql import Column, full_name, name

_SAME: Final = frozenset(
    {"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "double", "date", "datetime"}
)
_CHANGED: Final = {
    "float": "DOUBLE",
    "timestamp": "DATETIME(6)",
    "time": "VARCHAR(16)",
    "year": "SMALLINT",
    "json": "LONGTEXT CHARACTER SET utf8mb4",
    "mediumtext": "LONGTEXT CHARACTER SET utf8mb4",
    "longtext": "LONGTEXT CHARACTER SET utf8mb4",
    "text": "LONGTEXT CHARACTER SET utf8mb4",
    "tinytext": "VARCHAR(255) CHARACTER SET utf8mb4",
    "tinyblob": "VARBINARY(255)",
    "blob": "LONGBLOB",
    "mediumblob": "LONGBLOB",
    "longblob": "LONGBLOB",
}


def create_table(table: JobTable, columns: list[Column]) -> str:
    """The statement that makes the bare table on the target."""
    parts = [f"{name(one.name)} {bare_type(one)}{_nullness(one, table.key)}" for one in columns]
    if table.key:
        parts.append(f"PRIMARY KEY ({', '.join(name(one) for one in table.key)})")
    return f"CREATE TABLE {full_name(table.rules.target_schema, table.rules.target_table)} ({', '.join(parts)})"


def bare_type(column: Column) -> str:
    """The type that DMS gives a column on a MySQL target."""
    kind = column.data_type
    if kind in _SAME:
        return column.column_type
    if kind in ("char", "varchar", "enum", "set"):
        return f"VARCHAR({max(1, min(column.length, 16_000))}) CHARACTER SET utf8mb4"
    if kind in ("binary", "varbinary"):
        return f"VARBINARY({max(1, min(column.length, 65_000))})"
    if kind == "bit":
        return "TINYINT(1)" if column.column_type == "bit(1)" else "VARBINARY(8)"
    return _CHANGED.get(kind, "LONGBLOB")


def _nullness(column: Column, key: list[str]) -> str:
    """LOB columns are always nullable."""
    return " NOT NULL" if column.name in key or (not column.nullable and not column.is_lob) else " NULL"
