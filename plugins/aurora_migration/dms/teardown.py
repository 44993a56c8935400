"""Deletes a migration's AWS resources, in the order in which they depend on one another.

Only what carries the migration's tag goes. What stays is named with the reason; a task that was killed is
repeated, and finds the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from aurora_migration.dms import describe
from aurora_migration.dms.describe import CONFIG, ENDPOINT, INSTANCE, SUBNET_GROUP, TASK, Kind
from aurora_migration.dms.faults import ABSENT, aws, code_of
from aurora_migration.dms.names import TAG
from aurora_migration.dms.observed import Observed
from aurora_migration.dms.provisioning import Provisioner
from aurora_migration.dms.replication import Replication
from aurora_migration.dms.waiting import Wait


@dataclass(frozen=True, slots=True)
class Left:
    """A resource that stays, and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True, slots=True)
class Item:
    """One resource of the migration and the call that deletes it (operation, member that names it)."""

    kind: Kind
    identifier: str
    operation: str
    member: str
    wait: str


def items(provisioner: Provisioner) -> tuple[Item, ...]:
    """Every resource the migration may have made, in the order of deletion."""
    names = provisioner.names
    return (
        Item(TASK, names.replication, "delete_replication_task", "ReplicationTaskArn", "task"),
        Item(CONFIG, names.replication, "delete_replication_config", "ReplicationConfigArn", "config"),
        Item(ENDPOINT, names.source_endpoint, "delete_endpoint", "EndpointArn", "endpoint"),
        Item(ENDPOINT, names.target_endpoint, "delete_endpoint", "EndpointArn", "endpoint"),
        Item(INSTANCE, names.instance, "delete_replication_instance", "ReplicationInstanceArn", "instance"),
        Item(
            SUBNET_GROUP,
            names.subnet_group,
            "delete_replication_subnet_group",
            "ReplicationSubnetGroupIdentifier",
            "subnet-group",
        ),
    )


def advance(provisioner: Provisioner) -> Wait | tuple[Left, ...]:
    """Delete what can be deleted now; a `Wait`, or what is left at the end. Raises: MigrationError."""
    left: list[Left] = []
    for item in items(provisioner):
        found = describe.find(provisioner.client, item.kind, item.identifier)
        if found is None:
            continue
        what = f"{item.kind.word} {item.identifier}"
        arn = str(found[item.kind.arn]) if item.kind.arn else provisioner.account.arn("subgrp", item.identifier)
        tag = describe.tag_of(provisioner.client, arn)
        if tag != provisioner.names.migration:
            left.append(Left(what, f"is not ours: its tag {TAG} is {tag or 'not there'}"))
            continue
        wait = _delete(provisioner, item, arn, str(found.get(item.kind.status) or ""))
        if wait is not None:
            return wait
    config = provisioner.config
    if config.subnet_group is not None:
        left.append(Left(f"subnet group {config.subnet_group}", "is named by the migration file as one to use"))
    return tuple(left)


def _delete(provisioner: Provisioner, item: Item, arn: str, status: str) -> Wait | None:
    if item.kind in {TASK, CONFIG}:
        replication = Replication(provisioner.client, item.identifier, item.kind is CONFIG)
        wait = _at_rest(replication, replication.observe())
        if wait is not None:
            return wait
    if status == "deleting":
        return Wait(item.wait, (item.identifier,), gone=True)
    name = item.identifier if item.member.endswith("Identifier") else arn
    with aws(f"{item.kind.word} {item.identifier}"):
        try:
            getattr(provisioner.client, item.operation)(**{item.member: name})
        except Exception as error:
            if code_of(error) not in ABSENT:
                raise
    return Wait(item.wait, (item.identifier,), gone=True)


def _at_rest(replication: Replication, observed: Observed) -> Wait | None:
    """A replication is stopped before it is deleted."""
    if observed.status == "running":
        replication.stop()
        return replication.wait()
    if observed.at_rest or observed.status in {"absent", "deleting", "failed-move"}:
        return None
    return replication.wait()
