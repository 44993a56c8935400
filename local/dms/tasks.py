"""Replication tasks: creating, ready, starting, running, stopping, stopped, failed, modifying, deleting."""

from __future__ import annotations

from typing import Any

from local.dms import words
from local.dms.endpoints import connected
from local.dms.faults import AwsError
from local.dms.job import now
from local.dms.load import Stopped
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
from local.dms.starting import (
    check_cdc,
    need_sides,
    need_start_type,
    prepare_job,
    reload_of,
    statistics_page,
)
from local.dms.task_settings import TaskSettings
from local.dms.world import World

_FACTS = (
    "SourceEndpointArn",
    "TargetEndpointArn",
    "ReplicationInstanceArn",
    "MigrationType",
    "TableMappings",
    "CdcStartPosition",
    "CdcStopPosition",
    "TaskData",
    "ReplicationTaskCreationDate",
    "ReplicationTaskStartDate",
    "StopReason",
    "LastFailureMessage",
)
_IDLE = ("ready", "stopped", "failed")


def describe_task(one: Resource, *, settings: bool = True) -> Answer:
    """The answer's ReplicationTask."""
    found: dict[str, Any] = {name: one.facts.get(name) for name in _FACTS}
    if one.job is not None and one.job.fresh is not None:
        found["ReplicationTaskStats"] = one.job.stats()
        found["RecoveryCheckpoint"] = one.job.recovery_checkpoint()
    return {
        "ReplicationTaskIdentifier": one.identifier,
        "ReplicationTaskArn": one.arn,
        "Status": one.status,
        "ReplicationTaskSettings": TaskSettings.parse(one.facts["settings"], created=False).json()
        if settings
        else None,
        **found,
    }


@operation
def create_replication_task(world: World, request: Request) -> Answer:
    name = need_identifier("ReplicationTaskIdentifier", str(request["ReplicationTaskIdentifier"]), 255)
    instance = need(world.instances, request["ReplicationInstanceArn"], "Replication instance")
    need_sides(world, request)
    need_state(instance, ("available",), f"Replication Instance {instance.identifier} is not available")
    TableMappings(request["TableMappings"])
    TaskSettings.parse(request.get("ReplicationTaskSettings"))
    check_cdc(request)
    need_new(world.tasks, name, "Replication task already exists")
    world.need_room("ReplicationTasks", len(world.tasks) + 1)
    facts = {key: request[key] for key in _FACTS if key in request}
    facts["settings"] = request.get("ReplicationTaskSettings")
    facts["CdcStartTime"] = request.get("CdcStartTime")
    facts["ReplicationTaskCreationDate"] = now()
    one = Resource(
        name, world.arn("task", request.get("ResourceIdentifier", "")), "creating", facts, tags_of(request)
    )
    one.become("creating", then="ready", after=world.seconds("task_creating"))
    world.tasks.add(one)
    return {"ReplicationTask": describe_task(one)}


@operation
def describe_replication_tasks(world: World, request: Request) -> Answer:
    names = {
        "replication-task-arn": lambda one: one.arn,
        "replication-task-id": lambda one: one.identifier,
        "migration-type": lambda one: one.facts["MigrationType"],
        "replication-instance-arn": lambda one: one.facts["ReplicationInstanceArn"],
        "endpoint-arn": lambda one: one.arn,
    }
    plain = [one for one in request.get("Filters", ()) if one["Name"] != "endpoint-arn"]
    ends = [one for one in request.get("Filters", ()) if one["Name"] == "endpoint-arn"]
    found = filtered(world.tasks, {"Filters": plain}, names, "replication tasks")
    for one in ends:
        sides = ("SourceEndpointArn", "TargetEndpointArn")
        found = [task for task in found if any(task.facts[side] in one["Values"] for side in sides)]
    if ends and not found:
        raise AwsError("ResourceNotFoundFault", "No replication tasks found matching these filters.")
    settings = not request.get("WithoutSettings")
    return page([describe_task(one, settings=settings) for one in found], request, "ReplicationTasks")


@operation
def modify_replication_task(world: World, request: Request) -> Answer:
    one = need(world.tasks, request["ReplicationTaskArn"], "Replication task")
    if one.status not in _IDLE:
        raise AwsError("InvalidResourceStateFault", words.RUNNING_CANNOT_CHANGE)
    if "TableMappings" in request:
        TableMappings(request["TableMappings"])
    if "ReplicationTaskSettings" in request:
        TaskSettings.parse(request["ReplicationTaskSettings"], created=False)
    check_cdc(request)
    if "ReplicationTaskIdentifier" in request:
        name = need_identifier("ReplicationTaskIdentifier", request["ReplicationTaskIdentifier"], 255)
        if name != one.identifier:
            need_new(world.tasks, name, "Replication task already exists")
        one.identifier = name
    one.facts.update({key: request[key] for key in (*_FACTS, "CdcStartTime") if key in request})
    one.facts["settings"] = request.get("ReplicationTaskSettings", one.facts["settings"])
    one.become("modifying", then=one.status, after=world.seconds("task_modifying"))
    return {"ReplicationTask": describe_task(one)}


@operation
def start_replication_task(world: World, request: Request) -> Answer:
    one = need(world.tasks, request["ReplicationTaskArn"], "Replication task")
    need_state(one, _IDLE, f"Replication Task {one.identifier} cannot be started")
    instance = need(world.instances, one.facts["ReplicationInstanceArn"], "Replication instance")
    for arn in (one.facts["SourceEndpointArn"], one.facts["TargetEndpointArn"]):
        if not connected(world, instance.arn, arn):
            endpoint = need(world.endpoints, arn, "Endpoint")
            said = words.CONNECTIONS_FIRST.format(instance=instance.identifier, endpoint=endpoint.identifier)
            raise AwsError("InvalidResourceStateFault", said)
    how, kind = request["StartReplicationTaskType"], one.facts["MigrationType"]
    need_start_type(one, how, kind)
    check_cdc(request)
    job = prepare_job(world, one, kind, one.facts["settings"], request, instance.identifier)
    one.facts.update(StopReason=None, LastFailureMessage=None, ReplicationTaskStartDate=now())
    one.facts.update({key: request[key] for key in ("CdcStartPosition", "CdcStopPosition") if key in request})
    one.become("starting")
    start(world, job, _owner(world, one), how)
    return {"ReplicationTask": describe_task(one)}


def _owner(world: World, one: Resource) -> Owner:
    def prepare() -> None:
        if world.lasts("task_starting"):
            raise Stopped

    def running() -> None:
        with world.lock:
            one.become("running")

    def ended(status: str, reason: str, message: str) -> None:
        one.facts.update(StopReason=reason, LastFailureMessage=message or None)
        if one.status == "stopping":
            one.become("stopping", then=status, after=world.seconds("task_stopping"))
        else:
            one.become(status)

    return Owner(prepare, running, ended)


@operation
def stop_replication_task(world: World, request: Request) -> Answer:
    one = need(world.tasks, request["ReplicationTaskArn"], "Replication task")
    need_state(one, ("running",), f"Replication Task {one.identifier} cannot be stopped: task not running")
    one.become("stopping")
    one.job.stop.set()
    return {"ReplicationTask": describe_task(one)}


@operation
def delete_replication_task(world: World, request: Request) -> Answer:
    one = need(world.tasks, request["ReplicationTaskArn"], "Replication task")
    need_state(one, _IDLE, f"Replication Task {one.identifier} cannot be deleted")
    one.become("deleting", then=GONE, after=world.seconds("task_deleting"))
    return {"ReplicationTask": describe_task(one)}


@operation
def describe_table_statistics(world: World, request: Request) -> Answer:
    one = need(world.tasks, request["ReplicationTaskArn"], "Replication task")
    return {"ReplicationTaskArn": one.arn, **statistics_page(one.job, request, "TableStatistics")}


@operation
def reload_tables(world: World, request: Request) -> Answer:
    one = need(world.tasks, request["ReplicationTaskArn"], "Replication task")
    reload_of(one, request)
    return {"ReplicationTaskArn": one.arn}
