"""How each column is read so that equal text means equal value, and how a table's rows are asked for.

Columns are listed by name from `information_schema.COLUMNS`, so invisible and generated ones are read too.
FLOAT and DOUBLE travel as DOUBLE, because MySQL prints a FLOAT with six digits and a DOUBLE(M,D) with D
decimals; ENUM and SET travel as text and as number, because a reordered member list keeps the one and changes
the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from local.oracle.session import Session, quoted

BATCH_BYTES = 16 * 1024 * 1024
BATCH_ROWS = 1000
NUMBERED = frozenset({"enum", "set"})
APPROXIMATE = frozenset({"float", "double"})
# Their longest value is not in CHARACTER_OCTET_LENGTH, and it can be anything up to max_allowed_packet.
UNBOUNDED = frozenset({
    "json", "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
    "geomcollection", "geometrycollection", "vector",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type without length, and the longest value in bytes (0: unbounded)."""

    name: str
    data_type: str
    max_bytes: int

    @property
    def expressions(self) -> tuple[str, ...]:
        """The SQL expressions whose values together are this column's value."""
        name = quoted(self.name)
        if self.data_type in APPROXIMATE:
            return (f"CAST({name} AS DOUBLE)",)
        if self.data_type in NUMBERED:
            return (name, f"CAST({name} AS UNSIGNED)")
        return (name,)


@dataclass(frozen=True, slots=True)
class TableColumns:
    """A table's columns in order and the names of its key: empty where no unique, non-null key exists."""

    database: str
    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def select(self) -> str:
        """The statement that reads every row, in no promised order."""
        expressions = [text for column in self.columns for text in column.expressions]
        return f"SELECT {', '.join(expressions)} FROM {quoted(self.database, self.table)}"

    @property
    def column_names(self) -> list[str]:
        """The names in order."""
        return [column.name for column in self.columns]

    @property
    def batch_rows(self) -> int:
        """How many rows may be held at once within `BATCH_BYTES`, at least one."""
        if any(column.max_bytes == 0 for column in self.columns):
            return 1
        widest = sum(column.max_bytes for column in self.columns)
        return max(1, min(BATCH_ROWS, BATCH_BYTES // max(1, widest)))

    def slots(self, name: str) -> slice:
        """Where the named column's values stand in a row."""
        start = 0
        for column in self.columns:
            end = start + len(column.expressions)
            if column.name == name:
                return slice(start, end)
            start = end
        raise KeyError(name)


def read_columns(session: Session, database: str, table: str) -> TableColumns:
    """Ask the catalog for one table's columns and key."""
    where = f"TABLE_SCHEMA = {session.literal(database)} AND TABLE_NAME = {session.literal(table)}"
    rows = session.rows(
        "SELECT COLUMN_NAME, DATA_TYPE, COALESCE(CHARACTER_OCTET_LENGTH, 64)"
        f" FROM information_schema.COLUMNS WHERE {where} ORDER BY ORDINAL_POSITION"
    )
    columns = tuple(
        Column(str(name), str(kind).lower(), 0 if str(kind).lower() in UNBOUNDED else int(length or 0))
        for name, kind, length in rows
    )
    return TableColumns(database, table, columns, read_key(session, where))


def read_key(session: Session, where: str) -> tuple[str, ...]:
    """The primary key, else the first unique index whose parts are whole, plain, non-null columns."""
    rows = session.rows(
        "SELECT INDEX_NAME, COLUMN_NAME, SUB_PART IS NULL AND NULLABLE <> 'YES' AND COLUMN_NAME IS NOT NULL"
        f" FROM information_schema.STATISTICS WHERE {where} AND NON_UNIQUE = 0"
        " ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX"
    )
    parts: dict[str, list[str]] = {}
    usable: dict[str, bool] = {}
    for index, column, whole in rows:
        name = str(index)
        parts.setdefault(name, []).append(str(column))
        usable[name] = usable.get(name, True) and whole == "1"
    return next((tuple(parts[name]) for name in parts if usable[name]), ())
