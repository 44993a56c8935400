"""Target names: possible ones, not the servers' own, and no two sources in one place.

The plan refuses two tables of one target name. Here that is asked as the target compares names
(``lower_case_table_names``), and for views, routines, triggers and events too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.errors import ConfigurationError
from aurora_migration.model.finding import Finding, blocker
from aurora_migration.model.names import TableName
from aurora_migration.sql.quoting import qualified

RESERVED: Final = frozenset({"mysql", "sys", "information_schema", "performance_schema"})
_RENAME: Final = "change renames in the migration file"


def check_target_names(context: Context) -> Iterator[Finding]:
    """Names that no MySQL server can hold."""
    for planned in context.plan.tables:
        name = planned.target
        try:
            qualified(name)
        except ConfigurationError as error:
            yield blocker("target-name-impossible", name, f"{error.subject} {error.message}", _RENAME)
            continue
        if name.schema.endswith(" ") or name.name.endswith(" "):
            yield blocker("target-name-impossible", name, "ends with a space, which MySQL refuses", _RENAME)


def check_target_schemas(context: Context) -> Iterator[Finding]:
    """Target schemas that belong to the server or to this project."""
    control = context.config.control_schema
    for schema in context.target_schemas:
        if schema.lower() in RESERVED:
            yield blocker("target-schema-reserved", schema, "belongs to the server itself", _RENAME)
        if schema.lower() == control.lower():
            yield blocker(
                "control-schema-selected",
                schema,
                "is the control schema, where this project keeps the run's state",
                "exclude the schema, rename it, or set another control_schema in the migration file",
            )
    if control.lower() in RESERVED:
        yield blocker(
            "target-schema-reserved", control, "belongs to the server itself", "set another control_schema"
        )


def check_name_clashes(context: Context) -> Iterator[Finding]:
    """Two sources that the target would take for one object."""
    taken: dict[tuple[str, TableName], str] = {}
    for kind, target, source in _places(context):
        other = taken.setdefault((kind, target), source)
        if other != source:
            yield blocker(
                "target-name-clash",
                target,
                f"{other} and {source} would be one {kind} there",
                f"{_RENAME}, or exclude one of the two",
            )


def check_name_case(context: Context) -> Iterator[Finding]:
    """``lower_case_table_names``: the target must keep names as the source does."""
    source, target = context.source, context.target
    if source.number("lower_case_table_names") == target.number("lower_case_table_names"):
        return
    value = source.variables["lower_case_table_names"]
    seen = f"lower_case_table_names is {value} on the source, {target.variables['lower_case_table_names']} here"
    remedy = f"create the target anew with lower_case_table_names = {value}; Aurora cannot change it later"
    names = {name for planned in context.plan.tables for name in (planned.target.schema, planned.target.name)}
    mixed = sorted(name for name in names if name != name.lower())
    if mixed:
        yield blocker("name-case-differs", target.label, f"{seen}, and would change names: {mixed[:5]}", remedy)
    elif source.folds_names:
        yield blocker(
            "name-case-differs",
            target.label,
            f"{seen}: statements that write names in another case than they have fail there",
            remedy,
        )


def _places(context: Context) -> Iterator[tuple[str, TableName, str]]:
    """Every object with the place it takes on the target; kinds share a name space as on the server."""
    config = context.config
    for planned in context.plan.tables:
        yield "table or view", context.on_target(planned.target), f"table {planned.mapping.source}"
    for one in context.objects:
        if one.kind == "view":
            yield "table or view", context.on_target(config.target_name(one.name)), str(one)
        elif one.kind == "trigger" and one.table is not None:
            schema = context.target.same_name(config.target_name(one.table).schema)
            yield "trigger", TableName(schema, one.name.name), str(one)
        else:
            # names of routines and events ignore case on every server
            schema = context.target.same_name(config.target_schema(one.name.schema))
            yield one.kind, TableName(schema, one.name.name.lower()), str(one)
