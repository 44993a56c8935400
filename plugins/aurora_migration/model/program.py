"""Stored programs as the catalog describes them: views, procedures, functions, triggers, events.

Values are facts; ``create`` is SHOW CREATE's text exactly as the server wrote it to a session that had no current
database, and it means what it meant only under the program's own sql_mode, character set and collation. A definer
is ``user@host``, unquoted, as ``information_schema`` writes it. Views have no sql_mode of their own, triggers and
events always run as their definer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aurora_migration.model.names import TableName


class ProgramKind(StrEnum):
    """What a program is; the values are MySQL's words in SHOW CREATE and DROP."""

    VIEW = "VIEW"
    PROCEDURE = "PROCEDURE"
    FUNCTION = "FUNCTION"
    TRIGGER = "TRIGGER"
    EVENT = "EVENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What all kinds have; ``create`` is empty only for a view whose text the server refused to show."""

    kind: ProgramKind
    name: TableName
    create: str
    definer: str
    security: str = "DEFINER"
    sql_mode: str = ""
    character_set_client: str = ""
    collation_connection: str = ""
    database_collation: str = ""

    @property
    def label(self) -> str:
        """What errors and reports call it, such as ``view shop.seen``."""
        return f"{self.kind.lower()} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Program):
    """``tables`` (base tables and views) and ``routines`` are what it reads, whether they still exist or not.

    ``broken`` holds the server's words if the view cannot be used as it stands; ``hidden`` its words if the view
    works, but its text is not shown to this account (then ``create`` is empty); ``warning`` its other words, such
    as a definer that does not exist.
    """

    check_option: str = "NONE"
    updatable: bool = False
    algorithm: str = "UNDEFINED"
    tables: tuple[TableName, ...] = ()
    routines: tuple[TableName, ...] = ()
    broken: str = ""
    hidden: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine(Program):
    """A procedure or a function; ``returns`` is empty for a procedure, ``written_in`` is SQL or JAVASCRIPT.

    ``parameters`` are texts of mode, name, type, charset and collation, what a function returns first.
    """

    returns: str = ""
    deterministic: bool = False
    data_access: str = "CONTAINS SQL"
    written_in: str = "SQL"
    parameters: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Program):
    """``action_order`` counts from 1 within the table's triggers of the same timing and event."""

    table: TableName
    timing: str
    event: str
    action_order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Program):
    """Times are texts in ``time_zone``; ``execute_at`` for a one-time event, the interval for a recurring one.

    ``status`` is ENABLED, DISABLED, or SLAVESIDE_DISABLED / REPLICA_SIDE_DISABLED.
    """

    status: str
    time_zone: str
    execute_at: str | None = None
    interval_value: str | None = None
    interval_field: str | None = None
    starts: str | None = None
    ends: str | None = None
    on_completion: str = "NOT PRESERVE"
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Programs:
    """All programs of one schema: triggers in firing order, the others by name."""

    schema: str
    views: tuple[View, ...] = ()
    routines: tuple[Routine, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def all(self) -> tuple[Program, ...]:
        return (*self.routines, *self.views, *self.triggers, *self.events)
