"""DMS Serverless: configs, the states of a replication, provisioning and deprovisioning, rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from local.dms.faults import ConnectionTestFails
from local.oracle import compare_databases
from tests.fresh_databases import create_like_source
from tests.local_dms.dms_rig import FULL_LOB, Rig, include, mappings, settings, until
from tests.local_dms.test_dms_resources import named, refused

pytestmark = pytest.mark.servers
MakeRig = Callable[..., Rig]
STATES = [
    "initializing",
    "preparing_metadata_resources",
    "testing_connection",
    "fetching_metadata",
    "calculating_capacity",
    "provisioning_capacity",
    "replication_starting",
    "running",
    "stopped",
]


def wanted(rig: Rig, **more: Any) -> dict[str, Any]:
    return {
        "ReplicationConfigIdentifier": "conf",
        "SourceEndpointArn": rig.source,
        "TargetEndpointArn": rig.target,
        "ComputeConfig": {"MaxCapacityUnits": 4, "MinCapacityUnits": 2, "ReplicationSubnetGroupId": "rig"},
        "ReplicationType": "full-load",
        "TableMappings": mappings(include(rig.databases.name)),
        "ReplicationSettings": settings(FULL_LOB),
        **more,
    }


def replication(rig: Rig, arn: str) -> dict[str, Any]:
    filters = named("replication-config-arn", arn)
    return rig.dms.describe_replications(Filters=filters)["Replications"][0]


def test_a_replication_from_config_to_deprovisioned(make_rig: MakeRig) -> None:
    rig = make_rig("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)")
    create_like_source(rig.databases, ["t"])
    dms = rig.dms
    config = dms.create_replication_config(**wanted(rig))["ReplicationConfig"]
    arn = config["ReplicationConfigArn"]
    assert (config["ComputeConfig"]["MaxCapacityUnits"], config["ReplicationType"]) == (4, "full-load")
    assert replication(rig, arn)["Status"] == "created"
    start = {"ReplicationConfigArn": arn, "StartReplicationType": "start-replication"}
    world = rig.cloud.dms.world
    usual, world.delays = world.delays, replace(world.delays, serverless_provisioning=math.inf)
    dms.start_replication(**start)
    refused(dms.start_replication, "InvalidResourceStateFault", "cannot start", **start)
    refused(dms.delete_replication_config, "InvalidResourceStateFault", ReplicationConfigArn=arn)
    seen: list[dict[str, Any]] = []

    def note() -> dict[str, Any]:
        seen.append(replication(rig, arn))
        return seen[-1]

    held = until(note, lambda one: one["Status"] == "provisioning_capacity")
    assert held["ProvisionData"]["ProvisionState"] == "provisioning"
    world.delays = usual
    ended = until(note, lambda one: one["Status"] == "stopped")
    assert ended["StopReason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    order = list(dict.fromkeys(one["Status"] for one in seen))
    assert order == [state for state in STATES if state in order]
    assert ended["ProvisionData"]["ProvisionedCapacityUnits"] == 2
    statistics = dms.describe_replication_table_statistics(ReplicationConfigArn=arn)["ReplicationTableStatistics"]
    assert [(one["TableState"], one["FullLoadRows"]) for one in statistics] == [("Table completed", 2)]
    assert compare_databases(*rig.databases.oracle_params(), [rig.databases.name]).equal
    refused(dms.modify_replication_config, "InvalidResourceStateFault", ReplicationConfigArn=arn)
    until(note, lambda one: one["ProvisionData"]["ProvisionState"] == "deprovisioned")
    dms.delete_replication_config(ReplicationConfigArn=arn)
    describe = dms.describe_replication_configs

    def gone() -> bool:
        try:
            return not describe(Filters=named("replication-config-arn", arn))
        except dms.exceptions.ResourceNotFoundFault:
            return True

    until(gone, bool)


def test_following_changes_reloading_and_stopping(make_rig: MakeRig) -> None:
    rig = make_rig("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    create_like_source(rig.databases, ["t"])
    arn = rig.dms.create_replication_config(**wanted(rig, ReplicationType="full-load-and-cdc"))[
        "ReplicationConfig"
    ]["ReplicationConfigArn"]
    rig.dms.start_replication(ReplicationConfigArn=arn, StartReplicationType="start-replication")
    until(lambda: replication(rig, arn)["Status"], lambda status: status == "running")
    rig.databases.on_source("INSERT INTO t VALUES (2)")
    until(lambda: len(rig.rows("t")), lambda rows: rows == 2)
    rig.databases.on_target("DELETE FROM t")
    tables = [{"SchemaName": rig.databases.name, "TableName": "t"}]
    rig.dms.reload_replication_tables(ReplicationConfigArn=arn, TablesToReload=tables)
    until(lambda: len(rig.rows("t")), lambda rows: rows == 2)
    rig.dms.stop_replication(ReplicationConfigArn=arn)
    ended = until(lambda: replication(rig, arn), lambda one: one["Status"] == "stopped")
    assert ended["StopReason"] == "Stop Reason NORMAL"
    rig.databases.on_source("INSERT INTO t VALUES (3)")
    rig.dms.start_replication(ReplicationConfigArn=arn, StartReplicationType="resume-processing")
    until(lambda: len(rig.rows("t")), lambda rows: rows == 3)


def test_a_connection_that_fails_fails_the_replication(make_rig: MakeRig) -> None:
    rig = make_rig("CREATE TABLE t (id INT PRIMARY KEY)")
    arn = rig.dms.create_replication_config(**wanted(rig))["ReplicationConfig"]["ReplicationConfigArn"]
    rig.cloud.dms.faults.add(ConnectionTestFails("target", times=1))
    rig.dms.start_replication(ReplicationConfigArn=arn, StartReplicationType="start-replication")
    ended = until(lambda: replication(rig, arn), lambda one: one["Status"] == "failed")
    assert ended["FailureMessages"][0].startswith("Test connection failed for endpoint 'target'")
    modified = rig.dms.modify_replication_config(ReplicationConfigArn=arn, ComputeConfig={"MaxCapacityUnits": 8})
    assert modified["ReplicationConfig"]["ComputeConfig"]["MaxCapacityUnits"] == 8


def test_what_is_wrong_with_a_config(make_rig: MakeRig) -> None:
    rig = make_rig()
    create = rig.dms.create_replication_config
    refused(
        create,
        "InvalidParameterValueException",
        "MaxCapacityUnits",
        **wanted(rig, ComputeConfig={"MaxCapacityUnits": 3}),
    )
    nowhere = {"MaxCapacityUnits": 4, "ReplicationSubnetGroupId": "nowhere"}
    refused(create, "ResourceNotFoundFault", "nowhere", **wanted(rig, ComputeConfig=nowhere))
    refused(create, "ResourceNotFoundFault", **wanted(rig, SourceEndpointArn="arn:none"))
    arn = create(**wanted(rig))["ReplicationConfig"]["ReplicationConfigArn"]
    refused(create, "ResourceAlreadyExistsFault", **wanted(rig))
    start = rig.dms.start_replication
    refused(start, "InvalidParameterValueException", ReplicationConfigArn=arn, StartReplicationType="go")
    refused(
        start,
        "InvalidParameterCombinationException",
        ReplicationConfigArn=arn,
        StartReplicationType="reload-target",
    )
    refused(rig.dms.stop_replication, "InvalidResourceStateFault", ReplicationConfigArn=arn)
