"""Control schemas as runs leave them behind, written through the store: what the page has to show."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from aurora_migration.bridge.dms_sight import COLUMNS
from aurora_migration.model.chunk import Chunk, KeyRange, LoadUnit
from aurora_migration.model.finding import blocker, note, warning
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.report import Difference, DifferenceKind, TableVerdict, Verdict
from aurora_migration.mysql.session import Session
from aurora_migration.store import dms_states, incidents, load, runs, verdicts
from aurora_migration.store.chunks import recorded
from aurora_migration.store.control import Control

HOSTILE = "<img src=x onerror=alert(1)>"
RUN = "manual__2026-01-31T12:00:00+00:00"
PLAN = [
    {
        "account": "app@%",
        "action": "create",
        "plugin": "caching_sha2_password",
        "locked": False,
        "default_roles": [],
        "kept": ["SELECT on shop.*"],
        "dropped": [{"what": "FILE on *.*", "rule": "ungrantable", "became": "", "remedy": "none"}],
        "changed": [],
        "missing": [],
    }
]


def write_run(session: Session, control: Control, run_id: str = RUN) -> None:
    """A verified run of three tables: one equal, one that differs, one with a hostile name that is half loaded."""
    control.ensure(session)
    runs.start_run(
        session, control, run_id, "migrate", {"level": "checksum"}, {"source": "8.4.0", "target": "8.0.39"}
    )
    for phase in ("preflight", "schema-wave-1", "plan"):
        runs.start_phase(session, control, run_id, phase)
        runs.finish_phase(session, control, run_id, phase, "success", {"tables": 3})
    found = [
        blocker("no-way", "table shop.a", "cannot be moved", "leave it out"),
        warning("slow", HOSTILE, HOSTILE, "wait"),
        note("fact", "table shop.b", "is a fact"),
    ]
    runs.save_findings(session, control, run_id, "preflight", found)
    names = [TableName("shop", name) for name in ("equal", "unequal", HOSTILE)]
    for name in names:
        load.save_table(session, control, run_id, TableMapping(name, name), "f" * 64, 1000, 50_000)
    parts = [KeyRange(name, 1, None, None, 1000, 50_000) for name in names]
    load.save_units(session, control, [LoadUnit(1, "all", tuple(parts))])
    for name in names[:2]:
        _chunks(session, control, run_id, name, [(None, ("500",), 500), (("500",), None, 400)])
    _chunks(session, control, run_id, names[2], [(None, ("500",), 500)])
    _verdicts(session, control, run_id, names)
    _objects(session, control, run_id)
    runs.finish_run(session, control, run_id, "failed")


def _chunks(
    session: Session, control: Control, run_id: str, name: TableName, cut: Iterable[tuple[Any, Any, int]]
) -> None:
    for number, (lower, upper, rows) in enumerate(cut, 1):
        chunk = Chunk(name, 1, number, lower, upper)
        with recorded(session, control, run_id, chunk) as counts:
            counts(rows, 50 * rows)


def _verdicts(session: Session, control: Control, run_id: str, names: list[TableName]) -> None:
    equal, unequal = str(names[0]), str(names[1])
    differs = Difference(
        DifferenceKind.DIFFERS, "rows", f"{unequal} range 1 chunk 1", f"row id=7 differs in {HOSTILE}"
    )
    same = TableVerdict(equal, equal, "checksum", Verdict.EQUAL, 900, 900, 2)
    other = TableVerdict(unequal, unequal, "checksum", Verdict.DIFFERS, 900, 899, 2, 1, differences=(differs,))
    verdicts.save_verdict(session, control, run_id, names[0], 1, same)
    verdicts.save_verdict(session, control, run_id, names[1], 1, other)
    incidents.save_incident(session, control, run_id, unequal, "review", ["row id=7"], ["REPLACE …"])


def _objects(session: Session, control: Control, run_id: str) -> None:
    found = [
        Difference(DifferenceKind.MISSING, "objects", "view shop.v", "not on the target"),
        Difference(DifferenceKind.ON_PURPOSE, "objects", "event shop.e", "disabled", "event-disabled"),
    ]
    verdicts.save_differences(session, control, run_id, "objects", found)
    runs.start_phase(session, control, run_id, "verify-objects")
    runs.finish_phase(
        session, control, run_id, "verify-objects", "failed", {"unexplained": 1, "account_plan": PLAN}
    )


def write_dms(session: Session, control: Control, run_id: str = RUN) -> None:
    """What AWS DMS said of a replication with a table in error and a hostile name."""
    keys = ("kind", "name", "part", "state", "detail")
    resources = [
        ("subnet group", "m2a-alpha", "", "complete", "2 subnets"),
        ("replication instance", "m2a-alpha", "DEF", "available", "dms.t3.medium, DMS 3.6.1"),
        ("endpoint", "m2a-alpha-source", "GHI", "connection successful", "source, TLS none"),
        ("endpoint", "m2a-alpha-target", "JKL", "connection failed", "target, TLS verify-full"),
        ("replication task", "m2a-alpha", "MNO", "running", "full-load-and-cdc"),
    ]
    rows = [
        ["shop.unequal", "Table error", 899, 1, 30, 12, "Error", 0],
        [f"shop.{HOSTILE}", "Table completed", 500, 0, 0, 0, "Validated", 0],
    ]
    replication = {"name": "m2a-alpha", "status": "running", "stop_reason": "", "percent": 100}
    document = {
        "resources": [dict(zip(keys, one, strict=True)) for one in resources],
        "replication": replication,
        "latencies": {"CDCLatencySource": 1.0, "CDCLatencyTarget": 4.0},
        "columns": COLUMNS,
        "rows": rows,
    }
    dms_states.save_state(session, control, run_id, "running", 12, 1, document)


def write_many(session: Session, control: Control, tables: int, run_id: str = RUN) -> None:
    """A run of thousands of tables, all loaded and verified; straight into the tables, for speed."""
    control.ensure(session)
    runs.start_run(session, control, run_id, "migrate", {}, {})
    schema = control.schema
    numbers = [(number,) for number in range(tables)]
    statements = {
        "tables": "'{m}', 'many', CONCAT('table_', %s), 'many', CONCAT('table_', %s), '{r}', REPEAT('f', 64),"
        " 1000, 9",
        "key_ranges": "'{m}', 'many', CONCAT('table_', %s), 1, %s MOD 24 + 1, NULL, NULL, 1000, 9",
        "chunks": "'{m}', 'many', CONCAT('table_', %s), 1, 1, NULL, NULL, 1000, %s, '{r}',"
        " UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE",
        "verdicts": "'{m}', '{r}', 'many', CONCAT('table_', %s), 1, 'checksum', 'equal', 1000, 1000, 1, 0 * %s,"
        " 0.1, UTC_TIMESTAMP(6)",
    }
    with session.connection.cursor() as cursor:
        for table, values in statements.items():
            text = values.format(m=control.migration, r=run_id)
            cursor.executemany(
                f"INSERT INTO `{schema}`.{table} VALUES ({text})", [(number, number) for (number,) in numbers]
            )
    runs.finish_run(session, control, run_id, "success")


def migration_file(name: str, target: str, control_schema: str) -> str:
    """The text of a migration file (JSON is YAML)."""
    return json.dumps(
        {
            "name": name,
            "description": f"the migration {name}",
            "source": {"connection": "web_source"},
            "target": {"connection": target},
            "selection": [{"include": "shop.*"}],
            "control_schema": control_schema,
        }
    )
