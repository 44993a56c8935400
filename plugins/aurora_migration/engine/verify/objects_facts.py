"""Reads what a schema's tables are made of as plain facts, one query a kind whatever the number of tables.

A fact is a name and the server's own text. Members (columns, indexes, foreign keys, checks, partitions) are kept
by table and name in the server's order. Nothing is judged here; the only normalisation is the old name of utf8mb3.
Expressions are not read: information_schema converts the literals in them wrongly, SHOW CREATE has them right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from aurora_migration.engine.verify.objects_text import without_width
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement

Facts = dict[str, str | None]
Members = dict[str, dict[str, Facts]]

_EXPRESSION: Final = "(expression)"
_OPTION: Final = re.compile(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S+)")
_OLD_UTF8: Final = re.compile(r"^utf8(?=_|$)")


def database(session: Session, schema: str) -> Facts | None:
    """Defaults and options of a schema, or None if it does not exist."""
    rows = session.query(statement("objects/databases"), {"schema": schema})
    if not rows:
        return None
    facts = {name: _modern(name, rows[0][name]) for name in ("charset", "collation", "encryption")}
    return facts | {"options": _database_options(session, schema)}


def tables(session: Session, schema: str) -> dict[str, Facts]:
    """Engine, collation, comment and each option of the base tables of a schema."""
    found = {}
    for row in session.query(statement("objects/tables"), {"schema": schema}):
        facts = {name: _modern(name, row[name]) for name in ("engine", "collation", "comment")}
        for option, value in _OPTION.findall(row["options"] or ""):
            facts[f"option {option.lower()}"] = value.strip("'\"").upper()
        found[row["table_name"]] = facts
    return found


def columns(session: Session, schema: str) -> Members:
    """The columns, in order; expressions are left to SHOW CREATE."""
    kept = ("type", "nullable", "default", "extra", "charset", "collation", "srid", "comment")

    def facts(parts: list[dict[str, Any]]) -> Facts:
        found = {name: _modern(name, parts[0][name]) for name in kept}
        found["type"] = without_width(found["type"] or "")
        return found | ({"default": _EXPRESSION} if "DEFAULT_GENERATED" in (found["extra"] or "") else {})

    return _members(session.query(statement("objects/columns"), {"schema": schema}), facts)


def indexes(session: Session, schema: str) -> Members:
    """The indexes with their parts in order: column or expression, prefix length, direction."""

    def facts(parts: list[dict[str, Any]]) -> Facts:
        first = parts[0]
        return {
            "parts": ", ".join(_index_part(part) for part in parts),
            "unique": "no" if first["non_unique"] else "yes",
            "type": first["type"],
            "visible": first["visible"],
            "comment": first["comment"],
        }

    return _members(session.query(statement("objects/indexes"), {"schema": schema}), facts)


def foreign_keys(session: Session, schema: str) -> Members:
    """The foreign keys."""

    def facts(parts: list[dict[str, Any]]) -> Facts:
        first = parts[0]
        return {
            "columns": ", ".join(part["column_name"] for part in parts),
            "parent schema": first["parent_schema"],
            "parent table": first["parent_table"],
            "parent columns": ", ".join(part["parent_column"] for part in parts),
            "on update": first["on_update"],
            "on delete": first["on_delete"],
            "match": first["match_option"],
        }

    return _members(session.query(statement("objects/foreign_keys"), {"schema": schema}), facts)


def checks(session: Session, schema: str) -> Members:
    """The CHECK constraints; their clauses are left to SHOW CREATE."""
    rows = session.query(statement("objects/checks"), {"schema": schema})
    return _members(rows, lambda parts: {"enforced": parts[0]["enforced"]})


def partitions(session: Session, schema: str) -> Members:
    """The partitions, in order, each with its bound and its subpartitions; the scheme is in every one."""

    def facts(parts: list[dict[str, Any]]) -> Facts:
        first = parts[0]
        return {
            "bound": first["bound"],
            "comment": first["comment"],
            "subpartitions": ", ".join(part["subpartition"] for part in parts if part["subpartition"]),
            "by": _scheme(first["method"], first["expression"]),
            "subpartition by": _scheme(first["submethod"], first["subexpression"]),
        }

    return _members(session.query(statement("objects/partitions"), {"schema": schema}), facts)


KINDS: Final[Mapping[str, Callable[[Session, str], Members]]] = {
    "column": columns,
    "index": indexes,
    "foreign key": foreign_keys,
    "check": checks,
    "partition": partitions,
}


def _members(rows: Iterable[dict[str, Any]], facts: Callable[[list[dict[str, Any]]], Facts]) -> Members:
    groups: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in rows:
        groups.setdefault(row["table_name"], {}).setdefault(row["name"], []).append(row)
    return {table: {name: facts(parts) for name, parts in group.items()} for table, group in groups.items()}


def _index_part(part: dict[str, Any]) -> str:
    text = part["column_name"] if part["column_name"] is not None else _EXPRESSION
    prefix = f"({part['prefix']})" if part["prefix"] is not None else ""
    return f"{text}{prefix}{' DESC' if part['direction'] == 'D' else ''}"


def _scheme(method: str | None, expression: str | None) -> str | None:
    return None if method is None else f"{method} ({expression or ''})"


def _database_options(session: Session, schema: str) -> str:
    if not session.scalar(statement("objects/has_database_options")):
        return ""
    return str(session.scalar(statement("objects/database_options"), {"schema": schema}) or "")


def _modern(fact: str, value: str | None) -> str | None:
    """8.0 writes utf8 where later servers write utf8mb3."""
    return _OLD_UTF8.sub("utf8mb3", value) if value is not None and fact in {"charset", "collation"} else value
