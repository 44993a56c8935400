"""Replication instances: creating, available, modifying, deleting; everything that makes creation fail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from local.dms import words
from local.dms.faults import AwsError, FailInstance
from local.dms.offerings import (
    CLASSES,
    ENGINE_VERSIONS,
    LEAST_STORAGE,
    MOST_STORAGE,
    default_storage,
    storage_used,
)
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
from local.dms.subnet_groups import describe_group, group_of
from local.dms.world import World

_PASSED_ON = (
    "ReplicationInstanceClass",
    "AllocatedStorage",
    "PreferredMaintenanceWindow",
    "MultiAZ",
    "EngineVersion",
    "AutoMinorVersionUpgrade",
    "KmsKeyId",
    "PubliclyAccessible",
    "DnsNameServers",
    "NetworkType",
    "AvailabilityZone",
    "InstanceCreateTime",
)
_PENDING = ("ReplicationInstanceClass", "AllocatedStorage", "MultiAZ", "EngineVersion", "NetworkType")


def describe_instance(one: Resource) -> Answer:
    """The answer's ReplicationInstance; addresses are there once the instance is."""
    there = one.status not in ("creating", "failed")
    return {
        "ReplicationInstanceIdentifier": one.identifier,
        "ReplicationInstanceArn": one.arn,
        "ReplicationInstanceStatus": one.status,
        "ReplicationSubnetGroup": describe_group(one.facts["group"]),
        "VpcSecurityGroups": [
            {"VpcSecurityGroupId": name, "Status": "active"} for name in one.facts["security_groups"]
        ],
        "PendingModifiedValues": dict(one.facts["pending"]),
        "ReplicationInstancePrivateIpAddress": "10.0.1.17" if there else None,
        "ReplicationInstancePrivateIpAddresses": ["10.0.1.17"] if there else [],
        **{name: one.facts.get(name) for name in _PASSED_ON},
    }


@operation
def create_replication_instance(world: World, request: Request) -> Answer:
    name = need_identifier("ReplicationInstanceIdentifier", str(request["ReplicationInstanceIdentifier"]), 63)
    world.need_vpc_role()
    facts = _facts(world, request)
    need_new(world.instances, name, "Replication instance already exists")
    world.need_room("ReplicationInstances", len(world.instances) + 1)
    world.need_room(
        "AllocatedStorage", storage_used(world) + facts["AllocatedStorage"], "StorageQuotaExceededFault"
    )
    one = Resource(
        name, world.arn("rep", request.get("ResourceIdentifier", "")), "creating", facts, tags_of(request)
    )
    world.instances.add(one)
    world.event(name, "creation", "Replication instance is being created")
    failure = world.faults.find(FailInstance, identifier=name)

    def arrive() -> None:
        category = "failure" if failure else "creation"
        world.event(name, category, f"Replication instance {'creation failed' if failure else 'created'}")

    then = failure.status if failure else "available"
    one.become("creating", then=then, after=world.seconds("instance_creating"), arrive=arrive)
    return {"ReplicationInstance": describe_instance(one)}


def _facts(world: World, request: Request) -> dict[str, Any]:
    instance_class, version = (
        str(request["ReplicationInstanceClass"]),
        request.get("EngineVersion", ENGINE_VERSIONS[-1]),
    )
    _need_offered(instance_class, version)
    storage = int(request.get("AllocatedStorage") or default_storage(instance_class))
    _need_storage(storage)
    groups = list(request.get("VpcSecurityGroupIds", ()))
    if groups and not world.account.has_security_groups(groups):
        raise AwsError("InvalidParameterValueException", f"Invalid security group, groupId={groups}")
    key = request.get("KmsKeyId")
    if key is not None and not world.account.has_key(key):
        raise AwsError("KMSKeyNotAccessibleFault", f"The specified KMS key {key} is not accessible")
    group = group_of(world, request.get("ReplicationSubnetGroupIdentifier"))
    zone = request.get("AvailabilityZone") or group.facts["subnets"][0][1]
    if zone not in {each for _, each in group.facts["subnets"]}:
        raise AwsError("InvalidSubnet", f"The subnet group has no subnet in {zone}")
    defaults = {
        "AutoMinorVersionUpgrade": True,
        "MultiAZ": False,
        "PubliclyAccessible": True,
        "NetworkType": "IPV4",
        "PreferredMaintenanceWindow": "sun:06:00-sun:14:00",
    }
    given = {name: request[name] for name in _PASSED_ON if name in request}
    return {
        **defaults,
        **given,
        "EngineVersion": version,
        "AllocatedStorage": storage,
        "AvailabilityZone": None if request.get("MultiAZ") else zone,
        "InstanceCreateTime": datetime.now(UTC),
        "KmsKeyId": key or f"arn:aws:kms:{world.account.region}:{world.account.number}:alias/aws/dms",
        "group": group,
        "security_groups": groups or [f"sg-default-of-{group.facts['vpc']}"],
        "pending": {},
    }


@operation
def describe_replication_instances(world: World, request: Request) -> Answer:
    names = {
        "replication-instance-arn": lambda one: one.arn,
        "replication-instance-id": lambda one: one.identifier,
        "replication-instance-class": lambda one: one.facts["ReplicationInstanceClass"],
        "engine-version": lambda one: one.facts["EngineVersion"],
    }
    found = filtered(world.instances, request, names, "replication instances")
    return page([describe_instance(one) for one in found], request, "ReplicationInstances")


@operation
def modify_replication_instance(world: World, request: Request) -> Answer:
    one = need(world.instances, request["ReplicationInstanceArn"], "Replication instance")
    need_state(one, ("available",), f"Replication Instance {one.identifier} cannot be modified")
    changed = {name: request[name] for name in _PENDING if name in request}
    _need_offered(
        changed.get("ReplicationInstanceClass", one.facts["ReplicationInstanceClass"]),
        changed.get("EngineVersion", one.facts["EngineVersion"]),
    )
    _need_storage(int(changed.get("AllocatedStorage", one.facts["AllocatedStorage"])))
    at_once = {n: request[n] for n in ("PreferredMaintenanceWindow", "AutoMinorVersionUpgrade") if n in request}
    one.facts.update(at_once)
    one.facts["pending"] = changed
    if request.get("ApplyImmediately") and changed:

        def arrive() -> None:
            one.facts.update(changed)
            one.facts["pending"] = {}
            world.event(one.identifier, "configuration change", "Replication instance modified")

        one.become("modifying", then="available", after=world.seconds("instance_modifying"), arrive=arrive)
    return {"ReplicationInstance": describe_instance(one)}


@operation
def reboot_replication_instance(world: World, request: Request) -> Answer:
    one = need(world.instances, request["ReplicationInstanceArn"], "Replication instance")
    need_state(one, ("available",), f"Replication Instance {one.identifier} cannot be rebooted")
    one.become("rebooting", then="available", after=world.seconds("instance_modifying"))
    return {"ReplicationInstance": describe_instance(one)}


@operation
def delete_replication_instance(world: World, request: Request) -> Answer:
    one = need(world.instances, request["ReplicationInstanceArn"], "Replication instance")
    if any(task.facts["ReplicationInstanceArn"] == one.arn for task in world.tasks):
        raise AwsError(
            "InvalidResourceStateFault", f"Replication Instance {one.arn} has one or more replication tasks"
        )
    if one.status in ("creating", "deleting", "modifying"):
        raise AwsError(
            "InvalidResourceStateFault", f"Replication Instance {one.arn} cannot be deleted, it is {one.status}"
        )
    world.event(one.identifier, "deletion", "Replication instance is being deleted")
    one.become("deleting", then=GONE, after=world.seconds("instance_deleting"))
    for pair in [pair for pair in world.connections if pair[0] == one.arn]:
        del world.connections[pair]
    return {"ReplicationInstance": describe_instance(one)}


def _need_offered(instance_class: str, version: str) -> None:
    if instance_class not in CLASSES:
        raise AwsError(
            "InvalidParameterValueException", f"The replication instance class {instance_class} is not offered"
        )
    if version not in ENGINE_VERSIONS:
        raise AwsError("InvalidParameterValueException", words.NO_ENGINE.format(version=version))


def _need_storage(storage: int) -> None:
    if not LEAST_STORAGE <= storage <= MOST_STORAGE:
        raise AwsError(
            "InvalidParameterValueException",
            f"AllocatedStorage {storage} is not between {LEAST_STORAGE} and {MOST_STORAGE}",
        )
