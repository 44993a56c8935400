"""A migration's AWS resources as a person wants to see them: what, which, in what state.

Of an ARN only its last part is told, and no address, no login and no message of a server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aurora_migration.dms import describe
from aurora_migration.dms.describe import CONFIG, ENDPOINT, INSTANCE, REPLICATION, SUBNET_GROUP, TASK, Found, Kind
from aurora_migration.dms.provisioning import Provisioner


@dataclass(frozen=True, slots=True)
class Resource:
    """``part`` is the last part of the ARN; ``detail`` says what matters of this kind."""

    kind: str
    name: str
    part: str
    state: str
    detail: str


def inventory(provisioner: Provisioner, *, serverless: bool) -> tuple[Resource, ...]:
    """What is there, in the order of its making. Raises: MigrationError."""
    names, client = provisioner.names, provisioner.client
    group = provisioner.config.subnet_group or names.subnet_group
    found = [_resource(client, SUBNET_GROUP, group)]
    if not serverless:
        found.append(_resource(client, INSTANCE, names.instance))
    instance = describe.find(client, INSTANCE, names.instance) if not serverless else None
    ends = (names.source_endpoint, names.target_endpoint)
    found += [_endpoint(client, identifier, instance) for identifier in ends]
    if serverless:
        found.append(_serverless(client, names.replication))
    else:
        found.append(_resource(client, TASK, names.replication))
    return tuple(one for one in found if one is not None)


def _resource(client: Any, kind: Kind, name: str) -> Resource | None:
    found = describe.find(client, kind, name)
    return None if found is None else _told(kind, name, found, str(found.get(kind.status) or ""))


def _endpoint(client: Any, name: str, instance: Found | None) -> Resource | None:
    """An endpoint's state is that of its connection test, where there has been one."""
    found = describe.find(client, ENDPOINT, name)
    if found is None:
        return None
    test = instance and describe.connection(
        client, str(instance["ReplicationInstanceArn"]), str(found["EndpointArn"])
    )
    state = f"connection {test['Status']}" if test else str(found.get("Status") or "")
    return _told(ENDPOINT, name, found, state)


def _serverless(client: Any, name: str) -> Resource | None:
    config = describe.find(client, CONFIG, name)
    if config is None:
        return None
    running = describe.find(client, REPLICATION, name) or {}
    return _told(REPLICATION, name, {**running, **config}, str(running.get("Status") or ""))


def _told(kind: Kind, name: str, found: Found, state: str) -> Resource:
    part = str(found.get(kind.arn) or "").rpartition(":")[2] if kind.arn else ""
    return Resource(kind.word, name, part, state.lower(), _detail(kind, found))


def _detail(kind: Kind, found: Found) -> str:
    if kind is SUBNET_GROUP:
        return f"{len(found.get('Subnets') or ())} subnets"
    if kind is INSTANCE:
        return f"{found.get('ReplicationInstanceClass')}, DMS {found.get('EngineVersion')}"
    if kind is ENDPOINT:
        return f"{found.get('EndpointType')}, TLS {found.get('SslMode')}"
    return str(found.get("MigrationType") or found.get("ReplicationType") or "")
