"""What a report says of a run, for programs: its form, its verdict, its numbers."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aurora_migration.bridge.report_content import FORMAT, content
from aurora_migration.bridge.versions import own_versions
from aurora_migration.model.names import TableName
from aurora_migration.store.reports import Evidence
from tests.unit.report import evidence_rows as rows

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text())
NOW = datetime(2026, 1, 31, 12, 2, tzinfo=UTC)
NOTHING = Evidence(None, [], [], [], None, [], [], [], None, [], None, [], None)


def made(evidence: Evidence, **judged: Any) -> dict[str, Any]:
    return content(rows.migration(), rows.RUN, evidence, NOW, **judged)


@pytest.mark.parametrize(
    "evidence",
    [rows.evidence(), rows.hostile(), NOTHING, rows.evidence(0), rows.cutover_run(rows.cutover())],
    ids=["plain", "hostile", "none", "empty", "cutover"],
)
def test_every_report_has_the_published_form(evidence: Evidence) -> None:
    found = json.loads(json.dumps(made(evidence)))
    jsonschema.validate(found, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert found["format"] == FORMAT == SCHEMA["properties"]["format"]["const"]


def test_a_proved_run() -> None:
    found = made(rows.evidence(2))
    assert found["verdict"] == "proved"
    assert found["run"]["seconds"] == 70
    assert found["made_at"] == "2026-01-31T12:02:00.000Z"
    totals = found["totals"]
    assert (totals["tables"], totals["tables_equal"], totals["rows_compared"]) == (2, 2, 200)
    assert (totals["rows_loaded_by_this_run"], totals["load_seconds"], totals["rows_per_second"]) == (200, 10, 20)
    table = found["tables"][0]
    assert (table["source"], table["key"], table["row_estimate"], table["rows_loaded"]) == (
        "shop.t0",
        ["id"],
        90,
        100,
    )
    # of two chunks only the second one's time is known: half of the rows in 5 s
    assert table["rows_per_second"] == 10


def test_phases_come_in_order_and_those_of_many_tasks_have_the_times_of_their_records() -> None:
    found = made(rows.evidence())["phases"]
    assert [one["phase"] for one in found] == ["preflight", "load", "verify-rows", "verify-objects"]
    assert [one["seconds"] for one in found] == [2, 10, 10, 3]
    assert found[3]["summary"] == {"objects": 1}


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (rows.run_row("success"), "proved"),
        (rows.run_row("failed"), "not proved"),
        (rows.run_row("running"), "not finished"),
        (rows.run_row("success", "sync"), "done"),
        (rows.run_row("failed", "sync"), "failed"),
        (None, "stopped before anything was written"),
    ],
)
def test_the_verdict_claims_no_more_than_was_proved(run: dict[str, Any] | None, words: str) -> None:
    assert made(rows.evidence(run=run))["verdict"] == words


def test_a_table_without_a_whole_comparison_is_not_compared() -> None:
    names = [TableName("shop", f"t{number}") for number in range(4)]
    evidence = rows.evidence(
        4,
        tables=[rows.loaded(name, ranges=2) for name in names],
        verdicts=[rows.verdict(name, ranges=number) for number, name in enumerate(names) if number],
    )
    found = [one["verdict"] for one in made(evidence)["tables"]]
    assert found == ["not compared", "not compared", "equal", "equal"]
    # once the judge has spoken its word counts, whatever later runs have made of the ranges
    judged = made(evidence, not_compared=["shop.t3"])["tables"]
    assert [one["verdict"] for one in judged] == ["not compared", "equal", "equal", "not compared"]


def test_a_run_that_preflight_stopped_shows_its_findings() -> None:
    given = [{key: value for key, value in rows.finding("blocker").items() if key != "phase"}]
    found = made(NOTHING, findings=given)
    assert found["verdict"] == "stopped before anything was written"
    assert [(one["severity"], one["phase"]) for one in found["findings"]] == [("blocker", "preflight")]
    assert found["totals"]["blockers"] == 1


def test_changes_on_purpose_are_told_once_and_by_rule() -> None:
    evidence = rows.evidence(
        findings=[
            rows.finding("note", "rule-moved", "table shop.a"),
            rows.finding("note", "rule-moved", "table shop.b"),
            rows.finding("warning", "slow"),
        ],
        differences=[
            rows.difference("objects", "changed on purpose", "moved", text="table shop.a"),
            rows.difference("accounts", "changed on purpose", "dropped", text="app@%"),
            rows.difference("objects", "missing"),
        ],
    )
    found = made(evidence)
    rules = {one["rule"]: [change["subject"] for change in one["changes"]] for one in found["changed_on_purpose"]}
    assert rules == {"dropped": ["app@%"], "moved": ["table shop.a", "table shop.b"]}
    assert [one["code"] for one in found["findings"]] == ["slow"]
    assert (found["totals"]["changed_on_purpose"], found["totals"]["unexplained_differences"]) == (3, 1)


def test_findings_have_blockers_first() -> None:
    found = made(rows.evidence(findings=[rows.finding(each) for each in ("note", "warning", "blocker")]))
    assert [one["severity"] for one in found["findings"]] == ["blocker", "warning", "note"]


def test_rows_that_differ_stand_at_their_table_and_connections_stand_nowhere() -> None:
    found = made(rows.hostile())
    assert [one["subject"] for one in found["tables"][0]["differences"]] == [rows.HOSTILE]
    found.pop("cutover")  # which names both connections by their ids
    assert "connection" not in json.dumps(found)


@pytest.mark.parametrize(
    ("row", "state", "words"),
    [
        (rows.cutover(), "success", "cut over"),
        (rows.cutover(state="handed-over"), "success", "cut over"),
        (rows.cutover(state="released"), "failed", "not cut over"),
        (rows.cutover("", "released"), "not approved", "not approved"),
        (rows.cutover(state="blocked"), "running", "not finished"),
        (None, "failed", "not cut over"),
    ],
)
def test_a_cutovers_verdict_is_what_is_recorded(row: dict[str, Any] | None, state: str, words: str) -> None:
    assert made(rows.cutover_run(row, state))["verdict"] == words


def test_a_cutover_says_who_approved_it_how_long_nobody_wrote_and_where_writes_go() -> None:
    found = made(rows.cutover_run(rows.cutover()))["cutover"]
    assert (found["approved_by"], found["write_downtime_seconds"]) == ("ada", 7.5)
    sides = [found[name]["side"] for name in ("writes_came_from", "writes_go_to")]
    assert sides == ["source", "target"]
    assert found["writes_go_to"]["version"] == "8.0.39 (Aurora)"
    assert (found["accounts_locked"], found["accounts_opened"]) == (["app@%"], ["app@%"])
    assert found["proofs"] == ["accounts that are locked: 1"]
    back = made(rows.cutover_run(rows.cutover(direction="back")))["cutover"]
    assert [back[name]["side"] for name in ("writes_came_from", "writes_go_to")] == ["target", "source"]
    undone = made(rows.cutover_run(rows.cutover(state="released")))["cutover"]
    assert [undone[name]["side"] for name in ("writes_came_from", "writes_go_to")] == ["source", "source"]
    assert undone["accounts_opened"] == []
    assert made(rows.evidence())["cutover"] is None


def test_followed_changes() -> None:
    evidence = rows.evidence(checkpoint=rows.checkpoint(), followed=[rows.followed("a", "overlap")])
    changes = made(evidence)["changes"]
    assert changes["position"] == "binlog.000007:157"
    assert changes["committed_at"] == "2026-01-31T12:00:00.000Z"
    assert changes["tables"] == [
        {"table": "shop.a", "mode": "overlap", "until": "binlog.000007:4", "row_changes": 3}
    ]


def test_the_project_states_one_version() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert own_versions()["mysql-to-aurora"] == project["project"]["version"]
    assert own_versions()["airflow"].startswith("3.")
