"""A table as the catalog describes it: columns, keys, sizes.

Values are facts read from ``information_schema``; the only judgement here is which key a table is walked by
(`chunk_key`), since full load, verification and change apply must agree on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from aurora_migration.model.names import TableName

TEXT_TYPES = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"})
LOB_TYPES = frozenset({"tinytext", "text", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob"})
SPATIAL_TYPES = frozenset(
    {
        "geometry",
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geomcollection",
        "geometrycollection",
    }
)
INTEGER_TYPES = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint", "year"})
_WALKABLE = (
    INTEGER_TYPES
    | {"decimal", "char", "varchar", "binary", "varbinary", "date", "datetime", "timestamp", "time"}
    | {"bit", "enum", "set"}
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``column_type`` is the full type text, ``data_type`` its bare lower-case name.

    ``alike``: whether the other side of a comparison is known to have the column with the same type.
    """

    name: str
    position: int
    data_type: str
    column_type: str
    nullable: bool
    charset: str | None = None
    collation: str | None = None
    generated: str | None = None
    invisible: bool = False
    max_bytes: int | None = None
    default: str | None = None
    extra: str = ""
    srs_id: int | None = None
    alike: bool = True

    @property
    def unsigned(self) -> bool:
        return "unsigned" in self.column_type.lower()


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One column of an index; ``prefix`` is its prefix length in characters, or None for the whole column."""

    column: str
    prefix: int | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """An index whose parts are plain columns (functional parts make ``functional`` true)."""

    name: str
    parts: tuple[KeyPart, ...]
    unique: bool
    functional: bool = False
    visible: bool = True
    kind: str = "BTREE"

    @property
    def primary(self) -> bool:
        return self.name == "PRIMARY"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(part.column for part in self.parts)


@dataclass(frozen=True, slots=True)
class Table:
    """A base table; ``row_estimate`` and the byte sizes are the server's statistics, not counts."""

    name: TableName
    engine: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    row_estimate: int = 0
    data_bytes: int = 0
    index_bytes: int = 0
    collation: str | None = None
    partitioned: bool = False
    auto_increment: int | None = None
    create_options: str = ""
    comment: str = ""

    def column(self, name: str) -> Column:
        """Return the column called ``name`` (MySQL column names ignore case). Raises: KeyError."""
        wanted = name.lower()
        for column in self.columns:
            if column.name.lower() == wanted:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """The columns that rows carry: all but the generated ones, invisible ones included."""
        return tuple(column for column in self.columns if column.generated is None)

    @property
    def chunk_key(self) -> Key | None:
        """The key this table is walked by, or None: then it is one chunk.

        A unique index over whole, non-null columns of types with an exact literal form; the primary key if it
        qualifies (InnoDB stores rows in its order), otherwise the one with the fewest columns. FLOAT and DOUBLE
        keys have no exact literal and do not qualify.
        """
        fit = [key for key in self.keys if self._walkable(key)]
        fit.sort(key=lambda key: (not key.primary, len(key.parts), key.name))
        return fit[0] if fit else None

    def _walkable(self, key: Key) -> bool:
        if not key.unique or key.functional or key.kind != "BTREE":
            return False
        for part in key.parts:
            column = self.column(part.column)
            if column.nullable or part.prefix is not None or column.data_type not in _WALKABLE:
                return False
            if column.generated == "VIRTUAL":
                return False
        return True
