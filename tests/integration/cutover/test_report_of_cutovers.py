"""A cutover's report says who approved it, what it changed and how long nobody wrote, and is kept with the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from aurora_migration.bridge import cutover_outcome
from aurora_migration.bridge.report_files import keep_report, report_document
from aurora_migration.store import reports
from tests.integration.cutover.stage import Stage, cut_over

pytestmark = [pytest.mark.servers, pytest.mark.slow]
SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text())


def test_the_report_is_made_from_what_is_recorded_and_kept(stage: Callable[..., Stage]) -> None:
    made = stage()
    waiting = made.next_run()
    assert cut_over(waiting, ("readiness",)) is None
    before = report_document(made.made.target, waiting.config, waiting.run_id).content
    assert (before["verdict"], before["cutover"]["state"]) == ("not finished", "ready")
    assert cut_over(waiting, ("release",)) is None
    cutover_outcome.summary(waiting, {"approve": "success"})
    refused = report_document(made.made.target, waiting.config, waiting.run_id).content
    assert (refused["verdict"], refused["tables"]) == ("not approved", [])

    run = made.next_run()
    assert cut_over(run) is None
    summary = cutover_outcome.summary(run, {})
    keep_report(run)
    kept = reports.saved(made.made.target, run.control, run.run_id)
    assert kept is not None
    jsonschema.validate(kept, SCHEMA, cls=jsonschema.Draft202012Validator)
    told = kept["cutover"]
    assert (kept["verdict"], told["approved_by"], told["accounts_locked"]) == (
        "cut over",
        "tester",
        [f"{made.user}@%"],
    )
    assert told["write_downtime_seconds"] == round(summary["write_downtime_seconds"], 3) > 0
    assert (told["writes_came_from"]["side"], told["writes_go_to"]["side"]) == ("source", "target")
    assert told["writes_go_to"]["version"] == kept["versions"]["target"]
    assert {table["verdict"] for table in kept["tables"]} == {"equal"}
    pair = made.made.pair
    text = json.dumps(kept) + report_document(made.made.target, run.config, run.run_id).html().decode()
    secrets = (pair.source_login.password, pair.target_login.password, pair.source_login.host, "let me in")
    assert not [word for word in secrets if word in text]
