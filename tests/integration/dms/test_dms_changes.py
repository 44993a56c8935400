"""Changes that DMS follows: after its own load, after ours, watched, drained and stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aurora_migration.bridge import dms_changes, dms_draining, dms_load, dms_provision, verifying
from aurora_migration.bridge.dms_preflight import check_with_dms
from aurora_migration.errors import FatalError
from aurora_migration.mysql.session import Session
from aurora_migration.operators.schema import ObjectsOperator, SchemaWave2Operator
from aurora_migration.sql.quoting import identifier, raw
from aurora_migration.store import runs
from local.dms import Cloud
from local.dms.faults import StopTask, SuspendTable
from tests.integration.bridge import phases
from tests.integration.dms.conftest import NewRun
from tests.integration.dms.drive import LocalDmsRun, drive, prepare, settle
from tests.patience import until

pytestmark = [pytest.mark.servers, pytest.mark.airflow]
BOTH = {"type": "full-load-and-cdc", "sync": {"schedule": None}}


def schema_of(run: LocalDmsRun) -> str:
    return run.run.config.selection[0].pattern.partition(".")[0]


def write(run: LocalDmsRun, statement: str) -> None:
    """As an application on the source does."""
    with run_session(run) as source:
        source.execute(raw("USE ") + identifier(schema_of(run)))
        source.execute(raw(statement))


def run_session(run: LocalDmsRun) -> Session:
    return Session.open(replace(run.run.source, **run.run.__dict__["writer"]))


def count(run: LocalDmsRun, table: str) -> int:
    with Session.open(run.run.target) as target:
        name = identifier(schema_of(run)) + raw(".") + identifier(table)
        return int(target.scalar(raw("SELECT COUNT(*) FROM ") + name))


def await_count(run: LocalDmsRun, table: str, wanted: int) -> None:
    until(lambda: count(run, table) == wanted, f"{table} has {wanted} rows", 0.1)


@pytest.fixture
def following(new_run: NewRun, server_pair: Any) -> LocalDmsRun:
    """A run of type full-load-and-cdc, up to the point at which the load is proved complete."""
    run = new_run(config=BOTH)
    run.run.__dict__["writer"] = {"user": "root", "password": server_pair.source.root_password}
    return run


def loaded(run: LocalDmsRun) -> list[dict[str, Any]]:
    check_with_dms(run).finish()
    units = prepare(run.run)
    drive(run, dms_provision.advance)
    drive(run, dms_load.advance)
    return units


def test_a_load_with_changes_stops_for_the_second_wave_and_then_follows(following: LocalDmsRun) -> None:
    run = following
    units = loaded(run)
    observed = run.replication.observe()
    assert (observed.status, observed.stop_reason) == ("stopped", "STOPPED_AFTER_CACHED_EVENTS")
    write(run, "INSERT INTO purchase (id, customer_id, total) VALUES (13, 2, 1.00)")
    complete(run)
    summary = drive(run, dms_changes.advance)
    assert summary["status"] == "running"
    await_count(run, "purchase", 4)
    write(run, "DELETE FROM purchase WHERE id = 10")
    await_count(run, "purchase", 3)
    assert drive(run, dms_changes.watch)["tables"] == 3

    drain(run)
    assert drive_stop(run)["status"] == "stopped"
    for unit in units:
        verifying.verify_unit(run.run, unit["number"])


def complete(run: LocalDmsRun) -> None:
    """Indexes, keys and programs, behind the load."""
    for operator in (SchemaWave2Operator, ObjectsOperator):
        phases.phase(operator, run.run)


def drain(run: LocalDmsRun) -> None:
    """Until DMS has applied what the source has committed by now, as a verification waits for it."""
    settle_down = dms_draining.settle(run.run)
    assert settle_down is not None
    settle_down()


def drive_stop(run: LocalDmsRun) -> dict[str, Any]:
    result = dms_draining.come_to_rest(run.replication)
    while not isinstance(result, dict):
        settle(run, result)
        result = dms_draining.come_to_rest(run.replication)
    return result


def test_a_suspended_table_fails_the_watchdog(following: LocalDmsRun, cloud: Cloud) -> None:
    run = following
    loaded(run)
    drive(run, dms_changes.advance)
    cloud.dms.faults.add(SuspendTable(f"{schema_of(run)}.purchase"))
    write(run, "INSERT INTO purchase (id, customer_id, total) VALUES (13, 2, 1.00)")
    until(lambda: any(one.state != "Table completed" for one in run.replication.statistics()), "suspended", 0.1)
    with pytest.raises(FatalError, match=r"dms-table-(suspended|error)"):
        drive(run, dms_changes.watch)


def test_a_task_that_stopped_is_resumed_by_the_next_watch(following: LocalDmsRun, cloud: Cloud) -> None:
    run = following
    loaded(run)
    drive(run, dms_changes.advance)
    cloud.dms.faults.add(StopTask(after_rows=0, times=1))
    write(run, "INSERT INTO purchase (id, customer_id, total) VALUES (13, 2, 1.00)")
    until(lambda: run.replication.observe().status != "running", "the task has stopped", 0.1)
    cloud.dms.faults.clear()
    assert drive(run, dms_changes.watch)["status"] == "running"
    await_count(run, "purchase", 4)


def test_changes_after_a_load_of_ours_begin_at_the_recorded_position(new_run: NewRun, server_pair: Any) -> None:
    config = {"engine": "native", "cdc_engine": "dms", **BOTH}
    run = new_run(config=config)
    run.run.__dict__["writer"] = {"user": "root", "password": server_pair.source.root_password}
    units = phases.tables(run.run)
    write(
        run, "INSERT INTO purchase (id, customer_id, total) VALUES (13, 2, 1.00)"
    )  # behind the position, and loaded
    phases.load(run.run, units)
    write(run, "UPDATE purchase SET total = 5 WHERE id = 13")
    write(run, "INSERT INTO purchase (id, customer_id, total) VALUES (14, 2, 2.00)")  # not loaded
    assert "is under way" in dms_changes.not_ready(run.run)
    complete(run)
    with Session.open(run.run.target) as target:
        runs.finish_run(target, run.run.control, run.run.run_id, "failed")
    assert dms_changes.not_ready(run.run) == ""
    summary = drive(run, dms_changes.watch)
    assert summary["status"] == "running"
    await_count(run, "purchase", 5)
    (task,) = run.dms.describe_replication_tasks()["ReplicationTasks"]
    assert task["MigrationType"] == "cdc"
    drain(run)
    drive_stop(run)
    for unit in units:
        verifying.verify_unit(run.run, unit["number"])


def test_there_is_nothing_to_watch_before_a_load(new_run: NewRun) -> None:
    run = new_run(config={"engine": "native", "cdc_engine": "dms", **BOTH})
    assert "nothing has been loaded yet" in dms_changes.not_ready(run.run)
