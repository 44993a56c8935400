"""Reads base tables as `Table` values from ``information_schema``.

Four queries a schema, whatever its number of tables; a few tables can be asked for by name. Statistics are
current, since sessions switch the server's statistics cache off (``information_schema_stats_expiry=0``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any

from aurora_migration.model.names import TableName
from aurora_migration.model.table import Column, Key, KeyPart, Table
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, join, raw, string_literal


def schema_names(session: Session) -> tuple[str, ...]:
    """All schemas that are not the server's own, sorted."""
    return tuple(row["name"] for row in session.query(statement("catalog/schemas")))


def tables(session: Session, schema: str, names: Collection[str] | None = None) -> tuple[Table, ...]:
    """All base tables of a schema, or those of ``names``, sorted; empty if the schema does not exist."""

    questions = ("columns", "keys", "partitioned_tables", "tables")
    asked = [(statement(f"catalog/{what}", only=_only(names)), {"schema": schema}) for what in questions]
    found = dict(zip(questions, session.query_all(asked), strict=True))
    columns, keys = _grouped(found["columns"]), _grouped(found["keys"])
    partitioned = {row["name"] for row in found["partitioned_tables"]}
    return tuple(
        Table(
            name=TableName(schema, row["name"]),
            engine=row["engine"],
            columns=tuple(_column(column) for column in columns.get(row["name"], ())),
            keys=_keys(keys.get(row["name"], ())),
            row_estimate=int(row["row_estimate"]),
            data_bytes=int(row["data_bytes"]),
            index_bytes=int(row["index_bytes"]),
            collation=row["collation"],
            partitioned=row["name"] in partitioned,
            auto_increment=row["auto_increment"],
            create_options=row["create_options"],
            comment=row["comment"],
        )
        for row in found["tables"]
        if names is None or row["name"] in names
    )


def columns(session: Session, name: TableName) -> tuple[Column, ...]:
    """The columns of one base table, in order; empty if there is no such table."""
    rows = session.query(statement("catalog/columns", only=_only({name.name})), {"schema": name.schema})
    return tuple(map(_column, rows))


def _only(names: Collection[str] | None) -> Fragment:
    if names is None:
        return raw("IS NOT NULL")
    return raw("IN (") + join(map(string_literal, sorted(names) or [""]), ", ") + raw(")")


def _grouped(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["table_name"], []).append(row)
    return groups


def _column(row: dict[str, Any]) -> Column:
    extra = row["extra"] or ""
    generated = next((kind for kind in ("VIRTUAL", "STORED") if f"{kind} GENERATED" in extra), None)
    return Column(
        name=row["name"],
        position=int(row["position"]),
        data_type=row["data_type"],
        column_type=row["column_type"],
        nullable=bool(row["nullable"]),
        charset=row["charset"],
        collation=row["collation"],
        generated=generated,
        invisible="INVISIBLE" in extra,
        max_bytes=row["max_bytes"],
        default=row["default_text"],
        extra=extra,
        srs_id=row["srs_id"],
    )


def _keys(rows: Iterable[dict[str, Any]]) -> tuple[Key, ...]:
    keys = []
    for name, group in groupby(rows, key=lambda row: row["name"]):
        parts = list(group)
        keys.append(
            Key(
                name=name,
                parts=tuple(
                    KeyPart(row["column_name"], row["prefix"], bool(row["descending"]))
                    for row in parts
                    if row["column_name"] is not None
                ),
                unique=bool(parts[0]["is_unique"]),
                functional=any(row["column_name"] is None for row in parts),
                visible=bool(parts[0]["visible"]),
                kind=parts[0]["kind"],
            )
        )
    return tuple(keys)
