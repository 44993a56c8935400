"""The register of operations, and what many of them share: filters, pages, identifiers.

An operation is a function of the world and a request that has passed the model; it returns the answer, whose
members of None are left out. Its contract is that of AWS's operation of the same name, and it raises `AwsError`.
Modules register theirs when they are imported.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from local.dms.faults import AwsError
from local.dms.resource import Collection, Resource
from local.dms.world import World

Request = Mapping[str, Any]
Answer = dict[str, Any]
Operation = Callable[[World, Request], Answer]

OPERATIONS: Final[dict[str, Operation]] = {}
_IDENTIFIER: Final = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*")


def operation(function: Operation) -> Operation:
    """Register a function as the operation that its name says."""
    OPERATIONS["".join(part.capitalize() for part in function.__name__.split("_"))] = function
    return function


def need_identifier(name: str, value: str, longest: int) -> str:
    """The identifier as DMS stores it. Raises: AwsError."""
    if len(value) > longest or not _IDENTIFIER.fullmatch(value):
        raise AwsError(
            "InvalidParameterValueException",
            f"The parameter {name} is not a valid identifier. Identifiers must begin with a letter; must contain "
            "only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive "
            "hyphens.",
        )
    return value.lower()


def need(collection: Collection, arn: str, what: str) -> Resource:
    """The resource with this ARN. Raises: AwsError."""
    found = collection.by_arn(arn)
    if found is None:
        raise AwsError("ResourceNotFoundFault", f"{what} {arn} not found.")
    return found


def need_new(collection: Collection, identifier: str, message: str) -> None:
    """Raises: AwsError, where the identifier is taken."""
    found = collection.by_identifier(identifier)
    if found is not None:
        raise AwsError("ResourceAlreadyExistsFault", message, found.arn)


def need_state(one: Resource, allowed: Sequence[str], message: str) -> None:
    """Raises: AwsError, where the resource is in another state."""
    if one.status not in allowed:
        raise AwsError("InvalidResourceStateFault", f"{message} (it is {one.status})")


def tags_of(request: Request) -> dict[str, str]:
    return {one["Key"]: one.get("Value", "") for one in request.get("Tags", ())}


def filtered(
    found: Iterable[Resource], request: Request, names: Mapping[str, Callable[[Resource], object]], what: str
) -> list[Resource]:
    """The resources that fit all filters. Raises: AwsError, where filters were given and nothing fits."""
    kept = list(found)
    for one in request.get("Filters", ()):
        if one["Name"] not in names:
            raise AwsError("InvalidParameterValueException", f"Unrecognized filter name {one['Name']}")
        get = names[one["Name"]]
        kept = [each for each in kept if str(get(each)) in one["Values"]]
    if request.get("Filters") and not kept:
        raise AwsError("ResourceNotFoundFault", f"No {what} found matching these filters.")
    return kept


def page(answers: Sequence[Any], request: Request, key: str, most: int = 100, least: int = 20) -> Answer:
    """One page of answers under `key`, with a Marker where there are more. Raises: AwsError."""
    size = int(request.get("MaxRecords") or 100)
    if not least <= size <= most:
        raise AwsError(
            "InvalidParameterValueException",
            f"Invalid MaxRecords value {size}. Must be between {least} and {most}",
        )
    start = _offset(request.get("Marker") or "")
    end = start + size
    marker = base64.urlsafe_b64encode(f"at:{end}".encode()).decode() if end < len(answers) else None
    return {key: list(answers[start:end]), "Marker": marker}


def _offset(marker: str) -> int:
    if not marker:
        return 0
    try:
        return int(base64.urlsafe_b64decode(marker.encode()).decode().removeprefix("at:"))
    except ValueError as error:
        raise AwsError("InvalidParameterValueException", "Invalid Marker") from error
