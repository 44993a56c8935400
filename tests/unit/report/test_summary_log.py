"""The last lines of a task: aligned, whole, and one record a line."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from aurora_migration.bridge import loaded_tables, report_log, summary_log
from aurora_migration.bridge.loaded_tables import LoadedTables
from aurora_migration.model.names import TableName
from aurora_migration.model.report import Difference, DifferenceKind, TableVerdict, Verdict, VerificationReport
from aurora_migration.mysql.writer import Written

ROWS: list[tuple[Any, ...]] = [("shop.orders", 812345, 275.06, None), ("shop.é", 10, 0.0, 1.0)]


def test_a_table_is_aligned() -> None:
    assert list(summary_log.table("Loaded", ("table", "rows", "MiB", "rows/s"), ROWS, summary_log.sums(ROWS))) == [
        "Loaded",
        "table            rows     MiB   rows/s",
        "shop.orders   812,345   275.1        –",
        "shop.é             10     0.0      1.0",
        "total         812,355   275.1",
    ]


def test_a_long_table_is_cut_and_says_so_and_its_total_is_of_all_rows() -> None:
    rows = [(f"t{number}", 1) for number in range(summary_log.MOST + 1200)]
    lines = list(summary_log.table("Loaded", ("table", "rows"), rows, summary_log.sums(rows)))
    assert len(lines) == summary_log.MOST + 4
    assert lines[-2:] == ["… and 1,200 more", "total   1,230"]


def test_a_name_keeps_to_its_line_whatever_is_in_it() -> None:
    lines = list(summary_log.table("x", ("table",), [("a\nb\t::endgroup::",), ("n" * 100,)]))
    assert lines[2] == "a b ::endgroup::"
    assert len(lines[3]) == 60
    assert lines[3].endswith("…")


def test_an_empty_table() -> None:
    assert list(summary_log.table("Tables", ("table", "rows"), [], summary_log.sums([]))) == ["Tables: none"]


def test_a_run_without_tables_has_a_conclusion(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        report_log.log_conclusion(VerificationReport("shop", "run", "checksum"), [])
        report_log.log_verdicts([])
        report_log.log_units([])
        LoadedTables().log("Loaded unit 1")
    words = [record.getMessage() for record in caplog.records]
    assert words[0] == "Tables: none"
    assert words[-2:] == ["Planned 0 load units: none", "Loaded unit 1: none"]


def test_values() -> None:
    summary = {
        "tables": 1200,
        "lag_seconds": 0.25,
        "reached": True,
        "stopped": ["shop.a", "shop.b", "shop.c", "shop.d"],
        "left": [],
        "nested": {"x": 1},
        "rows": [{"a": 1}],
        "position": None,
        "path": "/p" * 50,
        "rows_loaded": 12,
    }
    assert list(summary_log.values("Done", summary)) == [
        "Done",
        "  tables        1,200",
        "  lag seconds     0.2",
        "  reached       yes",
        "  stopped       4: shop.a, shop.b, shop.c, …",
        "  left          0",
        "  rows          1",
        "  position      –",
        f"  path          {'/p' * 50}",
        "  rows loaded      12",
    ]
    assert list(summary_log.values("Done", {})) == ["Done"]


def test_every_line_is_a_record(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        summary_log.log_summary("Done", {"a": 1})
        summary_log.log_table("Loaded", ("table",), [("t",)])
    words = [record.getMessage() for record in caplog.records if record.name == summary_log.__name__]
    assert words == ["Done", "  a   1", "Loaded", "table", "t"]


def test_what_a_unit_loaded_tells_new_rows_from_those_of_earlier_tries(caplog: pytest.LogCaptureFixture) -> None:
    moments = iter([0.0, 10.0, 10.0, 12.0, 20.0, 21.0])
    done = LoadedTables(clock=lambda: next(moments))
    for name, rows, before in (("small", 5, 5), ("large", 1000, 200), ("large", 200, 0)):
        with done.timed(TableName("shop", name), before) as part:
            part.written = Written(rows, rows << 20)
    with caplog.at_level(logging.INFO):
        done.log("Loaded unit 3 by load-data")
    assert [record.getMessage() for record in caplog.records if record.name == summary_log.__name__] == [
        "Loaded unit 3 by load-data",
        "table         rows   of earlier tries       MiB   seconds   rows/s",
        "shop.large   1,200                200   1,200.0       3.0      333",
        "shop.small       5                  5       5.0      10.0        –",
        "total        1,205                205   1,205.0      13.0       77",
    ]
    assert (done.rows, done.bytes) == (1205, 1205 << 20)
    assert loaded_tables.LoadedTables().rows == 0


def verdict(name: str, found: Verdict, rows: int = 1, *, differs: bool = False) -> TableVerdict:
    rows_differ = (Difference(DifferenceKind.DIFFERS, "rows", f"{name} range 1", "row id=1 differs in a"),)
    return TableVerdict(name, name, "checksum", found, rows, rows, 1, 0, 0.5, rows_differ if differs else ())


def test_the_conclusion_of_a_run_names_what_is_wrong_first(caplog: pytest.LogCaptureFixture) -> None:
    tables = (
        verdict("shop.big", Verdict.EQUAL, 5000),
        verdict("shop.bad", Verdict.DIFFERS),
        verdict("shop.none", Verdict.MISSING, 0),
    )
    report = VerificationReport("shop", "run", "checksum", tables)
    with caplog.at_level(logging.INFO):
        report_log.log_conclusion(report, ["/reports/report.html"])
    words = [record.getMessage() for record in caplog.records]
    assert [line.split()[0] for line in words[2:6]] == ["shop.bad", "shop.none", "shop.big", "total"]
    assert words[6] == "Report of shop, run run"
    told = dict(line.strip().split("   ", 1) for line in words[7:])
    assert told["tables equal"].strip() == "1 of 3"
    assert told["tables that differ"].strip() == "1: shop.bad"
    assert told["tables not compared"].strip() == "1: shop.none"
    assert "NOT PROVED" in words[-1]


def test_warnings_carry_a_remedy_and_groups_end_before_an_error_is_told(caplog: pytest.LogCaptureFixture) -> None:
    differences = [
        Difference(DifferenceKind.MISSING, "objects", "view shop.v", "not on the target"),
        Difference(DifferenceKind.ON_PURPOSE, "objects", "event shop.e", "disabled", "event-disabled"),
    ]
    with caplog.at_level(logging.INFO):
        report_log.log_differences(differences)
        report_log.log_verdicts([verdict("shop.bad", Verdict.DIFFERS, differs=True)])
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert ["What to do: " in line for line in warnings] == [True, True, False]
    assert warnings[2] == "shop.bad range 1: row id=1 differs in a"

    caplog.clear()
    with caplog.at_level(logging.INFO), pytest.raises(ValueError), report_log.group("Tables"):
        raise ValueError
    assert [record.getMessage() for record in caplog.records] == ["::group::Tables", "::endgroup::"]
