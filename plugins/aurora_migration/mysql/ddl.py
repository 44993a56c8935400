"""Reads definitions as the server writes them, and runs the statements that make programs again.

A stored program keeps the sql_mode, client charset and collation of the session that created it
(https://dev.mysql.com/doc/refman/8.4/en/create-procedure.html), so `create_program` puts the session into that
state, sends the text in that charset, and sets the session back. The server itself encodes the text: only it knows
its charsets.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from aurora_migration.errors import StatementError
from aurora_migration.model.names import TableName
from aurora_migration.model.table import Column
from aurora_migration.mysql.errno import DRIVER_ERRORS, translate
from aurora_migration.mysql.session import SQL_MODE, Session
from aurora_migration.mysql.text import decoded, server_text
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, identifier, qualified, raw

_CHARSET: Final = re.compile(r"\w+\Z", re.ASCII)
_AS_IS: Final = frozenset({"utf8", "utf8mb3", "utf8mb4", "binary", ""})


@dataclass(frozen=True, slots=True)
class CreationContext:
    """What of a session a program remembers; ``moment`` is a time that must not have passed for the server."""

    schema: str
    sql_mode: str
    character_set_client: str
    collation_connection: str
    time_zone: str | None = None
    moment: str | None = None


def show_create_table(session: Session, name: TableName) -> str:
    """The server's CREATE TABLE. Raises: StatementError if there is no such table."""
    rows = server_text(session, statement("schema/show_create_table", table=qualified(name)))
    return str(rows[0]["Create Table"])


def shown_create_table(session: Session, name: TableName) -> str:
    """The same inside `unconverted`, whose two statements then serve many tables."""
    rows = decoded(session.query(statement("schema/show_create_table", table=qualified(name))))
    return str(rows[0]["Create Table"])


def show_create_database(session: Session, schema: str) -> str | None:
    """The server's CREATE DATABASE, or None if there is no such schema."""
    if default_collation(session, schema) is None:
        return None
    rows = session.query(statement("schema/show_create_database", schema=identifier(schema)))
    return str(rows[0]["Create Database"])


def default_collation(session: Session, schema: str) -> str | None:
    """The collation that new tables of a schema get, or None if there is no such schema."""
    rows = session.query(statement("schema/database_defaults"), {"schema": schema})
    return str(rows[0]["collation"]) if rows else None


def relations(session: Session, schema: str) -> dict[str, str]:
    """BASE TABLE or VIEW by name; empty if the schema does not exist."""
    rows = session.query(statement("schema/relations"), {"schema": schema})
    return {row["name"]: row["kind"] for row in rows}


def relation_exists(session: Session, name: TableName) -> bool:
    """Whether there is a table or view of that name."""
    values = {"schema": name.schema, "name": name.name}
    return bool(session.query(statement("schema/relation_exists"), values))


def has_rows(session: Session, name: TableName) -> bool:
    """Whether an existing table has a row."""
    return bool(session.query(statement("schema/has_rows", table=qualified(name))))


def trigger_names(session: Session, schema: str) -> dict[str, list[str]]:
    """Names of triggers by table."""
    found: dict[str, list[str]] = {}
    for row in session.query(statement("schema/trigger_names"), {"schema": schema}):
        found.setdefault(row["table_name"], []).append(row["name"])
    return found


def inbound_foreign_keys(session: Session, schema: str) -> dict[str, set[TableName]]:
    """Tables that have a foreign key to a table of the schema, by parent."""
    found: dict[str, set[TableName]] = {}
    for row in session.query(statement("schema/inbound_foreign_keys"), {"schema": schema}):
        child = TableName(row["child_schema"], row["child_table"])
        found.setdefault(row["parent_table"], set()).add(child)
    return found


def histograms(session: Session, schema: str) -> dict[str, list[str]]:
    """Columns with a histogram, by table."""
    found: dict[str, list[str]] = {}
    for row in session.query(statement("schema/histograms"), {"schema": schema}):
        found.setdefault(row["table_name"], []).append(row["column_name"])
    return found


def view_tables(session: Session, schema: str) -> dict[str, set[TableName]]:
    """Tables and views that each view of a schema reads."""
    found: dict[str, set[TableName]] = {}
    for row in session.query(statement("programs/view_tables"), {"schema": schema}):
        found.setdefault(row["view_name"], set()).add(TableName(row["used_schema"], row["used_name"]))
    return found


def system_time_zone(session: Session) -> str:
    """What the time zone SYSTEM means on this server."""
    return str(session.scalar(statement("schema/system_time_zone")))


def member_in_use(session: Session, name: TableName, column: Column, number: int) -> str | None:
    """The text of an ENUM or SET member (counted from 1) as a row has it, or None if no row does."""
    kind = "set" if column.data_type == "set" else "enum"
    rows = session.query(
        statement(f"schema/{kind}_member", table=qualified(name), column=identifier(column.name)),
        {"number": 1 << (number - 1) if kind == "set" else number},
    )
    if not rows:
        return None
    if kind == "enum":
        return str(rows[0]["member"])
    # members of a SET hold no comma; the row has this one after those with smaller numbers
    below = int(rows[0]["number"]) & ((1 << (number - 1)) - 1)
    return str(rows[0]["member"]).split(",")[below.bit_count()]


def names_ignore_case(session: Session) -> bool:
    """Whether the server ignores the case of schema and table names."""
    return bool(session.scalar(statement("schema/case_of_names")))


def create_program(session: Session, create: Fragment, context: CreationContext, subject: str) -> set[int]:
    """Run one CREATE in its context and return the warning numbers. Raises: StatementError and its siblings."""
    encoded = _encoded(session, create.plain, context.character_set_client, subject)
    with _in_context(session, context):
        try:
            session.connection.query(encoded)
        except DRIVER_ERRORS as error:
            raise translate(error, subject) from error
        return {int(row["Code"]) for row in session.warnings()}


def _encoded(session: Session, text: str, charset: str, subject: str) -> bytes:
    if charset in _AS_IS or text.isascii():
        return text.encode("utf-8", "surrogateescape")
    if not _CHARSET.match(charset):
        raise StatementError(f"{charset!r} is no charset", subject=subject)
    row = session.query(statement("schema/encode", charset=raw(charset)), {"text": text})[0]
    if row["again"] != text:
        raise StatementError(
            f"the text holds characters that its character_set_client {charset} lacks",
            subject=subject,
            remedy="create the object by hand, or again on the source under utf8mb4",
        )
    return bytes(row["encoded"])


@contextlib.contextmanager
def _in_context(session: Session, context: CreationContext) -> Iterator[None]:
    before = session.query(raw("SELECT @@character_set_client AS charset, @@collation_connection AS collation"))[0]
    state: Mapping[str, str] = {
        "sql_mode": context.sql_mode,
        "collation_connection": context.collation_connection or before["collation"],
        "character_set_client": context.character_set_client or before["charset"],
    }
    try:
        # Functions that a view calls without naming a schema are looked for in the current one.
        session.execute(raw("USE ") + identifier(context.schema))
        if context.time_zone is not None:
            session.set_variable("time_zone", context.time_zone)
        if context.moment is not None:
            # The server drops an event that is over as soon as it is created; the clock is the session's.
            passed = session.scalar(statement("schema/second_before"), {"moment": context.moment})
            if passed is not None:
                session.try_variable("timestamp", int(passed))
        for name, value in state.items():
            session.set_variable(name, value)
        yield
    finally:
        session.set_variable("character_set_client", before["charset"])
        session.set_variable("collation_connection", before["collation"])
        session.set_variable("sql_mode", SQL_MODE)
        session.set_variable("time_zone", "+00:00")
        session.try_variable("timestamp", 0)
        # There is no way back to no schema; with this one SHOW CREATE VIEW names schemas as with none.
        session.execute(raw("USE information_schema"))
