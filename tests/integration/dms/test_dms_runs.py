"""Whole migrations by DMS, in this process: rows really move, and our verification proves them."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from aurora_migration.bridge import dms_load, dms_provision
from aurora_migration.bridge.dms_preflight import check_with_dms
from aurora_migration.dms.waiting import Wait
from aurora_migration.errors import (
    ConfigurationError,
    DataMismatchError,
    FatalError,
    PreflightError,
    RetryableError,
)
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.sql.quoting import identifier, raw
from local.dms import Cloud
from local.dms.faults import (
    ConnectionTestFails,
    FailInstance,
    LoseRows,
    NoTables,
    Raise,
    RoleNotEffective,
    StopTask,
    TableError,
    ThrottleEvery,
)
from local.dms.faults import FatalError as TaskFails
from local.oracle import compare_databases
from tests.integration.bridge import phases
from tests.integration.dms.conftest import NewRun
from tests.integration.dms.drive import LocalDmsRun, drive, finish, migrate, prepare, settle

pytestmark = [pytest.mark.servers, pytest.mark.airflow]
CREATED = ("SubnetGroup", "Instance", "Endpoint", "Task", "Config")


def ready(run: LocalDmsRun) -> list[dict[str, Any]]:
    check_with_dms(run).finish()
    return prepare(run.run)


def provisioned(run: LocalDmsRun) -> list[dict[str, Any]]:
    units = ready(run)
    drive(run, dms_provision.advance)
    return units


@pytest.mark.parametrize("compute", ["instance", "serverless"])
def test_a_migration_is_proved(new_run: NewRun, cloud: Cloud, compute: str) -> None:
    run = new_run(compute=compute)
    assert migrate(run)["proven"]
    source, target = run.run.source, run.run.target
    assert source.password
    assert target.password


def test_a_load_in_parallel_ranges_is_proved(new_run: NewRun) -> None:
    """Our key ranges become boundaries; every row is in exactly one of DMS's segments."""
    digits = "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5)"
    tables = ", ".join(f"{digits} {name}" for name in "abce")
    rows = f"SELECT 1000 * a.d + 100 * b.d + 10 * c.d + e.d, REPEAT('x', 200) FROM {tables}"
    run = new_run("CREATE TABLE big (id INT PRIMARY KEY, v VARCHAR(200))", f"INSERT INTO big {rows}")
    units = ready(run)
    from aurora_migration.model.chunk import KeyRange, LoadUnit
    from aurora_migration.mysql.session import Session
    from aurora_migration.store import load

    with Session.open(run.run.target) as target:
        name = load.ranges(target, run.run.control)[0].table
        load.forget_chunks(target, run.run.control, name)
        parts = (
            KeyRange(name, 1, None, ("1000",)),
            KeyRange(name, 2, ("1000",), ("3005",)),
            KeyRange(name, 3, ("3005",), None),
        )
        load.save_units(target, run.run.control, [LoadUnit(1, "big", parts)])
    drive(run, dms_provision.advance)
    (task,) = run.dms.describe_replication_tasks()["ReplicationTasks"]
    assert '"boundaries"' in task["TableMappings"]
    drive(run, dms_load.advance)
    assert finish(run.run, units)["proven"]


def test_renamed_schemas_and_tables_arrive_under_their_new_names(new_run: NewRun) -> None:
    run = new_run()
    schema = run.run.config.selection[0].pattern.partition(".")[0]
    renames = {"schemas": {schema: f"{schema}_new"}, "tables": {f"{schema}.customer": f"{schema}_new.client"}}
    config = run.run.config.model_copy(update={"renames": type(run.run.config.renames).model_validate(renames)})
    object.__setattr__(run.run, "config", config)
    try:
        assert migrate(run)["proven"]
    finally:
        from aurora_migration.mysql.session import Session

        with Session.open(run.run.target) as target:
            target.execute(raw("DROP DATABASE IF EXISTS ") + identifier(f"{schema}_new"))


def test_a_role_just_created_is_waited_for(new_run: NewRun, cloud: Cloud) -> None:
    slept: list[float] = []
    run = new_run()
    ready(run)
    cloud.dms.faults.add(RoleNotEffective(seconds=1e9, times=3))  # however long it took to get here
    drive(LocalDmsRun(run.run, cloud, slept.append), dms_provision.advance)
    assert slept == [2, 4, 8]


def test_an_instance_that_fails_is_said_and_teardown_clears_the_way(new_run: NewRun, cloud: Cloud) -> None:
    from aurora_migration.bridge import dms_teardown

    run = new_run()
    ready(run)
    cloud.dms.faults.add(FailInstance(times=1))
    with pytest.raises(FatalError, match=r"replication instance m2a-t-.*: is failed.*dms_teardown"):
        drive(run, dms_provision.advance)
    assert drive(run, dms_teardown.advance) == {"left": []}
    assert cloud.dms.world.everything() == []
    drive(run, dms_provision.advance)
    assert drive(run, dms_load.advance)["tables"] == 3


def test_a_failed_connection_test_is_said_and_repeated_by_the_next_try(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    ready(run)
    cloud.dms.faults.add(ConnectionTestFails("target", times=1))
    with pytest.raises(FatalError, match=r"target endpoint m2a-.*DMS cannot connect: Test Endpoint failed"):
        drive(run, dms_provision.advance)
    drive(run, dms_provision.advance)  # a fresh try: tells DMS the present password, and tests again
    assert drive(run, dms_load.advance)["tables"] == 3


def test_a_wrong_password_is_told_by_the_connection_test_without_the_password(
    new_run: NewRun, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG, logger="aurora_migration")
    run = new_run()
    ready(run)
    good = run.run.source
    run.run.__dict__["source"] = replace(good, password="not-the-Password-1")
    wrong = LocalDmsRun(run.run, run.cloud)
    wrong.provisioner.ensure_subnet_group()
    arns = {side.side: wrong.provisioner.ensure_endpoint(side) for side in wrong.sides}
    settle(wrong, wrong.provisioner.ensure_instance(wrong.names.subnet_group))  # type: ignore[arg-type]
    instance = wrong.provisioner.ensure_instance(wrong.names.subnet_group)
    assert isinstance(instance, str)
    source = wrong.sides[0]
    wait = wrong.provisioner.ensure_connection(instance, arns["source"], source, fresh=True)
    assert isinstance(wait, Wait)
    settle(wrong, wait)
    with pytest.raises(FatalError, match="Access denied") as found:
        wrong.provisioner.ensure_connection(instance, arns["source"], source, fresh=False)
    assert "not-the-Password-1" not in str(found.value) + caplog.text
    run.run.__dict__["source"] = good  # corrected in Airflow; the next try tells DMS
    drive(run, dms_provision.advance)


@pytest.mark.parametrize("compute", ["instance", "serverless"])
def test_a_fatal_error_fails_and_the_next_try_loads_anew(new_run: NewRun, cloud: Cloud, compute: str) -> None:
    run = new_run(compute=compute)
    units = provisioned(run)
    cloud.dms.faults.add(TaskFails(after_rows=2, times=1))
    with pytest.raises(FatalError, match="FATAL_ERROR"):
        drive(run, dms_load.advance)
    drive(run, dms_load.advance)
    assert finish(run.run, units)["proven"]


def test_a_load_is_given_up_after_the_hours_it_may_take_however_often_it_was_looked_at(
    new_run: NewRun, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run()
    provisioned(run)
    cloud.dms.world.delays = replace(cloud.dms.world.delays, task_starting=1e6)
    assert isinstance(dms_load.advance(run, fresh=True), Wait)
    assert isinstance(dms_load.advance(run, fresh=False), Wait)
    later = time.time() + 169 * 3600
    monkeypatch.setattr(dms_load, "time", SimpleNamespace(time=lambda: later))
    with pytest.raises(FatalError, match="is not loaded after 168 hours"):
        dms_load.advance(run, fresh=False)


def test_a_recoverable_error_is_retried(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    units = provisioned(run)
    cloud.dms.faults.add(StopTask(after_rows=1, times=1))
    with pytest.raises(RetryableError, match="RECOVERABLE_ERROR"):
        drive(run, dms_load.advance)
    drive(run, dms_load.advance)
    assert finish(run.run, units)["proven"]


def test_a_table_in_error_fails_a_load_that_dms_calls_finished(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    units = provisioned(run)
    schema = run.run.config.selection[0].pattern.partition(".")[0]
    cloud.dms.faults.add(TableError(f"{schema}.purchase", after_rows=1, times=1))
    with pytest.raises(FatalError, match=rf"dms-table-error \(table {schema}\.purchase\)"):
        drive(run, dms_load.advance)
    drive(run, dms_load.advance)
    assert finish(run.run, units)["proven"]


def test_a_load_without_tables_fails(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    provisioned(run)
    cloud.dms.faults.add(NoTables())
    with pytest.raises(FatalError):
        drive(run, dms_load.advance)


def test_rows_that_dms_loses_in_silence_are_found_by_verification(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run(validation=False)
    units = provisioned(run)
    schema = run.run.config.selection[0].pattern.partition(".")[0]
    cloud.dms.faults.add(LoseRows(f"{schema}.customer", 1))
    drive(run, dms_load.advance)
    with pytest.raises(DataMismatchError, match=r"customer.*missing on the target"):
        finish(run.run, units)


def test_rows_that_dms_loses_are_found_by_dmss_own_validation_as_well(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    provisioned(run)
    schema = run.run.config.selection[0].pattern.partition(".")[0]
    cloud.dms.faults.add(LoseRows(f"{schema}.customer", 1))
    with pytest.raises(FatalError, match=r"dms-validation-failed"):
        drive(run, dms_load.advance)


def test_throttling_delays_and_breaks_nothing(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    cloud.dms.faults.add(ThrottleEvery(3))
    assert migrate(run)["proven"]


class Killed(BaseException):
    """What a task that is killed does not catch."""


class Killing:
    """A client that dies right after a call of an operation has arrived."""

    def __init__(self, client: Any, operation: str) -> None:
        self._client, self._operation = client, operation

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name != self._operation:
            return found

        def call(**members: Any) -> Any:
            found(**members)
            raise Killed

        return call


@pytest.mark.parametrize(
    ("compute", "operation"),
    [
        ("instance", "create_replication_subnet_group"),
        ("instance", "create_replication_instance"),
        ("instance", "create_endpoint"),
        ("instance", "test_connection"),
        ("instance", "create_replication_task"),
        ("instance", "start_replication_task"),
        ("serverless", "create_replication_config"),
        ("serverless", "start_replication"),
    ],
)
def test_a_killed_task_finds_what_it_made_and_makes_nothing_twice(
    new_run: NewRun, cloud: Cloud, compute: str, operation: str
) -> None:
    run = new_run(compute=compute)
    units = ready(run)
    before = Counter(cloud.dms.calls)  # the probes of preflight, which create nothing
    dying = LocalDmsRun(run.run, cloud)
    dying.__dict__["dms"] = Killing(cloud.client("dms"), operation)

    def until_killed() -> None:
        drive(dying, dms_provision.advance)
        drive(dying, dms_load.advance)

    with pytest.raises(Killed):
        until_killed()
    drive(run, dms_provision.advance)
    drive(run, dms_load.advance)
    assert finish(run.run, units)["proven"]
    calls = Counter(cloud.dms.calls) - before
    made = {name: number for name, number in calls.items() if name.startswith(("Create", "Start"))}
    assert made.pop("CreateEndpoint") == 2
    assert set(made.values()) == {1}, made


class Normalizing:
    """A client whose DMS stores a setting under another name than it was given."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_replication_tasks(self, **members: Any) -> Any:
        answer = self._client.describe_replication_tasks(**members)
        for task in answer["ReplicationTasks"]:
            task["ReplicationTaskSettings"] = task["ReplicationTaskSettings"].replace(
                "HistoryTimeslot", "historyTimeslot"
            )
        return answer


def test_settings_that_dms_stores_in_another_form_are_not_changed_for_ever(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    ready(run)
    before = Counter(cloud.dms.calls)["ModifyReplicationTask"]
    run.__dict__["dms"] = Normalizing(cloud.client("dms"))
    drive(run, dms_provision.advance)
    assert Counter(cloud.dms.calls)["ModifyReplicationTask"] == before + 1


def test_a_claim_without_its_start_is_started_by_the_next_try(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    units = provisioned(run)
    cloud.dms.faults.add(Raise("StartReplicationTask", "InternalFailure", "no", times=1))
    dying = LocalDmsRun(run.run, cloud)
    calls: list[str] = []

    class Before(Killing):
        def __getattr__(self, name: str) -> Any:
            if name == self._operation:
                calls.append(name)
                raise Killed
            return getattr(self._client, name)

    dying.__dict__["dms"] = Before(cloud.client("dms"), "start_replication_task")
    with pytest.raises(Killed):
        drive(dying, dms_load.advance)
    cloud.dms.faults.clear()
    assert calls
    drive(run, dms_load.advance)
    assert finish(run.run, units)["proven"]


def test_a_second_run_loads_again_only_where_a_person_has_said_so(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    assert migrate(run)["proven"]
    again = LocalDmsRun(phases.again(run.run, "second"), cloud)
    with pytest.raises(PreflightError, match="target-table-has-rows"):
        check_with_dms(again).finish()
    third = LocalDmsRun(phases.again(run.run, "third", TargetTablePrepMode.TRUNCATE), cloud)
    assert migrate(third)["proven"]
    assert Counter(cloud.dms.calls)["StartReplicationTask"] >= 2
    assert len(cloud.dms.world.everything()) == 5


def test_a_changed_selection_changes_the_task_and_no_other(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    assert migrate(run)["proven"]
    schema = run.run.config.selection[0].pattern.partition(".")[0]
    some = phases.again(run.run, "some", TargetTablePrepMode.DROP_AND_CREATE)
    object.__setattr__(
        some, "options", type(some.options)(prep_mode=some.options.prep_mode, tables=(f"{schema}.customer",))
    )
    assert migrate(LocalDmsRun(some, cloud))["proven"]
    (task,) = run.dms.describe_replication_tasks()["ReplicationTasks"]
    assert "purchase" not in task["TableMappings"]


def test_teardown_leaves_what_is_not_ours_and_says_why(new_run: NewRun, cloud: Cloud) -> None:
    from aurora_migration.bridge import dms_teardown

    run = new_run()
    migrate(run)
    dms = cloud.client("dms")
    (target,) = dms.describe_endpoints(Filters=[{"Name": "endpoint-id", "Values": [run.names.target_endpoint]}])[
        "Endpoints"
    ]
    dms.remove_tags_from_resource(ResourceArn=target["EndpointArn"], TagKeys=["mysql-to-aurora"])
    left = drive(run, dms_teardown.advance)["left"]
    assert left == [f"endpoint {run.names.target_endpoint}: is not ours: its tag mysql-to-aurora is not there"]
    assert [one.identifier for one in cloud.dms.world.everything()] == [run.names.target_endpoint]


def test_teardown_needs_the_migrations_name() -> None:
    from aurora_migration.bridge.dms_teardown import check_confirmed

    for params in ({}, {"confirm": ""}, {"confirm": "other"}):
        with pytest.raises(ConfigurationError, match="not confirmed"):
            check_confirmed("shop", params)
    check_confirmed("shop", {"confirm": "shop"})


def test_secrets_manager_takes_the_place_of_the_password(new_run: NewRun, cloud: Cloud) -> None:
    cloud.make_roles()
    run = new_run(roles=False)
    sides = {}
    for side, end in (("source", run.run.source), ("target", run.run.target)):
        secret, role = cloud.make_secret(f"{side}-login", end.host, end.port, end.user, end.password)
        sides[side] = {"ssl_mode": "none", "secret": secret, "secret_role": role}
    dms = type(run.run.config.dms).model_validate(run.run.config.dms.model_dump() | sides)
    object.__setattr__(run.run, "config", run.run.config.model_copy(update={"dms": dms}))
    assert migrate(run)["proven"]


def test_no_password_is_in_a_log_or_in_the_control_schema(new_run: NewRun, cloud: Cloud, caplog: Any) -> None:
    from aurora_migration.mysql.session import Session

    caplog.set_level(logging.DEBUG, logger="aurora_migration")
    run = new_run()
    assert migrate(run)["proven"]
    passwords = [run.run.source.password, run.run.target.password]
    assert all(passwords)
    texts = [caplog.text]
    with Session.open(run.run.target) as target:
        schema = run.run.config.control_schema
        for row in target.query(raw("SHOW TABLES FROM ") + identifier(schema)):
            table = raw("SELECT * FROM ") + identifier(schema) + raw(".") + identifier(next(iter(row.values())))
            texts.append(str(target.query(table)))
    assert all(password not in text for password in passwords for text in texts)


def test_the_oracle_agrees(new_run: NewRun, databases: Any) -> None:
    run = new_run()
    assert migrate(run)["proven"]
    schema = run.run.config.selection[0].pattern.partition(".")[0]
    from local.oracle import ServerParams

    ends = [ServerParams(one.host, one.port, one.user, one.password) for one in (run.run.source, run.run.target)]
    result = compare_databases(*ends, [schema])
    assert result.equal, result
