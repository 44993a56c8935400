"""Foreign keys: parents that do not come along, keys the target refuses, cascades and cycles.

Keys are created after the load, so neither their order nor a cycle matters; a key whose parent is not on the
target then is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed, parameter
from aurora_migration.engine.preflight.scope import ForeignKey
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.model.names import TableName

# https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_restrict_fk_on_non_standard_key
_RESTRICT: Final = "restrict_fk_on_non_standard_key"
_LOCKED: Final = "may not switch it off for its own session"
_ACTS: Final = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


def check_foreign_key_parents(context: Context) -> Iterator[Finding]:
    """Keys to tables that are neither in the plan nor on the target."""
    for key in context.foreign_keys:
        if key.parent in context.planned:
            continue
        parent = context.on_target(context.config.target_name(key.parent))
        if context.target_names_elsewhere.get(parent) != "BASE TABLE":
            yield warning(
                "foreign-key-parent-excluded",
                key.child,
                f"the {key} is left out: {key.parent} is neither selected nor on the target",
                f"add include: {key.parent} to selection to keep the foreign key",
            )


def check_foreign_key_targets(context: Context) -> Iterator[Finding]:
    """Keys that point at columns which are no unique key, where the target refuses that."""
    target = context.target
    if not target.is_on(_RESTRICT):
        return
    loose = [k for k in context.foreign_keys if k.parent in context.planned and not _is_standard(context, k)]
    if not loose:
        return
    allowed = target.session.try_variable(_RESTRICT, "OFF")
    yield (note if allowed else blocker)(
        "foreign-key-not-to-unique-key",
        target.label,
        f"{_RESTRICT} is ON, these point at no whole unique key: {listed(loose)}; this migration "
        + ("switches it off for its own session, applications cannot add such keys again" if allowed else _LOCKED),
        parameter(target, _RESTRICT, "OFF") + "; or add unique keys on the source",
    )


def check_foreign_key_actions(context: Context) -> Iterator[Finding]:
    """Cascades: rows that change on the source without an event of their own in older binlogs."""
    acting = [key for key in context.foreign_keys if {key.on_update, key.on_delete} & _ACTS]
    if acting:
        yield note(
            "foreign-key-cascades",
            context.source.label,
            f"these change child rows by themselves: {listed(acting)}",
            "nothing for a full load; change data capture needs to know of them",
        )


def check_foreign_key_cycles(context: Context) -> Iterator[Finding]:
    """Tables that refer to each other in a circle."""
    parents: dict[TableName, frozenset[TableName]] = dict.fromkeys(context.planned, frozenset())
    for key in context.foreign_keys:
        parents[key.child] |= {key.parent} - {key.child}
    cycle = in_cycles(parents)
    if cycle:
        yield note(
            "foreign-key-cycle",
            context.source.label,
            f"these refer to each other in a circle: {listed(sorted(cycle))}",
            "nothing: foreign keys are created when all tables are loaded",
        )


def in_cycles(parents: Mapping[TableName, frozenset[TableName]]) -> frozenset[TableName]:
    """The tables that reach themselves through others: what stays when childless and parentless ones go."""
    left = dict(parents)
    while True:
        used = frozenset[TableName]().union(*left.values()) if left else frozenset()
        ends = [name for name, above in left.items() if name not in used or not above & left.keys()]
        if not ends:
            return frozenset(left)
        left = {name: above for name, above in left.items() if name not in ends}


def _is_standard(context: Context, key: ForeignKey) -> bool:
    wanted = {column.lower() for column in key.parent_columns}
    return any(
        unique.unique
        and not unique.functional
        and all(part.prefix is None for part in unique.parts)
        and {column.lower() for column in unique.columns} == wanted
        for unique in context.planned[key.parent].table.keys
    )
