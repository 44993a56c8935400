"""Replication subnet groups: subnets of one VPC in two zones at least, a printable description, and the role."""

from __future__ import annotations

import re
from collections.abc import Sequence

from local.dms import words
from local.dms.faults import AwsError
from local.dms.operations import Answer, Request, filtered, need_new, operation, page, tags_of
from local.dms.resource import GONE, Resource
from local.dms.world import World

_IDENTIFIER = re.compile(r"[A-Za-z0-9._\- ]{1,255}")
_FILTERABLE = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*")


def describe_group(group: Resource) -> Answer:
    """The answer's ReplicationSubnetGroup."""
    return {
        "ReplicationSubnetGroupIdentifier": group.identifier,
        "ReplicationSubnetGroupDescription": group.facts["description"],
        "VpcId": group.facts["vpc"],
        "SubnetGroupStatus": group.status,
        "Subnets": [
            {
                "SubnetIdentifier": identifier,
                "SubnetAvailabilityZone": {"Name": zone},
                "SubnetStatus": "Active",
            }
            for identifier, zone in group.facts["subnets"]
        ],
        "SupportedNetworkTypes": ["IPV4"],
    }


@operation
def create_replication_subnet_group(world: World, request: Request) -> Answer:
    identifier = str(request["ReplicationSubnetGroupIdentifier"])
    if not _IDENTIFIER.fullmatch(identifier) or identifier.lower() == "default":
        raise AwsError(
            "InvalidParameterValueException",
            f"The parameter ReplicationSubnetGroupIdentifier is not a valid identifier: {identifier!r}. It must "
            "contain no more than 255 alphanumeric characters, periods, underscores, or hyphens, and must not be "
            "'default'.",
        )
    _need_description(str(request["ReplicationSubnetGroupDescription"]))
    world.need_vpc_role()
    need_new(world.subnet_groups, identifier, words.SUBNET_GROUP_EXISTS)
    world.need_room("ReplicationSubnetGroups", len(world.subnet_groups) + 1)
    facts = {"description": request["ReplicationSubnetGroupDescription"], **_subnets(world, request["SubnetIds"])}
    group = Resource(
        identifier.lower(), world.arn("subgrp", identifier.lower()), "Complete", facts, tags_of(request)
    )
    world.subnet_groups.add(group)
    return {"ReplicationSubnetGroup": describe_group(group)}


@operation
def describe_replication_subnet_groups(world: World, request: Request) -> Answer:
    for one in request.get("Filters", ()):
        if any(not _FILTERABLE.fullmatch(value) for value in one["Values"]):
            raise AwsError("InvalidParameterValueException", words.FILTER_IDENTIFIER)
    lower = {
        **request,
        "Filters": [{**one, "Values": [v.lower() for v in one["Values"]]} for one in request.get("Filters", ())],
    }
    names = {"replication-subnet-group-id": lambda one: one.identifier}
    found = filtered(world.subnet_groups, lower, names, "replication subnet groups")
    return page([describe_group(one) for one in found], request, "ReplicationSubnetGroups")


@operation
def modify_replication_subnet_group(world: World, request: Request) -> Answer:
    group = _group(world, request["ReplicationSubnetGroupIdentifier"])
    description = request.get("ReplicationSubnetGroupDescription")
    if description is not None:
        _need_description(description)
    world.need_vpc_role()
    group.facts.update(_subnets(world, request["SubnetIds"]))
    if description is not None:
        group.facts["description"] = description
    return {"ReplicationSubnetGroup": describe_group(group)}


@operation
def delete_replication_subnet_group(world: World, request: Request) -> Answer:
    group = _group(world, request["ReplicationSubnetGroupIdentifier"])
    users = [one.identifier for one in world.instances if one.facts["group"] is group]
    users += [
        one.identifier
        for one in world.configs
        if one.facts["ComputeConfig"].get("ReplicationSubnetGroupId") == group.identifier
    ]
    if users:
        raise AwsError(
            "InvalidResourceStateFault",
            f"Replication Subnet Group {group.identifier} is in use by {', '.join(users)}",
        )
    group.become(GONE)
    return {}


def group_of(world: World, identifier: str | None) -> Resource:
    """The group an instance goes into; None is the default VPC's. Raises: AwsError."""
    if identifier is not None:
        return _group(world, identifier)
    found = world.account.default_subnets()
    if not found:
        raise AwsError("InvalidSubnet", "No default VPC")
    facts = {
        "description": "default group created by console for vpc id " + found[0].vpc,
        "vpc": found[0].vpc,
        "subnets": [(one.identifier, one.zone) for one in found],
    }
    return Resource(f"default-{found[0].vpc}", "", "Complete", facts)


def _group(world: World, identifier: str) -> Resource:
    found = world.subnet_groups.by_identifier(identifier)
    if found is None:
        raise AwsError("ResourceNotFoundFault", f"Replication Subnet Group {identifier} not found.")
    return found


def _need_description(text: str) -> None:
    if not text.strip() or not text.isprintable():
        raise AwsError(
            "InvalidParameterValueException",
            "The parameter ReplicationSubnetGroupDescription must be provided and must not be blank, and must not "
            "contain non-printable control characters.",
        )


def _subnets(world: World, identifiers: Sequence[str]) -> Answer:
    if len(identifiers) > world.quotas["SubnetsPerReplicationSubnetGroup"]:
        raise AwsError("ResourceQuotaExceededFault", "The quota for subnets of a group has been exceeded")
    found = world.account.subnets(identifiers) if identifiers else []
    if found is None:
        raise AwsError("InvalidSubnet", f"Some input subnets are invalid: {', '.join(identifiers)}")
    if len({one.vpc for one in found}) > 1:
        raise AwsError("InvalidSubnet", "The subnets are of several VPCs")
    zones = {one.zone for one in found}
    if len(zones) < 2:
        raise AwsError("ReplicationSubnetGroupDoesNotCoverEnoughAZs", words.ZONES.format(zones=len(zones)))
    return {"vpc": found[0].vpc, "subnets": [(one.identifier, one.zone) for one in found]}
