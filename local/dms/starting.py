"""What tasks and serverless replications have in common: their orders, checked, and the rules of starting."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from local.dms import words
from local.dms.endpoints import server_of
from local.dms.faults import AwsError
from local.dms.job import Job
from local.dms.mappings import TableMappings
from local.dms.offerings import MYSQL_ENGINES
from local.dms.operations import Answer, Request, need, page
from local.dms.positions import check_start, check_stop
from local.dms.resource import Resource
from local.dms.task_settings import TaskSettings
from local.dms.world import World

START_TYPES = ("start-replication", "resume-processing", "reload-target")


def need_sides(world: World, request: Request) -> None:
    """Raises: AwsError, unless both endpoints are there, each on its side, and MySQL's."""
    for side in ("source", "target"):
        endpoint = need(world.endpoints, request[f"{side.title()}EndpointArn"], "Endpoint")
        if endpoint.facts["EndpointType"] != side:
            raise AwsError("InvalidParameterValueException", f"Endpoint {endpoint.arn} is not a {side} endpoint")
        if endpoint.facts["EngineName"] not in MYSQL_ENGINES:
            raise AwsError(
                "InvalidParameterValueException", "the local stand-in moves rows between MySQL servers only"
            )


def check_cdc(request: Request) -> None:
    """Raises: AwsError, where start and stop of change data capture are not what they may be."""
    if request.get("CdcStartTime") is not None and request.get("CdcStartPosition"):
        raise AwsError(
            "InvalidParameterCombinationException", "CdcStartTime and CdcStartPosition cannot both be specified"
        )
    check_start(str(request.get("CdcStartPosition") or ""))
    check_stop(str(request.get("CdcStopPosition") or ""))


def need_start_type(one: Resource, how: str, kind: str) -> None:
    """Raises: AwsError, where this run cannot be started so."""
    if how not in START_TYPES:
        raise AwsError("InvalidParameterValueException", f"Start type {how} is not valid")
    started = one.job is not None and one.job.fresh is not None
    if how == "start-replication" and started and kind != "cdc":
        raise AwsError("InvalidParameterCombinationException", words.FIRST_START_ONLY)
    if how != "start-replication" and not started:
        start_type = how.upper().replace("-", "_")
        raise AwsError(
            "InvalidParameterCombinationException",
            f"Start Type : {start_type}, not valid for tasks running for the first time",
        )
    if how == "reload-target" and kind == "cdc":
        raise AwsError("InvalidParameterCombinationException", "A cdc task cannot be started with reload-target")


def prepare_job(
    world: World, one: Resource, kind: str, settings: str | None, request: Request, instance: str
) -> Job:
    """The job of a resource as it is ordered now; progress of an earlier run stays. Raises: AwsError."""
    source = need(world.endpoints, one.facts["SourceEndpointArn"], "Endpoint")
    target = need(world.endpoints, one.facts["TargetEndpointArn"], "Endpoint")
    job = Job(
        one.arn.rsplit(":", 1)[-1],
        kind,
        TableMappings(one.facts["TableMappings"]),
        TaskSettings.parse(settings, created=False),
        server_of(world, source),
        server_of(world, target),
        instance,
    )
    cdc = {name: request.get(name) or one.facts.get(name) for name in ("CdcStartTime", "CdcStartPosition")}
    job.start_position = str(cdc["CdcStartPosition"] or "")
    job.start_time = moment(cdc["CdcStartTime"])
    job.stop_position = str(request.get("CdcStopPosition") or one.facts.get("CdcStopPosition") or "")
    known: Job | None = one.job
    if known is not None:
        job.tables, job.checkpoint, job.fresh = known.tables, known.checkpoint, known.fresh
        job.load_started, job.load_ended, job.moved = known.load_started, known.load_ended, known.moved
        job.cached_applied = known.cached_applied
    if any(name in request for name in cdc):
        job.checkpoint = None
    one.job = job
    return job


def statistics_page(job: Job | None, request: Request, key: str) -> Answer:
    """A page of table statistics, filtered by schema-name, table-name and table-state."""
    found: list[dict[str, Any]] = [one.statistics() for one in job.ordered()] if job else []
    members = {"schema-name": "SchemaName", "table-name": "TableName", "table-state": "TableState"}
    for one in request.get("Filters", ()):
        if one["Name"] not in members:
            raise AwsError("InvalidParameterValueException", f"Unrecognized filter name {one['Name']}")
        found = [each for each in found if each[members[one["Name"]]] in one["Values"]]
    return page(found, request, key, most=500)


def reload_of(one: Resource, request: Request) -> None:
    """Ask the running job to load or validate tables again. Raises: AwsError."""
    wanted = [(each["SchemaName"], each["TableName"]) for each in request["TablesToReload"]]
    option = request.get("ReloadOption", "data-reload")
    if one.status != "running":
        raise AwsError(
            "InvalidResourceStateFault", f"Tables can be reloaded in the running state only, not {one.status}"
        )
    if not 1 <= len(wanted) <= 10:
        raise AwsError("InvalidParameterValueException", "Between 1 and 10 tables can be reloaded at a time")
    job: Job = one.job
    for schema, table in wanted:
        if (schema, table) not in job.tables:
            raise AwsError("ResourceNotFoundFault", f"Table {schema}.{table} is not one of the task's.")
    if option == "validate-only" and not job.settings["ValidationSettings.EnableValidation"]:
        raise AwsError("InvalidResourceStateFault", "Validation is not enabled for this task")
    for schema, table in wanted:
        found = job.tables[schema, table]
        if option == "data-reload":
            found.state = words.RELOADING
        if job.settings["ValidationSettings.EnableValidation"]:
            found.validation = words.PENDING_REVALIDATION
        job.reloads.append((schema, table, option))


def moment(value: object) -> datetime | None:
    """A time of a request, which comes as seconds since 1970."""
    return datetime.fromtimestamp(float(str(value)), UTC) if value is not None else None
