"""Reads the stored programs of a schema as `aurora_migration.model.program` values.

Facts come from ``information_schema`` in one query a kind; the text comes from one SHOW CREATE a program, read in
a session without a current database, so that a view's text names its schema everywhere. A broken view is a value
like any other and never an error: SHOW CREATE VIEW tells by warning 1356
(https://dev.mysql.com/doc/refman/8.4/en/show-create-view.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from aurora_migration.errors import MigrationError, MissingPrivilegeError, StatementError
from aurora_migration.model.names import TableName
from aurora_migration.model.program import Event, ProgramKind, Programs, Routine, Trigger, View
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.text import decoded, unconverted
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import qualified, raw

_TEXT_COLUMN: Final = {
    ProgramKind.VIEW: "Create View",
    ProgramKind.PROCEDURE: "Create Procedure",
    ProgramKind.FUNCTION: "Create Function",
    ProgramKind.TRIGGER: "SQL Original Statement",
    ProgramKind.EVENT: "Create Event",
}
_UTF8: Final = frozenset({"utf8", "utf8mb3", "utf8mb4"})
_PRIVILEGE: Final = {
    ProgramKind.VIEW: "SHOW VIEW",
    ProgramKind.PROCEDURE: "SHOW_ROUTINE",
    ProgramKind.FUNCTION: "SHOW_ROUTINE",
    ProgramKind.TRIGGER: "TRIGGER",
    ProgramKind.EVENT: "EVENT",
}
_ALGORITHM: Final = re.compile(r"CREATE ALGORITHM=(\w+) ")
_INVALID: Final = 1356  # ER_VIEW_INVALID
_GONE: Final = frozenset({1054, 1146, 1305, _INVALID})  # column, table, function; or rights of the definer


def programs(session: Session, schema: str) -> Programs:
    """Every program of a schema; empty if the schema does not exist. Raises: MissingPrivilegeError."""
    return Programs(
        schema,
        views=views(session, schema),
        routines=routines(session, schema),
        triggers=triggers(session, schema),
        events=events(session, schema),
    )


def views(session: Session, schema: str) -> tuple[View, ...]:
    """The views of a schema by name, broken ones included."""
    values = {"schema": schema}
    rows = session.query(statement("programs/views"), values)
    if not rows:
        return ()
    tables = _used(session.query(statement("programs/view_tables"), values))
    called = _used(session.query(statement("programs/view_routines"), values))
    found = []
    for row in rows:
        name = TableName(schema, row["name"])
        text = view_text(session, name)
        algorithm = _ALGORITHM.match(text.create)
        found.append(
            View(
                kind=ProgramKind.VIEW,
                name=name,
                create=text.create,
                definer=row["definer"],
                security=row["security"],
                character_set_client=row["character_set_client"],
                collation_connection=row["collation_connection"],
                check_option=row["check_option"],
                updatable=bool(row["updatable"]),
                algorithm=algorithm[1] if algorithm else "UNDEFINED",
                tables=tables.get(name.name, ()),
                routines=called.get(name.name, ()),
                broken=text.broken,
                hidden=text.hidden,
                warning=text.warning,
            )
        )
    return tuple(found)


class ViewText(NamedTuple):
    """A view's text and the server's words about it, as in `View`."""

    create: str = ""
    broken: str = ""
    hidden: str = ""
    warning: str = ""


def view_text(session: Session, name: TableName) -> ViewText:
    """SHOW CREATE VIEW, and what it says of the view.

    It looks at what the view reads as it is now. The data dictionary, and with it ``information_schema`` and
    SHOW COLUMNS, remembers how that was when a table under the view last changed: a definer who was created after
    the tables, as when a dump is loaded, leaves a working view marked as invalid.
    """
    try:
        create, warnings = _shown(session, ProgramKind.VIEW, name)
    except StatementError as refusal:
        return _without_text(session, name, refusal)
    broken = [row["Message"] for row in warnings if row["Code"] == _INVALID]
    others = [row["Message"] for row in warnings if row["Code"] != _INVALID]
    return ViewText(create, broken="; ".join(broken), warning="; ".join(others))


def routines(session: Session, schema: str) -> tuple[Routine, ...]:
    """The functions, then the procedures of a schema, by name. Raises: MissingPrivilegeError."""
    parameters = _parameters(session, schema)
    return tuple(
        Routine(
            **_context(session, ProgramKind(row["kind"]), schema, row),
            security=row["security"],
            returns=row["returns"],
            deterministic=bool(row["is_deterministic"]),
            data_access=row["data_access"],
            written_in=row["written_in"],
            comment=row["comment"],
            parameters=tuple(parameters.get((row["kind"], row["name"]), ())),
        )
        for row in session.query(statement("programs/routines"), {"schema": schema})
    )


def triggers(session: Session, schema: str) -> tuple[Trigger, ...]:
    """The triggers of a schema: by table, timing and event, then in the order they fire."""
    return tuple(
        Trigger(
            **_context(session, ProgramKind.TRIGGER, schema, row),
            table=TableName(row["table_schema"], row["table_name"]),
            timing=row["timing"],
            event=row["event"],
            action_order=int(row["action_order"]),
        )
        for row in session.query(statement("programs/triggers"), {"schema": schema})
    )


def events(session: Session, schema: str) -> tuple[Event, ...]:
    """The events of a schema by name."""
    return tuple(
        Event(
            **_context(session, ProgramKind.EVENT, schema, row),
            status=row["status"],
            time_zone=row["time_zone"],
            execute_at=row["execute_at"],
            interval_value=row["interval_value"],
            interval_field=row["interval_field"],
            starts=row["starts"],
            ends=row["ends"],
            on_completion=row["on_completion"],
            comment=row["comment"],
        )
        for row in session.query(statement("programs/events"), {"schema": schema})
    )


def _context(session: Session, kind: ProgramKind, schema: str, row: dict[str, Any]) -> dict[str, Any]:
    name = TableName(schema, row["name"])
    return {
        "kind": kind,
        "name": name,
        "create": show_create(session, kind, name),
        "definer": row["definer"],
        "sql_mode": row["sql_mode"],
        "character_set_client": row["character_set_client"],
        "collation_connection": row["collation_connection"],
        "database_collation": row["database_collation"],
    }


def show_create(session: Session, kind: ProgramKind, name: TableName) -> str:
    """The server's text of one program, with bytes that are no UTF-8 as lone surrogates (PEP 383).

    Raises: MissingPrivilegeError if the account may not see it.
    """
    return _shown(session, kind, name)[0]


def _shown(session: Session, kind: ProgramKind, name: TableName) -> tuple[str, list[dict[str, Any]]]:
    """The text, and the server's warnings about it."""
    sql = statement("programs/show_create", kind=raw(kind.value), name=qualified(name))
    with unconverted(session):
        rows, warnings = decoded(session.query(sql)), decoded(session.warnings())
    if rows and rows[0]["character_set_client"] not in _UTF8:
        rows = session.query(sql)  # the text is in the program's own charset, which the server converts
    text = rows[0][_TEXT_COLUMN[kind]] if rows else None
    if text is None:
        raise MissingPrivilegeError(
            "the server does not show the definition",
            subject=f"{kind.lower()} {name} on the {session.endpoint.label}",
            remedy=f"GRANT {_PRIVILEGE[kind]} ON *.* to the account of the connection",
        )
    return str(text), warnings


def _parameters(session: Session, schema: str) -> dict[tuple[str, str], list[str]]:
    """Parameters by kind and name of their routine."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in session.query(statement("programs/parameters"), {"schema": schema}):
        words = (row["mode"], row["name"], row["type"], row["charset"], row["collation"])
        found.setdefault((row["kind"], row["routine_name"]), []).append(" ".join(filter(None, words)))
    return found


def _without_text(session: Session, name: TableName, refusal: StatementError) -> ViewText:
    """Whether a view whose text the server refuses (1235, for a JSON_TABLE) works nevertheless: it is opened."""
    try:
        session.query(statement("programs/open_view", name=qualified(name)))
    except MigrationError as error:
        number = error.errno if isinstance(error, StatementError) else 0
        return ViewText(broken=error.message) if number in _GONE else ViewText(hidden=refusal.message)
    return ViewText(hidden=refusal.message)


def _used(rows: Iterable[dict[str, Any]]) -> dict[str, tuple[TableName, ...]]:
    used: dict[str, list[TableName]] = {}
    for row in rows:
        used.setdefault(row["view_name"], []).append(TableName(row["used_schema"], row["used_name"]))
    return {view: tuple(names) for view, names in used.items()}
