"""Tags of resources, by ARN."""

from __future__ import annotations

from local.dms.faults import AwsError
from local.dms.operations import Answer, Request, operation, tags_of
from local.dms.resource import Resource
from local.dms.world import World


@operation
def add_tags_to_resource(world: World, request: Request) -> Answer:
    _resource(world, request["ResourceArn"]).tags.update(tags_of(request))
    return {}


@operation
def list_tags_for_resource(world: World, request: Request) -> Answer:
    if not request.get("ResourceArn") and not request.get("ResourceArnList"):
        raise AwsError("InvalidParameterValueException", "ResourceArn or ResourceArnList must be provided")
    if request.get("ResourceArn"):
        tags = _resource(world, request["ResourceArn"]).tags
        return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}
    return {
        "TagList": [
            {"Key": key, "Value": value, "ResourceArn": arn}
            for arn in request["ResourceArnList"]
            for key, value in _resource(world, arn).tags.items()
        ]
    }


@operation
def remove_tags_from_resource(world: World, request: Request) -> Answer:
    tags = _resource(world, request["ResourceArn"]).tags
    for key in request["TagKeys"]:
        tags.pop(key, None)
    return {}


def _resource(world: World, arn: str) -> Resource:
    found = next((one for one in world.everything() if one.arn == arn), None)
    if found is None:
        raise AwsError("ResourceNotFoundFault", f"Resource {arn} not found.")
    return found
