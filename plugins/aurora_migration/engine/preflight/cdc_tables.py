"""Tables whose changes the binlog does not tell whole, or that cannot be found again by what it tells.

Where InnoDB itself carries out a foreign key's action, the changed child rows are not in the binlog. Servers that
know ``innodb_native_foreign_keys`` carry it out above the engine while that is OFF, and log it; but what such a
server receives as a replica of one that does not, it does not log either (both tried on 9.7).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed, parameter
from aurora_migration.engine.preflight.scope import ForeignKey
from aurora_migration.engine.preflight.server import Server
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import PlannedTable
from aurora_migration.sql.quoting import column_list, identifier, qualified

_ACTS: Final = frozenset({"CASCADE", "SET NULL"})
_ENGINES: Final = frozenset({"INNODB", "BLACKHOLE", "MEMORY"})
_NATIVE: Final = "innodb_native_foreign_keys"


def check_binlog_cascades(context: Context) -> Iterator[Finding]:
    """Foreign keys that change rows of the plan's tables without an event in the binlog."""
    acting = [key for key in context.foreign_keys if _actions(key)] if context.reads_binlog else []
    if not acting:
        return
    source = context.source
    logs = _NATIVE in source.variables and not source.is_on(_NATIVE)
    if logs and not source.channels:
        return
    why = (
        "the binlog of this replica tells what it changes only if its primary's does, which cannot be seen"
        if logs
        else "InnoDB changes these rows by itself, and the binlog does not tell"
    )
    for key in acting:
        yield blocker(
            "cascade-not-in-binlog",
            key.child,
            f"the {key} to {key.parent} is {' '.join(_actions(key))}: {why}",
            _without_action(source, key, logs=logs),
        )


def check_binlog_keys(context: Context) -> Iterator[Finding]:
    """Tables without a key to find a changed row by."""
    if not context.reads_binlog:
        return
    keyless = [one for one in context.plan.tables if one.table.chunk_key is None]
    if not keyless:
        return
    names = listed([one.mapping.source for one in keyless])
    if context.config.sync.keyless_tables == "block":
        yield blocker(
            "keyless-tables",
            context.source.label,
            f"these have no unique key over whole columns without NULL to find a changed row by: {names}",
            "on the source: ALTER TABLE … ADD PRIMARY KEY …; or exclude them in selection; or set sync: "
            "{keyless_tables: row-image} in the migration file, which finds rows by all their values",
        )
        return
    rows = sum(one.table.row_estimate for one in keyless)
    yield warning(
        "keyless-tables-slow",
        context.source.label,
        f"each changed row of these is looked for by all its values, in a scan of its table: {names} (about "
        f"{rows} rows)",
        "add a primary key on the source, if these tables change often",
    )


def check_binlog_engines(context: Context) -> Iterator[Finding]:
    """Engines whose rows change without the binlog, or without a moment in which both agree."""
    if not context.reads_binlog:
        return
    label, tables = context.source.label, context.plan.tables
    blackholes, memory = (_of(tables, engine) for engine in ("BLACKHOLE", "MEMORY"))
    others = [planned for planned in tables if planned.table.engine.upper() not in _ENGINES]
    if blackholes:
        yield blocker(
            "engine-not-followed",
            label,
            "keeps no rows of these BLACKHOLE tables and writes them to its binlog, so the target would have rows "
            f"that the source does not have: {_names(blackholes)}",
            "exclude them in selection",
        )
    keyless = [planned for planned in (*memory, *others) if planned.table.chunk_key is None]
    if keyless:
        yield blocker(
            "engine-not-followed",
            label,
            "these have neither transactions nor a usable key: there is no position at which a copy of them is "
            f"exact, and none to repair it by: {_names(keyless)}",
            "on the source: ALTER TABLE … ENGINE = InnoDB; or add a primary key; or exclude them in selection",
        )
    if memory:
        yield warning(
            "engine-forgets-rows",
            label,
            "a restart empties these MEMORY tables, and the TRUNCATE that the server then writes to the binlog "
            f"pauses the sync: {_names(memory)}",
            "on the source: ALTER TABLE … ENGINE = InnoDB; or exclude them in selection",
        )
    if others:
        yield warning(
            "engine-not-transactional",
            label,
            f"a crash of the source may change rows of these without the binlog: {_names(others)}",
            "on the source: ALTER TABLE … ENGINE = InnoDB; otherwise run verification after each crash",
        )


def _actions(key: ForeignKey) -> list[str]:
    rules = (("DELETE", key.on_delete), ("UPDATE", key.on_update))
    return [f"ON {event} {rule}" for event, rule in rules if rule in _ACTS]


def _without_action(source: Server, key: ForeignKey, *, logs: bool) -> str:
    child, name = qualified(key.child).plain, identifier(key.name).plain
    alter = (
        f"ALTER TABLE {child} DROP FOREIGN KEY {name}; ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY "
        f"({column_list(key.columns).plain}) REFERENCES {qualified(key.parent).plain} "
        f"({column_list(key.parent_columns).plain});"
    )
    ways = [
        f"on the source: {alter} and let the application, or a trigger on {key.parent}, do what it did",
        f"exclude {key.child} in selection",
        "set sync: {strategy: checksum} in the migration file",
    ]
    if logs:
        ways.insert(0, "follow the primary instead")
    elif _NATIVE in source.variables:
        ways.insert(0, f"{parameter(source, _NATIVE, 'OFF')}, then restart it: the server logs these changes then")
    return "; or ".join(ways)


def _of(tables: Sequence[PlannedTable], engine: str) -> list[PlannedTable]:
    return [planned for planned in tables if planned.table.engine.upper() == engine]


def _names(tables: list[PlannedTable]) -> str:
    names: list[TableName] = sorted(planned.mapping.source for planned in tables)
    return listed(names)
