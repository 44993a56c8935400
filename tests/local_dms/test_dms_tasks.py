"""Replication tasks: states and what each of them refuses, mappings and settings, pages of statistics."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from local.dms.faults import AwsError
from local.dms.mappings import TableMappings
from local.dms.task_settings import TaskSettings
from tests.fresh_databases import create_like_source
from tests.local_dms.dms_rig import FULL_LOB, Rig, include, mappings, settings
from tests.local_dms.test_dms_resources import named, refused

pytestmark = pytest.mark.servers
MakeRig = Callable[..., Rig]
INVALID = "InvalidParameterValueException"


def wanted(rig: Rig, **more: Any) -> dict[str, Any]:
    return {
        "ReplicationTaskIdentifier": "t",
        "SourceEndpointArn": rig.source,
        "TargetEndpointArn": rig.target,
        "ReplicationInstanceArn": rig.instance,
        "MigrationType": "full-load",
        "TableMappings": mappings(include("shop")),
        **more,
    }


def test_the_life_of_a_task(make_rig: MakeRig) -> None:
    rig = make_rig("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    create_like_source(rig.databases, ["t"])
    dms = rig.dms
    made = dms.create_replication_task(
        **wanted(
            rig, TableMappings=mappings(include(rig.databases.name)), ReplicationTaskSettings=settings(FULL_LOB)
        )
    )["ReplicationTask"]
    arn = made["ReplicationTaskArn"]
    assert made["Status"] == "creating"
    refused(dms.create_replication_task, "ResourceAlreadyExistsFault", **wanted(rig))
    rig.task_is(arn, "ready")
    complete = json.loads(rig.describe(arn)["ReplicationTaskSettings"])
    assert complete["FullLoadSettings"]["MaxFullLoadSubTasks"] == 8
    assert complete["TargetMetadata"]["FullLobMode"] is True
    assert dms.describe_table_statistics(ReplicationTaskArn=arn)["TableStatistics"] == []
    refused(dms.stop_replication_task, "InvalidResourceStateFault", "not running", ReplicationTaskArn=arn)
    first_time = {"ReplicationTaskArn": arn, "StartReplicationTaskType": "resume-processing"}
    refused(dms.start_replication_task, "InvalidParameterCombinationException", **first_time)
    world = rig.cloud.dms.world
    usual, world.delays = world.delays, replace(world.delays, task_starting=math.inf, batch=math.inf)
    rig.start(arn)
    for delays, status in ((replace(usual, batch=math.inf), "starting"), (usual, "running")):
        rig.task_is(arn, status)
        refused(
            dms.modify_replication_task, "InvalidResourceStateFault", "cannot be modified", ReplicationTaskArn=arn
        )
        refused(dms.delete_replication_task, "InvalidResourceStateFault", ReplicationTaskArn=arn)
        world.delays = delays
    rig.task_is(arn, "stopped")
    again = {"ReplicationTaskArn": arn, "StartReplicationTaskType": "start-replication"}
    refused(
        dms.start_replication_task, "InvalidParameterCombinationException", "running for the first time", **again
    )
    reload = [{"SchemaName": rig.databases.name, "TableName": "t"}]
    refused(dms.reload_tables, "InvalidResourceStateFault", ReplicationTaskArn=arn, TablesToReload=reload)
    dms.modify_replication_task(
        ReplicationTaskArn=arn, ReplicationTaskSettings=settings(prepare="TRUNCATE_BEFORE_LOAD")
    )
    rig.task_is(arn, "stopped")
    assert rig.run(arn, "reload-target")["StopReason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    dms.delete_replication_task(ReplicationTaskArn=arn)
    dms.get_waiter("replication_task_deleted").wait(
        Filters=named("replication-task-arn", arn), WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )


def test_settings_can_be_left_out_of_a_description(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.task(mappings(include("shop")))
    without = rig.dms.describe_replication_tasks(Filters=named("endpoint-arn", rig.source), WithoutSettings=True)
    assert "ReplicationTaskSettings" not in without["ReplicationTasks"][0]


def test_a_task_starts_only_when_both_connections_were_tested(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.source = rig.endpoint("source", "untested")
    arn = rig.task(mappings(include("shop")))
    start = {"ReplicationTaskArn": arn, "StartReplicationTaskType": "start-replication"}
    refused(
        rig.dms.start_replication_task,
        "InvalidResourceStateFault",
        "endpoint untested should be successful",
        **start,
    )


def test_what_is_wrong_with_a_task(make_rig: MakeRig) -> None:
    rig = make_rig()
    create = rig.dms.create_replication_task
    nowhere = "arn:aws:dms:us-east-1:123456789012:endpoint:NONE"
    refused(create, "ResourceNotFoundFault", **wanted(rig, SourceEndpointArn=nowhere))
    refused(create, "ResourceNotFoundFault", **wanted(rig, ReplicationInstanceArn=nowhere))
    refused(create, INVALID, "source endpoint", **wanted(rig, SourceEndpointArn=rig.target))
    refused(create, INVALID, "identifier", **wanted(rig, ReplicationTaskIdentifier="under_score"))
    refused(create, "ValidationException", "full-loading", **wanted(rig, MigrationType="full-loading"))
    refused(create, INVALID, "CdcStartPosition", **wanted(rig, MigrationType="cdc", CdcStartPosition="yesterday"))
    refused(
        create,
        "InvalidParameterCombinationException",
        **wanted(rig, MigrationType="cdc", CdcStartPosition="binlog.000001:4", CdcStartTime=0),
    )
    refused(create, INVALID, "At least one selection rule", **wanted(rig, TableMappings='{"rules": []}'))
    refused(create, INVALID, "unknown section", **wanted(rig, ReplicationTaskSettings='{"Full": {}}'))
    rig.cloud.dms.quotas["ReplicationTasks"] = 0
    refused(create, "ResourceQuotaExceededFault", **wanted(rig))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "Invalid Table Mappings document. Invalid json"),
        ('{"hello": "world"}', "Invalid Table Mappings document."),
        ('{"rules": []}', "At least one selection rule is required."),
        (mappings(include("a", number=1), include("b", number=1)), "ruleId = 1"),
        (mappings(include("a", action="including")), "rule-action including is not valid"),
        (mappings({**include("a"), "rule-type": "select"}), "rule-type select is not valid"),
        (mappings({**include("a"), "object-locator": None}), "object locator cannot be null"),
        (
            mappings(
                include("a"), {**include("a", number=2), "rule-type": "transformation", "rule-target": "column"}
            ),
            "the local stand-in cannot do include of column",
        ),
        (
            mappings(include("a"), {**include("a", number=2), "rule-type": "table-settings"}),
            "exact names, no wildcards",
        ),
    ],
)
def test_mappings_are_checked(document: str, words: str) -> None:
    with pytest.raises(AwsError, match=re.escape(words)) as caught:
        TableMappings(document)
    assert caught.value.code == INVALID


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("no json", "Invalid task settings JSON"),
        ('{"FullLoadSetting": {}}', "unknown section FullLoadSetting"),
        ('{"FullLoadSettings": {"CommitRates": 1}}', "unknown key FullLoadSettings.CommitRates"),
        ('{"FullLoadSettings": {"CommitRate": 60000}}', "between 1 and 50000"),
        ('{"FullLoadSettings": {"TargetTablePrepMode": "TRUNCATE"}}', "cannot be TRUNCATE"),
        ('{"TargetMetadata": {"SupportLobs": "yes"}}', "must be a bool"),
        ('{"TargetMetadata": {"FullLobMode": true, "LimitedSizeLobMode": true}}', "cannot both be true"),
        ('{"Logging": {"CloudWatchLogGroup": "mine"}}', "cannot be set on create"),
    ],
)
def test_settings_are_checked(document: str, words: str) -> None:
    with pytest.raises(AwsError, match=re.escape(words)) as caught:
        TaskSettings.parse(document)
    assert caught.value.code == INVALID


def test_statistics_come_in_pages_and_by_filter(make_rig: MakeRig) -> None:
    rig = make_rig(*(f"CREATE TABLE t{number:02} (id INT PRIMARY KEY)" for number in range(45)))
    create_like_source(rig.databases, [f"t{number:02}" for number in range(45)])
    task = rig.task()
    rig.run(task)
    pages = []
    request: dict[str, Any] = {"ReplicationTaskArn": task, "MaxRecords": 20}
    while True:
        answer = rig.dms.describe_table_statistics(**request)
        pages.append([one["TableName"] for one in answer["TableStatistics"]])
        if "Marker" not in answer:
            break
        request["Marker"] = answer["Marker"]
    assert [len(one) for one in pages] == [20, 20, 5]
    assert sorted(name for one in pages for name in one) == [f"t{number:02}" for number in range(45)]
    refused(rig.dms.describe_table_statistics, INVALID, "MaxRecords", ReplicationTaskArn=task, MaxRecords=501)
    one = rig.dms.describe_table_statistics(ReplicationTaskArn=task, Filters=named("table-name", "t07"))
    assert [each["TableName"] for each in one["TableStatistics"]] == ["t07"]
    none = rig.dms.describe_table_statistics(ReplicationTaskArn=task, Filters=named("schema-name", "other"))
    assert none["TableStatistics"] == []
    missing = task[:-1] + "?"
    refused(rig.dms.describe_table_statistics, "ResourceNotFoundFault", ReplicationTaskArn=missing)
