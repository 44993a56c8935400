"""What the page is told of DMS: kept on the way, whole, and without a secret or an address."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aurora_migration.bridge import dms_changes, dms_load, dms_provision, dms_teardown
from aurora_migration.bridge.dms_preflight import check_with_dms
from aurora_migration.bridge.dms_sight import keep_sight
from aurora_migration.mysql.session import Session
from aurora_migration.store import overview
from aurora_migration.web.dms import load_dms
from local.dms import Cloud
from local.dms.faults import Raise, TableError
from tests.integration.dms.conftest import NewRun
from tests.integration.dms.drive import LocalDmsRun, drive, prepare

pytestmark = [pytest.mark.servers, pytest.mark.airflow]


def seen(run: LocalDmsRun) -> dict[str, Any]:
    with Session.open(run.run.target) as target:
        found = load_dms(target, run.run.control, None)
    assert found is not None
    return found


@pytest.mark.parametrize("compute", ["instance", "serverless"])
def test_resources_and_statistics_are_kept_and_hold_no_secret(new_run: NewRun, compute: str) -> None:
    run = new_run(compute=compute, config={"type": "full-load-and-cdc", "sync": {"schedule": None}})
    keep_sight(run)  # there is no control schema yet
    check_with_dms(run).finish()
    prepare(run.run)
    drive(run, dms_provision.advance)
    keep_sight(run)
    ready = seen(run)
    kinds = [one["kind"] for one in ready["resources"]]
    middle = ["replication instance"] if compute == "instance" else []
    last = "replication task" if compute == "instance" else "serverless replication"
    assert kinds == ["subnet group", *middle, "endpoint", "endpoint", last]
    if compute == "instance":
        states = [one["state"] for one in ready["resources"]]
        assert states == ["complete", "available", "connection successful", "connection successful", "ready"]
        assert ready["resources"][1]["detail"].startswith("dms.t3.medium, DMS ")
    drive(run, dms_load.advance)
    drive(run, dms_changes.advance)
    keep_sight(run)
    found = seen(run)
    assert found["replication"]["status"] == "running"
    rows = {row[0].partition(".")[2]: dict(zip(found["columns"], row, strict=True)) for row in found["rows"]}
    assert (rows["customer"]["rows"], rows["customer"]["state"]) == (3, "Table completed")
    text = json.dumps(found, default=str)
    for end in (run.run.source, run.run.target):
        assert end.host not in text
        assert end.user not in text
        assert end.password not in text
    assert "arn:" not in text
    with Session.open(run.run.target) as target:
        short = overview.dms(target, run.run.control)
    assert short is not None
    assert (short["status"], short["stopped_tables"]) == ("running", 0)
    if compute == "instance":
        assert drive(run, dms_teardown.advance) == {"left": []}
        keep_sight(run)
        assert seen(run)["resources"] == []


def test_a_table_in_error_comes_first_and_a_deaf_aws_stops_nothing(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    check_with_dms(run).finish()
    prepare(run.run)
    drive(run, dms_provision.advance)
    schema = run.run.config.selection[0].pattern.partition(".")[0]
    cloud.dms.faults.add(TableError(f"{schema}.purchase", after_rows=1, times=1))
    with pytest.raises(Exception, match="dms-table-error"):
        drive(run, dms_load.advance)
    keep_sight(run)
    before = seen(run)
    assert before["rows"][0][:2] == [f"{schema}.purchase", "Table error"]
    cloud.dms.faults.add(Raise("DescribeReplicationTasks", "AccessDeniedException", "no"))
    keep_sight(run)
    assert seen(run) == before
