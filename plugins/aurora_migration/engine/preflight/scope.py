"""What of the source's objects comes along with the plan: views, routines, triggers, events and foreign keys.

Views, routines and events come with whole schemas, triggers and foreign keys with their tables (see
`MigrationPlan`). One query a kind of object, whatever the number of schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement

_NAME: Final = r"\x60((?:[^\x60]|\x60\x60)*)\x60"
_CALL: Final = re.compile(rf"{_NAME}\.{_NAME}\(")
_STRING: Final = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A view, procedure, function, trigger or event; ``table`` is a trigger's, ``time_zone`` an event's."""

    kind: str
    name: TableName
    definer: str
    text: str
    invoker: bool = False
    table: TableName | None = None
    deterministic: bool = False
    data_access: str = ""
    time_zone: str = ""
    enabled: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key of ``child``; the column lists belong together pair by pair."""

    name: str
    child: TableName
    columns: tuple[str, ...]
    parent: TableName
    parent_columns: tuple[str, ...]
    on_update: str
    on_delete: str

    def __str__(self) -> str:
        return f"foreign key {self.name} of {self.child}"


@dataclass(frozen=True, slots=True)
class Reference:
    """A view's use of a table, a view (kind "table" too) or a function."""

    view: TableName
    kind: str
    name: TableName


def stored_objects(session: Session, plan: MigrationPlan) -> tuple[StoredObject, ...]:
    """Everything with a DEFINER that comes along."""
    objects: list[StoredObject] = []
    if plan.whole_schemas:
        for kind in ("views", "routines", "events"):
            rows = _rows(session, f"preflight/{kind}", plan.whole_schemas)
            objects += [_stored(row, row.get("kind", kind.removesuffix("s"))) for row in rows]
    planned = {table.mapping.source for table in plan.tables}
    if plan.schemas:
        triggers = [_stored(row, "trigger") for row in _rows(session, "preflight/triggers", plan.schemas)]
        objects += [trigger for trigger in triggers if trigger.table in planned]
    return tuple(one for one in objects if one.kind != "view" or plan.config.selects(one.name))


def foreign_keys(session: Session, schemas: Iterable[str]) -> tuple[ForeignKey, ...]:
    """Foreign keys from or to the tables of some schemas."""
    names = tuple(schemas)
    if not names:
        return ()
    rows = _rows(session, "preflight/foreign_keys", names)
    groups = groupby(rows, key=lambda row: (row["schema_name"], row["table_name"], row["name"]))
    return tuple(_foreign_key(list(group)) for _, group in groups)


def view_references(session: Session, views: Sequence[StoredObject]) -> tuple[Reference, ...]:
    """The tables, views and functions that some views use."""
    schemas = {view.name.schema for view in views}
    if not schemas:
        return ()
    wanted = {view.name for view in views}
    found = [
        Reference(
            TableName(row["view_schema"], row["view_name"]), "table", TableName(row["schema_name"], row["name"])
        )
        for row in _rows(session, "preflight/view_references", sorted(schemas))
    ]
    found = [reference for reference in found if reference.view in wanted]
    for view in views:
        found += [Reference(view.name, "function", name) for name in called_functions(view.text)]
    return tuple(found)


def called_functions(view_text: str) -> tuple[TableName, ...]:
    """Stored functions that a view calls: the server writes them into its text with schema, quoted."""
    bare = _STRING.sub("''", view_text)
    return tuple(sorted({TableName(_unquoted(call[1]), _unquoted(call[2])) for call in _CALL.finditer(bare)}))


def _unquoted(name: str) -> str:
    return name.replace("\x60\x60", "\x60")


def _rows(session: Session, path: str, schemas: Iterable[str]) -> list[dict[str, Any]]:
    return session.query(statement(path), {"schemas": tuple(schemas)})


def _stored(row: dict[str, Any], kind: str) -> StoredObject:
    schema = row["schema_name"]
    return StoredObject(
        kind=kind,
        name=TableName(schema, row["name"]),
        definer=row["definer"] or "",
        text=row["text"] or "",
        invoker=bool(row.get("invoker")),
        table=TableName(schema, row["table_name"]) if "table_name" in row else None,
        deterministic=bool(row.get("is_deterministic")),
        data_access=row.get("data_access") or "",
        time_zone=row.get("time_zone") or "",
        enabled=row.get("status") == "ENABLED",
    )


def _foreign_key(rows: list[dict[str, Any]]) -> ForeignKey:
    first = rows[0]
    return ForeignKey(
        name=first["name"],
        child=TableName(first["schema_name"], first["table_name"]),
        columns=tuple(row["column_name"] for row in rows),
        parent=TableName(first["parent_schema"], first["parent_table"]),
        parent_columns=tuple(row["parent_column"] for row in rows),
        on_update=first["update_rule"],
        on_delete=first["delete_rule"],
    )
