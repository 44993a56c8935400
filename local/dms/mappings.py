"""DMS's table-mapping JSON: which tables a task captures, how they are called on the target, which rows.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.html
Understood: selection (include, exclude, explicit; `%`, `_`, `[_]`), row filters, renames, prefixes, suffixes and
case of schemas and tables, remove-column, and table-settings (parallel-load, lob-settings). A transformation that
this stand-in cannot do is refused when the task is created, never passed over.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from local.dms import words
from local.dms.faults import AwsError
from local.dms.mysql import name

Refuse = Callable[[str], NoReturn]
_SELECTION: Final = ("include", "exclude", "explicit")
_RENAMING: Final = frozenset(
    {"rename", "convert-lowercase", "convert-uppercase"}
    | {f"{verb}-{part}" for verb in ("add", "remove", "replace") for part in ("prefix", "suffix")}
)
_OPERATORS: Final = {
    "eq": "{c} = %s",
    "noteq": "{c} <> %s",
    "ste": "{c} <= %s",
    "gte": "{c} >= %s",
    "between": "{c} BETWEEN %s AND %s",
    "notbetween": "{c} NOT BETWEEN %s AND %s",
    "null": "{c} IS NULL",
    "notnull": "{c} IS NOT NULL",
}
_PARALLEL: Final = ("partitions-auto", "subpartitions-auto", "partitions-list", "ranges", "none")


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a WHERE clause and its values."""

    sql: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableRules:
    """What the rules say of one captured table; `segments` are loaded one after the other."""

    schema: str
    table: str
    target_schema: str
    target_table: str
    load_order: int
    removed: frozenset[str]
    filters: tuple[Condition, ...]
    segments: tuple[Condition, ...]
    lob_mode: str | None
    lob_kib: int | None


class TableMappings:
    """The rules of one task, checked when they are given."""

    def __init__(self, document: str) -> None:
        """Raises: AwsError."""
        try:
            found = json.loads(document)
        except json.JSONDecodeError as error:
            raise AwsError(
                "InvalidParameterValueException", words.INVALID_MAPPINGS_JSON.format(reason=str(error))
            ) from error
        if not isinstance(found, dict) or not isinstance(found.get("rules"), list):
            raise AwsError("InvalidParameterValueException", words.INVALID_MAPPINGS)
        self._rules: list[dict[str, Any]] = found["rules"]
        seen: set[str] = set()
        for rule in self._rules:
            _check(rule, seen)
        if not any(rule["rule-type"] == "selection" for rule in self._rules):
            raise AwsError("InvalidParameterValueException", words.NO_SELECTION)

    def captures(self, schema: str, table: str) -> TableRules | None:
        """What to do with a table; None where the task leaves it alone."""
        chosen = [
            rule
            for rule in self._rules
            if rule["rule-type"] == "selection" and _locates(rule["object-locator"], schema, table)
        ]
        wanted = [rule for rule in chosen if rule["rule-action"] != "exclude"]
        if not wanted or len(wanted) < len(chosen):
            return None
        settings = [
            rule
            for rule in self._rules
            if rule["rule-type"] == "table-settings" and _locates(rule["object-locator"], schema, table)
        ]
        lob: dict[str, Any] = next((rule["lob-settings"] for rule in settings if rule.get("lob-settings")), {})
        load: dict[str, Any] = next((rule["parallel-load"] for rule in settings if rule.get("parallel-load")), {})
        return TableRules(
            schema,
            table,
            self._renamed("schema", schema, table),
            self._renamed("table", schema, table),
            max((int(rule.get("load-order") or 0) for rule in wanted), default=0),
            self._removed(schema, table),
            tuple(one for rule in wanted for one in _filters(rule)),
            _segments(load),
            lob.get("mode"),
            int(lob["bulk-max-size"]) if lob.get("bulk-max-size") else None,
        )

    def _transformations(self, target: str, schema: str, table: str) -> list[dict[str, Any]]:
        return [
            rule
            for rule in self._rules
            if rule["rule-type"] == "transformation"
            and rule["rule-target"] == target
            and _locates(rule["object-locator"], schema, table)
        ]

    def _renamed(self, target: str, schema: str, table: str) -> str:
        found = schema if target == "schema" else table
        for rule in self._transformations(target, schema, table):
            found = _rename(rule, found)
        return found

    def _removed(self, schema: str, table: str) -> frozenset[str]:
        rules = self._transformations("column", schema, table)
        return frozenset(rule["object-locator"]["column-name"] for rule in rules)


def _check(rule: dict[str, Any], seen: set[str]) -> None:
    number = str(rule.get("rule-id", ""))

    def refuse(reason: str) -> NoReturn:
        raise AwsError("InvalidParameterValueException", words.RULE.format(rule=number, reason=reason))

    if not number or not number.isdigit() or not rule.get("rule-name"):
        refuse("rule-id must be a number, and rule-name must be given")
    if number in seen:
        refuse("duplicate rule-id")
    seen.add(number)
    if rule.get("rule-type") not in _CHECKS:
        refuse(f"rule-type {rule.get('rule-type')} is not valid")
    locator = rule.get("object-locator")
    if not isinstance(locator, dict):
        refuse("object locator cannot be null")
    if not locator.get("schema-name"):
        refuse("schema-name cannot be null")
    _CHECKS[rule["rule-type"]](rule, locator, refuse)


def _check_selection(rule: Mapping[str, Any], locator: Mapping[str, Any], refuse: Refuse) -> None:
    if rule.get("rule-action") not in _SELECTION:
        refuse(f"rule-action {rule.get('rule-action')} is not valid")
    if not locator.get("table-name"):
        refuse("table-name cannot be null")
    for one in rule.get("filters") or ():
        if one.get("filter-type") != "source" or not one.get("column-name") or not one.get("filter-conditions"):
            refuse("a filter needs filter-type source, column-name and filter-conditions")
        if any(each.get("filter-operator") not in _OPERATORS for each in one["filter-conditions"]):
            refuse("filter-operator is not valid")


def _check_transformation(rule: Mapping[str, Any], locator: Mapping[str, Any], refuse: Refuse) -> None:
    target, action = rule.get("rule-target"), rule.get("rule-action")
    if target == "column" and action == "remove-column" and locator.get("column-name"):
        return
    if target not in ("schema", "table") or action not in _RENAMING:
        refuse(f"the local stand-in cannot do {action} of {target}")
    if action not in ("convert-lowercase", "convert-uppercase") and not rule.get("value"):
        refuse("value cannot be null")


def _check_table_settings(rule: Mapping[str, Any], locator: Mapping[str, Any], refuse: Refuse) -> None:
    if any(sign in locator["schema-name"] + locator.get("table-name", "%") for sign in "%"):
        refuse("table-settings take exact names, no wildcards")
    load = rule.get("parallel-load") or {}
    if load and load.get("type") not in _PARALLEL:
        refuse(f"parallel-load type {load.get('type')} is not valid")
    if load.get("type") == "ranges":
        columns = load.get("columns") or []
        if not columns or len(columns) > 10 or not load.get("boundaries"):
            refuse("ranges need one to ten columns and boundaries")
        if any(len(one) != len(columns) for one in load["boundaries"]):
            refuse("each boundary needs a value for each column")
    if (rule.get("lob-settings") or {}).get("mode") not in (None, "limited", "unlimited", "none"):
        refuse("lob-settings mode is not valid")


_CHECKS: Final[Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], Refuse], None]]] = {
    "selection": _check_selection,
    "transformation": _check_transformation,
    "table-settings": _check_table_settings,
}


def _locates(locator: Mapping[str, Any], schema: str, table: str) -> bool:
    return _like(locator["schema-name"], schema) and _like(locator.get("table-name") or "%", table)


def _like(pattern: str, found: str) -> bool:
    """`%` any text, `_` any character, `[_]` the character itself; case counts."""
    parts = re.findall(r"\[[^\]]\]|.", pattern, re.DOTALL)
    made = "".join(
        ".*" if one == "%" else "." if one == "_" else re.escape(one[1] if len(one) == 3 else one) for one in parts
    )
    return re.fullmatch(made, found, re.DOTALL) is not None


def _rename(rule: Mapping[str, Any], found: str) -> str:
    action, value, old = rule["rule-action"], str(rule.get("value") or ""), str(rule.get("old-value") or "")
    if action == "rename":
        return value
    if action == "convert-lowercase":
        return found.lower()
    if action == "convert-uppercase":
        return found.upper()
    verb, _, part = action.partition("-")
    if verb == "add":
        return value + found if part == "prefix" else found + value
    gone, new = (value, "") if verb == "remove" else (old, value)
    if part == "prefix":
        return new + found.removeprefix(gone) if found.startswith(gone) else found
    return found.removesuffix(gone) + new if found.endswith(gone) else found


def _filters(rule: Mapping[str, Any]) -> list[Condition]:
    """AND of the filters of a rule, OR of the conditions inside a filter."""
    made = []
    for one in rule.get("filters") or ():
        column, parts, values = name(one["column-name"]).replace("%", "%%"), [], []
        for each in one["filter-conditions"]:
            parts.append(_OPERATORS[each["filter-operator"]].format(c=column))
            values += [str(each[key]) for key in ("value", "start-value", "end-value") if key in each]
        made.append(Condition(f"({' OR '.join(parts)})", tuple(values)))
    return made


def _segments(load: Mapping[str, Any]) -> tuple[Condition, ...]:
    """The ranges of a parallel load; as in DMS, a row with NULL in a boundary column is in none of them."""
    if load.get("type") != "ranges":
        return (Condition("TRUE"),)
    columns = ", ".join(name(one).replace("%", "%%") for one in load["columns"])
    marks = ", ".join(["%s"] * len(load["columns"]))
    bounds = [tuple(str(value) for value in one) for one in load["boundaries"]]
    made = [Condition(f"({columns}) <= ({marks})", bounds[0])]
    for lower, upper in itertools.pairwise(bounds):
        made.append(Condition(f"(({columns}) > ({marks}) AND ({columns}) <= ({marks}))", lower + upper))
    return (*made, Condition(f"({columns}) > ({marks})", bounds[-1]))
