"""A plan → DMS table mappings: selection, names, columns left out, parallel load.

Selection is computed from the plan's tables, one ``explicit`` rule a table, so that DMS takes what our rules
(later ones win) took and nothing else. Transformations are patterns: ``%`` and ``_`` are wildcards and ``[x]``
stands for the character itself
(https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html).
Generated columns are left to the target, which computes them itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, pairwise
from typing import Any, Final

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.chunk import KeyRange
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.model.table import INTEGER_TYPES, Table

MAX_BOUNDARY_COLUMNS: Final = 10
# Types whose bound text is also a literal that DMS may write between quotes; FLOAT, DOUBLE and LOBs it refuses.
_BOUNDARY_TYPES: Final = (INTEGER_TYPES - {"year"}) | {"decimal"}

Rule = dict[str, Any]


def table_mappings(plan: MigrationPlan, ranges: Iterable[KeyRange] = ()) -> str:
    """The JSON text of a plan; ``ranges`` are the planned key ranges, by which large tables load in parallel."""
    return json.dumps({"rules": rules(plan, ranges)}, indent=2, ensure_ascii=False)


def rules(plan: MigrationPlan, ranges: Iterable[KeyRange] = ()) -> list[Rule]:
    """Selection rules first, then transformations, then table settings; rule ids are numbers from 1.

    Raises: UnsupportedTableError for a table that leaves the rest of its schema.
    """
    for planned in stray_tables(plan):
        raise UnsupportedTableError(
            "DMS renames schemas as a whole and cannot send this table to another one",
            subject=f"table {planned.mapping.source}",
            remedy="rename within its schema, or use engine native",
        )
    cut: dict[TableName, list[KeyRange]] = {}
    for part in ranges:
        cut.setdefault(part.table, []).append(part)
    made = [
        *(_selection(planned) for planned in plan.tables),
        *_schema_renames(plan),
        *(rule for planned in plan.tables for rule in _table_changes(planned)),
        *(
            _parallel(planned.mapping.source, boundaries)
            for planned in plan.tables
            if (boundaries := boundary_values(planned.table, cut.get(planned.mapping.source, ())))
        ),
    ]
    numbers = count(1)
    return [{"rule-type": rule.pop("rule-type"), **_numbered(next(numbers)), **rule} for rule in made]


def escaped(name: str) -> str:
    """A name as a DMS pattern that matches it alone."""
    return re.sub(r"[%_\[]", lambda found: f"[{found[0]}]", name)


def _column_pattern(table: Table, name: str) -> str:
    """A column as DMS is to find it: its plain name, unless that, as a pattern, finds another one as well."""
    pattern = "".join(".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in name)
    found = [one.name for one in table.columns if re.fullmatch(pattern, one.name, re.DOTALL)]
    return name if found == [name] else escaped(name)


def boundary_values(table: Table, ranges: Sequence[KeyRange]) -> dict[str, Any]:
    """Columns and boundaries for ``parallel-load``, or nothing where DMS could not cut as we do.

    DMS skips rows whose boundary column is NULL; the columns of our key never are.
    """
    key = table.chunk_key
    if key is None or len(ranges) < 2 or len(key.columns) > MAX_BOUNDARY_COLUMNS:
        return {}
    if any(table.column(name).data_type not in _BOUNDARY_TYPES for name in key.columns):
        return {}
    ordered = sorted(ranges, key=lambda part: part.number)
    if any(one.upper is None or one.upper != two.lower for one, two in pairwise(ordered)):
        return {}
    return {"columns": list(key.columns), "boundaries": [list(part.upper or ()) for part in ordered[:-1]]}


def _numbered(number: int) -> Mapping[str, str]:
    return {"rule-id": str(number), "rule-name": str(number)}


def _selection(planned: PlannedTable) -> Rule:
    name = planned.mapping.source
    return {
        "rule-type": "selection",
        "object-locator": {"schema-name": name.schema, "table-name": name.name},
        "rule-action": "explicit",
        "filters": [],
    }


def stray_tables(plan: MigrationPlan) -> tuple[PlannedTable, ...]:
    """Tables that leave for another schema than the rest of theirs: DMS renames schemas as a whole only."""
    return tuple(
        planned
        for planned in plan.tables
        if planned.target.schema != plan.config.target_schema(planned.mapping.source.schema)
    )


def _schema_renames(plan: MigrationPlan) -> list[Rule]:
    found: list[Rule] = []
    for schema in plan.schemas:
        target = plan.config.target_schema(schema)
        if target != schema and any(planned.mapping.source.schema == schema for planned in plan.tables):
            found.append(
                {
                    "rule-type": "transformation",
                    "rule-target": "schema",
                    "object-locator": {"schema-name": escaped(schema)},
                    "rule-action": "rename",
                    "value": target,
                }
            )
    return found


def _table_changes(planned: PlannedTable) -> list[Rule]:
    source, target = planned.mapping.source, planned.target
    locator = {"schema-name": escaped(source.schema), "table-name": escaped(source.name)}
    changes: list[Rule] = []
    if target.name != source.name:
        changes.append(_change("table", locator, "rename", target.name))
    changes += [
        _change("column", {**locator, "column-name": _column_pattern(planned.table, column.name)}, "remove-column")
        for column in planned.table.columns
        if column.generated is not None
    ]
    return changes


def _change(what: str, locator: Mapping[str, str], action: str, value: str | None = None) -> Rule:
    rule: Rule = {
        "rule-type": "transformation",
        "rule-target": what,
        "object-locator": dict(locator),
        "rule-action": action,
    }
    return rule if value is None else {**rule, "value": value}


def _parallel(source: TableName, boundaries: Mapping[str, Any]) -> Rule:
    return {
        "rule-type": "table-settings",
        "object-locator": {"schema-name": source.schema, "table-name": source.name},
        "parallel-load": {"type": "ranges", **boundaries},
    }
