"""Target settings that refuse or change the CREATE statements of the plan's objects.

Aurora's administrator cannot switch these off for a session (they need SYSTEM_VARIABLES_ADMIN or
SESSION_VARIABLES_ADMIN), so each is a parameter group matter, and each is asked only where the plan has an
object that it concerns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed, parameter
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.table import Column

_CURRENT = re.compile(r"CURRENT_TIMESTAMP|NOW\(", re.IGNORECASE)
_SAFE_ACCESS = frozenset({"NO SQL", "READS SQL DATA"})


def check_primary_key_rules(context: Context) -> Iterator[Finding]:
    """``sql_require_primary_key`` refuses, ``sql_generate_invisible_primary_key`` changes tables without one."""
    without = [p.target for p in context.plan.tables if not any(key.primary for key in p.table.keys)]
    if not without:
        return
    names = listed(sorted(without))
    if context.target.is_on("sql_require_primary_key"):
        yield blocker(
            "primary-key-required",
            context.target.label,
            f"sql_require_primary_key is ON and refuses tables without a primary key: {names}",
            parameter(context.target, "sql_require_primary_key", "OFF")
            + "; or give these tables a primary key on the source",
        )
    elif context.target.is_on("sql_generate_invisible_primary_key"):
        yield blocker(
            "primary-key-generated",
            context.target.label,
            f"sql_generate_invisible_primary_key is ON and would add a column my_row_id to: {names}",
            parameter(context.target, "sql_generate_invisible_primary_key", "OFF"),
        )


def check_function_creation(context: Context) -> Iterator[Finding]:
    """With the target's binlog on, functions and triggers need SUPER or a setting (errors 1418, 1419)."""
    target = context.target
    if not target.is_on("log_bin") or target.variables.get("log_bin_trust_function_creators", "ON") == "ON":
        return
    code = [one for one in context.objects if one.kind in {"function", "trigger"}]
    if target.grants.holds("SUPER"):
        code = [
            one
            for one in code
            if one.kind == "function" and not one.deterministic and one.data_access not in _SAFE_ACCESS
        ]
    if code:
        yield blocker(
            "function-creators-not-trusted",
            target.label,
            f"the binlog is on and log_bin_trust_function_creators is OFF, so it refuses: {listed(code)}",
            parameter(target, "log_bin_trust_function_creators", "ON"),
        )


def check_timestamp_defaults(context: Context) -> Iterator[Finding]:
    """Without ``explicit_defaults_for_timestamp`` a bare TIMESTAMP NOT NULL gets defaults of its own."""
    if context.target.is_on("explicit_defaults_for_timestamp"):
        return
    bare = [
        f"{planned.target}.{column.name}"
        for planned in context.plan.tables
        for column in planned.table.columns
        if _is_bare_timestamp(column)
    ]
    if bare:
        yield blocker(
            "timestamp-defaults-implicit",
            context.target.label,
            f"explicit_defaults_for_timestamp is OFF, so these columns would get defaults that the source does "
            f"not have: {listed(bare)}",
            parameter(context.target, "explicit_defaults_for_timestamp", "ON"),
        )


def check_strict_mode(context: Context) -> Iterator[Finding]:
    """``innodb_strict_mode`` refuses tables whose options do not fit their rows or each other."""
    if not context.target.is_on("innodb_strict_mode") or context.source.is_on("innodb_strict_mode"):
        return
    with_options = [
        planned.target
        for planned in context.plan.tables
        if re.search(r"row_format|key_block_size", planned.table.create_options, re.IGNORECASE)
    ]
    if with_options:
        yield warning(
            "strict-mode-differs",
            context.target.label,
            f"innodb_strict_mode is ON here and OFF on the source; tables whose options may be refused: "
            f"{listed(with_options)}",
            parameter(context.target, "innodb_strict_mode", "OFF"),
        )


def check_zero_dates(context: Context) -> Iterator[Finding]:
    """Column defaults that the target's own sql_mode would refuse applications to use."""
    modes = set(context.target.variables["sql_mode"].split(","))
    if "NO_ZERO_DATE" not in modes or "NO_ZERO_DATE" in context.source.variables["sql_mode"].split(","):
        return
    zero = [
        f"{planned.target}.{column.name}"
        for planned in context.plan.tables
        for column in planned.table.columns
        if column.default is not None and column.default.startswith("0000-00-00")
    ]
    if zero:
        yield warning(
            "zero-date-defaults",
            context.target.label,
            f"sql_mode has NO_ZERO_DATE here and not on the source; defaults that applications can no longer "
            f"use: {listed(zero)}",
            parameter(context.target, "sql_mode", context.source.variables["sql_mode"] or "''"),
        )


def _is_bare_timestamp(column: Column) -> bool:
    if column.data_type != "timestamp" or column.nullable or column.generated is not None:
        return False
    return column.default is None and not _CURRENT.search(column.extra)
