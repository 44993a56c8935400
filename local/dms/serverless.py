"""DMS Serverless: replication configs, and the one replication that each of them can have.

Status and provisioning go through the states that users report (`created`, then `initializing` to `running`), and
after the end through `deprovisioning` to `deprovisioned`; only then can the config be deleted.
"""

from __future__ import annotations

import time
from typing import Any, Final

from local.dms import words
from local.dms.endpoints import try_connection
from local.dms.faults import AwsError
from local.dms.job import now
from local.dms.load import Stopped, TaskEnded
from local.dms.mappings import TableMappings
from local.dms.operations import (
    Answer,
    Request,
    filtered,
    need,
    need_identifier,
    need_new,
    need_state,
    operation,
    page,
    tags_of,
)
from local.dms.resource import GONE, Resource
from local.dms.run import Owner, start
from local.dms.starting import check_cdc, need_sides, need_start_type, prepare_job, reload_of, statistics_page
from local.dms.subnet_groups import group_of
from local.dms.task_settings import TaskSettings
from local.dms.world import World

_UNITS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384)
_CONFIG: Final = (
    "SourceEndpointArn",
    "TargetEndpointArn",
    "ReplicationType",
    "ComputeConfig",
    "ReplicationSettings",
    "SupplementalSettings",
    "TableMappings",
    "ReplicationConfigCreateTime",
    "ReplicationConfigUpdateTime",
)
_REPLICATION: Final = (
    "SourceEndpointArn",
    "TargetEndpointArn",
    "ReplicationType",
    "StopReason",
    "FailureMessages",
    "StartReplicationType",
    "CdcStartPosition",
    "CdcStopPosition",
    "ReplicationCreateTime",
    "ReplicationUpdateTime",
    "ReplicationLastStopTime",
)
_BEFORE_RUNNING: Final = (
    "initializing",
    "preparing_metadata_resources",
    "testing_connection",
    "fetching_metadata",
    "calculating_capacity",
    "provisioning_capacity",
    "replication_starting",
)
_IDLE: Final = ("created", "stopped", "failed")


def describe_config(one: Resource) -> Answer:
    """The answer's ReplicationConfig."""
    found = {name: one.facts.get(name) for name in _CONFIG}
    found["ReplicationSettings"] = TaskSettings.parse(found["ReplicationSettings"], created=False).json()
    return {"ReplicationConfigIdentifier": one.identifier, "ReplicationConfigArn": one.arn, **found}


def describe_replication(one: Resource) -> Answer:
    """The answer's Replication."""
    found: dict[str, Any] = {name: one.facts.get(name) for name in _REPLICATION}
    if one.job is not None and one.job.fresh is not None:
        found["ReplicationStats"] = one.job.stats()
        found["RecoveryCheckpoint"] = one.job.recovery_checkpoint()
    state = _provision_state(one)
    if state:
        found["ProvisionData"] = {
            "ProvisionState": state,
            "ProvisionedCapacityUnits": one.facts.get("units"),
            "DateProvisioned": one.facts.get("provisioned"),
            "IsNewProvisioningAvailable": False,
        }
    return {
        "ReplicationConfigIdentifier": one.identifier,
        "ReplicationConfigArn": one.arn,
        "Status": one.status,
        **found,
    }


def _provision_state(one: Resource) -> str | None:
    end = one.facts.get("deprovisioned_at")
    if end is not None:
        return "deprovisioned" if time.monotonic() >= end else "deprovisioning"
    return one.facts.get("provision_state")


@operation
def create_replication_config(world: World, request: Request) -> Answer:
    name = need_identifier("ReplicationConfigIdentifier", str(request["ReplicationConfigIdentifier"]), 255)
    need_sides(world, request)
    facts = {key: request[key] for key in _CONFIG if key in request}
    _check(world, facts)
    world.need_vpc_role()
    need_new(world.configs, name, "Replication config already exists")
    facts.update(ReplicationConfigCreateTime=now(), ReplicationConfigUpdateTime=now(), ReplicationCreateTime=now())
    arn = world.arn("replication-config", request.get("ResourceIdentifier", ""))
    one = Resource(name, arn, "created", facts, tags_of(request))
    world.configs.add(one)
    return {"ReplicationConfig": describe_config(one)}


def _check(world: World, facts: Request) -> None:
    TableMappings(facts["TableMappings"])
    TaskSettings.parse(facts.get("ReplicationSettings"))
    compute = facts["ComputeConfig"]
    least, most = compute.get("MinCapacityUnits", 1), compute.get("MaxCapacityUnits")
    if most not in _UNITS or least not in _UNITS or least > most:
        raise AwsError(
            "InvalidParameterValueException",
            f"MinCapacityUnits {least} and MaxCapacityUnits {most} must be of {', '.join(str(n) for n in _UNITS)}",
        )
    group_of(world, compute.get("ReplicationSubnetGroupId"))
    groups = compute.get("VpcSecurityGroupIds") or []
    if groups and not world.account.has_security_groups(groups):
        raise AwsError("InvalidParameterValueException", f"Invalid security group, groupId={groups}")
    key = compute.get("KmsKeyId")
    if key is not None and not world.account.has_key(key):
        raise AwsError("KMSKeyNotAccessibleFault", f"The specified KMS key {key} is not accessible")


@operation
def describe_replication_configs(world: World, request: Request) -> Answer:
    found = filtered(world.configs, request, _NAMES, "replication configs")
    return page([describe_config(one) for one in found], request, "ReplicationConfigs")


@operation
def describe_replications(world: World, request: Request) -> Answer:
    found = filtered(world.configs, request, _NAMES, "replications")
    return page([describe_replication(one) for one in found], request, "Replications")


_NAMES: Final = {
    "replication-config-arn": lambda one: one.arn,
    "replication-config-id": lambda one: one.identifier,
}


@operation
def modify_replication_config(world: World, request: Request) -> Answer:
    one = need(world.configs, request["ReplicationConfigArn"], "Replication config")
    need_state(one, ("created", "failed"), f"Replication Config {one.identifier} cannot be modified")
    need_sides(world, {**one.facts, **request})
    facts = {**one.facts, **{key: request[key] for key in _CONFIG if key in request}}
    facts["ComputeConfig"] = {**one.facts["ComputeConfig"], **request.get("ComputeConfig", {})}
    _check(world, facts)
    one.facts = {**facts, "ReplicationConfigUpdateTime": now()}
    if "ReplicationConfigIdentifier" in request:
        one.identifier = need_identifier(
            "ReplicationConfigIdentifier", request["ReplicationConfigIdentifier"], 255
        )
    return {"ReplicationConfig": describe_config(one)}


@operation
def delete_replication_config(world: World, request: Request) -> Answer:
    one = need(world.configs, request["ReplicationConfigArn"], "Replication config")
    need_state(one, _IDLE, f"Replication Config {one.identifier} cannot be deleted")
    state = _provision_state(one)
    if state not in (None, "deprovisioned"):
        raise AwsError(
            "InvalidResourceStateFault", f"Replication Config {one.identifier} cannot be deleted: {state}"
        )
    answer = describe_config(one)
    one.become("deleting", then=GONE, after=world.seconds("config_deleting"))
    return {"ReplicationConfig": answer}


@operation
def start_replication(world: World, request: Request) -> Answer:
    one = need(world.configs, request["ReplicationConfigArn"], "Replication config")
    if one.status not in _IDLE:
        said = words.CONFIG_CANNOT_START.format(config=one.identifier, state=one.status.upper())
        raise AwsError("InvalidResourceStateFault", said)
    how, kind = request["StartReplicationType"], one.facts["ReplicationType"]
    need_start_type(one, how, kind)
    check_cdc(request)
    job = prepare_job(world, one, kind, one.facts.get("ReplicationSettings"), request, one.identifier)
    one.facts.update({key: request[key] for key in _REPLICATION if key in request})
    one.facts.update(
        StopReason=None,
        FailureMessages=None,
        StartReplicationType=how,
        ReplicationUpdateTime=now(),
        deprovisioned_at=None,
    )
    one.become("initializing")
    start(world, job, _Owner(world, one).owner(), how)
    return {"Replication": describe_replication(one)}


class _Owner:
    """Takes a replication through its states before and after its run."""

    def __init__(self, world: World, one: Resource) -> None:
        self._world, self._one = world, one

    def owner(self) -> Owner:
        return Owner(self._prepare, self._running, self._ended)

    def _prepare(self) -> None:
        for state in _BEFORE_RUNNING:
            with self._world.lock:
                if self._one.status != "stopping":
                    self._one.become(state)
                if state == "provisioning_capacity":
                    self._one.facts["provision_state"] = "provisioning"
                if state == "replication_starting":
                    units = self._one.facts["ComputeConfig"].get("MinCapacityUnits", 1)
                    self._one.facts.update(provision_state="provisioned", units=units, provisioned=now())
            if state == "testing_connection":
                self._test()
            delay = "serverless_provisioning" if state == "provisioning_capacity" else "serverless_state"
            if self._world.lasts(delay, self._one.job.stop):
                raise Stopped

    def _test(self) -> None:
        for side in ("SourceEndpointArn", "TargetEndpointArn"):
            endpoint = need(self._world.endpoints, self._one.facts[side], "Endpoint")
            failure = try_connection(self._world, endpoint)
            if failure:
                said = words.SERVERLESS_CONNECTION.format(
                    endpoint=endpoint.identifier, config=self._one.identifier, message=failure
                )
                raise TaskEnded("failed", words.FATAL_ERROR, said)

    def _running(self) -> None:
        with self._world.lock:
            if self._one.status != "stopping":
                self._one.become("running")

    def _ended(self, status: str, reason: str, message: str) -> None:
        one = self._one
        one.facts.update(
            StopReason=reason,
            FailureMessages=[message] if message else None,
            ReplicationLastStopTime=now(),
            deprovisioned_at=time.monotonic() + self._world.seconds("serverless_deprovisioning"),
        )
        one.become(status)


@operation
def stop_replication(world: World, request: Request) -> Answer:
    one = need(world.configs, request["ReplicationConfigArn"], "Replication config")
    need_state(one, ("running", *_BEFORE_RUNNING), f"Replication of {one.identifier} cannot be stopped")
    one.become("stopping")
    one.job.stop.set()
    return {"Replication": describe_replication(one)}


@operation
def describe_replication_table_statistics(world: World, request: Request) -> Answer:
    one = need(world.configs, request["ReplicationConfigArn"], "Replication config")
    return {"ReplicationConfigArn": one.arn, **statistics_page(one.job, request, "ReplicationTableStatistics")}


@operation
def reload_replication_tables(world: World, request: Request) -> Answer:
    one = need(world.configs, request["ReplicationConfigArn"], "Replication config")
    reload_of(one, request)
    return {"ReplicationConfigArn": one.arn}
