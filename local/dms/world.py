"""What the operations work on: all resources of one account and region, its delays, quotas and mishaps.

One lock guards it; operations run under it, and threads that move rows take it for their moments of state. Time
is that of AWS, times `time_factor`.
"""

from __future__ import annotations

import random
import string
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.dms import words
from local.dms.account import Account
from local.dms.faults import AwsError, Faults, RoleNotEffective
from local.dms.resource import Collection, Resource

_NAME = string.ascii_uppercase + "234567"


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds that states last on AWS, about."""

    instance_creating: float = 600.0
    instance_modifying: float = 300.0
    instance_deleting: float = 300.0
    endpoint_deleting: float = 10.0
    connection_testing: float = 30.0
    task_creating: float = 30.0
    task_starting: float = 60.0
    task_modifying: float = 20.0
    task_stopping: float = 30.0
    task_deleting: float = 20.0
    serverless_state: float = 120.0
    serverless_provisioning: float = 720.0
    serverless_deprovisioning: float = 600.0
    config_deleting: float = 60.0
    validation: float = 30.0
    batch: float = 0.0


# Maxima that AWS gives a new account, by the names of DescribeAccountAttributes.
QUOTAS = {
    "ReplicationInstances": 60,
    "AllocatedStorage": 30_000,
    "ReplicationSubnetGroups": 60,
    "SubnetsPerReplicationSubnetGroup": 60,
    "EndpointsPerInstance": 100,
    "Endpoints": 1000,
    "Certificates": 100,
    "ReplicationTasks": 600,
    "EventSubscriptions": 60,
}


@dataclass(slots=True)
class World:
    """All state of a stand-in."""

    account: Account
    time_factor: float = 1.0
    delays: Delays = field(default_factory=Delays)
    quotas: dict[str, int] = field(default_factory=lambda: dict(QUOTAS))
    names: dict[str, tuple[str, int]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    subnet_groups: Collection = field(default_factory=Collection)
    instances: Collection = field(default_factory=Collection)
    endpoints: Collection = field(default_factory=Collection)
    connections: dict[tuple[str, str], Resource] = field(default_factory=dict)
    tasks: Collection = field(default_factory=Collection)
    configs: Collection = field(default_factory=Collection)
    events: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    closing: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def seconds(self, delay: str) -> float:
        """How long a state lasts here."""
        return float(getattr(self.delays, delay)) * self.time_factor

    def lasts(self, delay: str, stop: threading.Event | None = None) -> bool:
        """Let a state last as long as `delays` say, which may change meanwhile: without end, until they change.

        True where it is cut short, since `stop` is set or the world closes.
        """
        began = time.monotonic()
        while not self.closing.is_set() and not (stop is not None and stop.is_set()):
            left = began + self.seconds(delay) - time.monotonic()
            if left <= 0:
                return False
            self.closing.wait(min(left, 0.05))
        return True

    def arn(self, kind: str, name: str = "") -> str:
        """A new ARN; without a name, an id like those AWS makes."""
        name = name or "".join(random.SystemRandom().choices(_NAME, k=26))
        return f"arn:aws:dms:{self.account.region}:{self.account.number}:{kind}:{name}"

    def event(self, source: str, category: str, message: str) -> None:
        """Note an event of a replication instance."""
        self.events.append(
            {
                "SourceIdentifier": source,
                "SourceType": "replication-instance",
                "Message": message,
                "EventCategories": [category],
                "Date": datetime.now(UTC),
            }
        )

    def need_vpc_role(self) -> None:
        """DMS manages network interfaces by dms-vpc-role. Raises: AwsError."""
        young = self.faults.find(RoleNotEffective)
        if not self.account.role_is_effective("dms-vpc-role", young.seconds if young else 0.0):
            raise AwsError(
                "AccessDeniedFault", words.ROLE_NOT_CONFIGURED.format(arn=self.account.role_arn("dms-vpc-role"))
            )

    def need_room(self, quota: str, used: int, code: str = "ResourceQuotaExceededFault") -> None:
        """Raises: AwsError, where one more would be too many."""
        if used > self.quotas[quota]:
            raise AwsError(code, f"The quota for {quota} has been exceeded: {self.quotas[quota]}")

    def everything(self) -> list[Resource]:
        """Whatever can carry tags."""
        return [
            one
            for collection in (self.subnet_groups, self.instances, self.endpoints, self.tasks, self.configs)
            for one in collection
        ]
