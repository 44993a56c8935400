"""What DMS offers in a region, and what the account has of it: classes, engine versions, quotas, events.

The lists are a part of what AWS offers, enough to tell what is offered from what is not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local.dms.faults import AwsError
from local.dms.operations import Answer, Request, operation, page
from local.dms.world import World

ENGINE_VERSIONS: Final = ("3.4.7", "3.5.2", "3.5.3", "3.5.4", "3.6.1")
CLASSES: Final = (
    *(f"dms.t3.{size}" for size in ("micro", "small", "medium", "large")),
    *(f"dms.{kind}.{size}" for kind in ("c5", "r5") for size in ("large", "xlarge", "2xlarge", "4xlarge")),
    *(f"dms.{kind}.{size}" for kind in ("c6i", "r6i") for size in ("large", "xlarge", "2xlarge", "4xlarge")),
)
LEAST_STORAGE: Final = 5
MOST_STORAGE: Final = 6144
ENGINES: Final = frozenset(
    {"mysql", "mariadb", "aurora", "aurora-serverless", "postgres", "aurora-postgresql", "oracle", "sqlserver"}
    | {
        "s3",
        "redshift",
        "kinesis",
        "kafka",
        "mongodb",
        "docdb",
        "dynamodb",
        "opensearch",
        "azuredb",
        "sybase",
        "db2",
    }
)
MYSQL_ENGINES: Final = frozenset({"mysql", "mariadb", "aurora", "aurora-serverless"})


def default_storage(instance_class: str) -> int:
    return 50 if instance_class.startswith("dms.t") else 100


@operation
def describe_orderable_replication_instances(world: World, request: Request) -> Answer:
    zones = [f"{world.account.region}{letter}" for letter in "abc"]
    found = [
        {
            "EngineVersion": version,
            "ReplicationInstanceClass": name,
            "StorageType": "gp2",
            "MinAllocatedStorage": LEAST_STORAGE,
            "MaxAllocatedStorage": MOST_STORAGE,
            "DefaultAllocatedStorage": default_storage(name),
            "IncludedAllocatedStorage": default_storage(name),
            "AvailabilityZones": zones,
            "ReleaseStatus": "prod",
        }
        for version in ENGINE_VERSIONS
        for name in CLASSES
    ]
    return page(found, request, "OrderableReplicationInstances")


@operation
def describe_engine_versions(_world: World, request: Request) -> Answer:
    found = [
        {
            "Version": version,
            "Lifecycle": "Available",
            "ReleaseStatus": "prod",
            "LaunchDate": datetime(2022 + place, 5, 1, tzinfo=UTC),
            "AvailableUpgrades": list(ENGINE_VERSIONS[place + 1 :]),
        }
        for place, version in enumerate(ENGINE_VERSIONS)
    ]
    return page(found, request, "EngineVersions")


@operation
def describe_endpoint_types(_world: World, request: Request) -> Answer:
    found: list[dict[str, Any]] = [
        {"EngineName": name, "SupportsCDC": True, "EndpointType": side, "EngineDisplayName": display}
        for name, display in (("mysql", "MySQL"), ("mariadb", "MariaDB"), ("aurora", "Amazon Aurora MySQL"))
        for side in ("source", "target")
    ]
    members = {"engine-name": "EngineName", "endpoint-type": "EndpointType"}
    for one in request.get("Filters", ()):
        if one["Name"] not in members:
            raise AwsError("InvalidParameterValueException", f"Unrecognized filter name {one['Name']}")
        found = [each for each in found if each[members[one["Name"]]] in one["Values"]]
    return page(found, request, "SupportedEndpointTypes")


@operation
def describe_account_attributes(world: World, _request: Request) -> Answer:
    used = {
        "ReplicationInstances": len(world.instances),
        "AllocatedStorage": storage_used(world),
        "ReplicationSubnetGroups": len(world.subnet_groups),
        "Endpoints": len(world.endpoints),
        "ReplicationTasks": len(world.tasks),
    }
    quotas = [
        {"AccountQuotaName": name, "Used": used.get(name, 0), "Max": most} for name, most in world.quotas.items()
    ]
    return {"AccountQuotas": quotas, "UniqueAccountIdentifier": f"dms-{world.account.number}-local"}


@operation
def describe_events(world: World, request: Request) -> Answer:
    found = list(world.events)
    if request.get("SourceIdentifier"):
        found = [one for one in found if one["SourceIdentifier"] == request["SourceIdentifier"]]
    wanted = set(request.get("EventCategories", ()))
    if wanted:
        found = [one for one in found if wanted & set(one["EventCategories"])]
    now = datetime.now(UTC)
    start = _time(request.get("StartTime")) or now - timedelta(minutes=int(request.get("Duration") or 60))
    end = _time(request.get("EndTime")) or now
    return page([one for one in found if start <= one["Date"] <= end], request, "Events")


def storage_used(world: World) -> int:
    return sum(int(one.facts["AllocatedStorage"]) for one in world.instances)


def _time(value: object) -> datetime | None:
    return datetime.fromtimestamp(float(str(value)), UTC) if value is not None else None
