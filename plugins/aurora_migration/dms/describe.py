"""Looks at AWS resources: absent is None, whichever way DMS says it.

A describe call filtered to something absent raises ResourceNotFoundFault or returns an empty list, depending on
the operation and its history; both mean absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from aurora_migration.dms.faults import aws, is_absent
from aurora_migration.dms.names import TAG

Client = Any
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of resource is described: operation, keys of the answer, filter, and AWS's word for people."""

    word: str
    operation: str
    answer: str
    filter: str
    arn: str
    status: str


SUBNET_GROUP: Final = Kind(
    "subnet group",
    "describe_replication_subnet_groups",
    "ReplicationSubnetGroups",
    "replication-subnet-group-id",
    "",
    "SubnetGroupStatus",
)
INSTANCE: Final = Kind(
    "replication instance",
    "describe_replication_instances",
    "ReplicationInstances",
    "replication-instance-id",
    "ReplicationInstanceArn",
    "ReplicationInstanceStatus",
)
ENDPOINT: Final = Kind("endpoint", "describe_endpoints", "Endpoints", "endpoint-id", "EndpointArn", "Status")
TASK: Final = Kind(
    "replication task",
    "describe_replication_tasks",
    "ReplicationTasks",
    "replication-task-id",
    "ReplicationTaskArn",
    "Status",
)
CONFIG: Final = Kind(
    "replication config",
    "describe_replication_configs",
    "ReplicationConfigs",
    "replication-config-id",
    "ReplicationConfigArn",
    "",
)
REPLICATION: Final = Kind(
    "serverless replication",
    "describe_replications",
    "Replications",
    "replication-config-id",
    "ReplicationConfigArn",
    "Status",
)
KINDS: Final = {
    "subnet-group": SUBNET_GROUP,
    "instance": INSTANCE,
    "endpoint": ENDPOINT,
    "task": TASK,
    "config": CONFIG,
    "replication": REPLICATION,
}


def find(client: Client, kind: Kind, identifier: str) -> Found | None:
    """The resource called ``identifier``, or None."""
    filters = [{"Name": kind.filter, "Values": [identifier]}]
    with aws(f"{kind.word} {identifier}"):
        try:
            found = getattr(client, kind.operation)(Filters=filters)[kind.answer]
        except Exception as error:
            if is_absent(error):
                return None
            raise
    return found[0] if found else None


def status(client: Client, kind: Kind, identifier: str) -> str:
    """Its status in DMS's words; "absent" if there is none of that name."""
    found = find(client, kind, identifier)
    return "absent" if found is None else str(found.get(kind.status) or "")


def connection(client: Client, instance_arn: str, endpoint_arn: str) -> Found | None:
    """The last connection test of an endpoint from an instance, or None if there was none."""
    filters = [
        {"Name": "replication-instance-arn", "Values": [instance_arn]},
        {"Name": "endpoint-arn", "Values": [endpoint_arn]},
    ]
    with aws("connection test"):
        try:
            found = client.describe_connections(Filters=filters)["Connections"]
        except Exception as error:
            if is_absent(error):
                return None
            raise
    # some answers hold the connections of either filter
    fit = [
        one
        for one in found
        if one["EndpointArn"] == endpoint_arn and one["ReplicationInstanceArn"] == instance_arn
    ]
    return fit[0] if fit else None


def tag_of(client: Client, arn: str) -> str | None:
    """The migration that a resource belongs to by its tag, or None."""
    with aws(arn):
        tags = client.list_tags_for_resource(ResourceArn=arn)["TagList"]
    return next((str(tag["Value"]) for tag in tags if tag["Key"] == TAG), None)


def pages(call: Callable[..., Found], answer: str, **request: Any) -> Iterator[Found]:
    """All entries of an operation that answers in pages."""
    marker: str | None = None
    while True:
        with aws(answer):
            page = call(**request, **({"Marker": marker} if marker else {}))
        yield from page.get(answer, ())
        marker = page.get("Marker")
        if not marker:
            return
