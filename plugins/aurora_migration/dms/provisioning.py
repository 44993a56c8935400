"""Makes sure that a migration's AWS resources are there: describe, create what is absent, adopt what is ours.

Each function may be called any number of times, by a task that was killed as well: identifiers follow from the
migration's name and ownership from its tag, so nothing is made twice and nothing of anybody else is touched. What
takes time comes back as a `Wait`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aurora_migration.dms import describe
from aurora_migration.dms.describe import ENDPOINT, INSTANCE, SUBNET_GROUP, Found, Kind
from aurora_migration.dms.endpoint import EndpointSpec
from aurora_migration.dms.faults import EXISTS, aws, code_of, once_effective
from aurora_migration.dms.names import TAG, Names
from aurora_migration.dms.waiting import Wait
from aurora_migration.errors import ConfigurationError, FatalError
from aurora_migration.model.config_dms import DmsConfig

_log = logging.getLogger(__name__)
_INSTANCE_REMEDIES: Final = {
    "incompatible-network": "the subnets have no free address, or a network interface cannot be made there",
    "storage-full": "raise dms.instance.storage_gib and modify the instance",
}


@dataclass(frozen=True, slots=True)
class Account:
    """Where the resources are; ``partition`` is "aws", "aws-cn", …"""

    partition: str
    region: str
    number: str

    def arn(self, kind: str, name: str) -> str:
        return f"arn:{self.partition}:dms:{self.region}:{self.number}:{kind}:{name}"


@dataclass(frozen=True, slots=True)
class Provisioner:
    """What provisioning needs: a DMS client, whose resources, and how to sleep while a role becomes effective."""

    client: Any
    account: Account
    names: Names
    config: DmsConfig
    sleep: Callable[[float], None]

    def ensure_subnet_group(self) -> str | None:
        """The subnet group's identifier; None is AWS's default group. Raises: MigrationError."""
        if self.config.subnet_group is not None:
            if describe.find(self.client, SUBNET_GROUP, self.config.subnet_group) is None:
                raise ConfigurationError(
                    "does not exist",
                    subject=f"subnet group {self.config.subnet_group}",
                    remedy="correct dms.subnet_group, or give dms.subnets and one is made",
                )
            return self.config.subnet_group
        if not self.config.subnets:
            return None
        name = self.names.subnet_group
        members = {
            "ReplicationSubnetGroupIdentifier": name,
            "ReplicationSubnetGroupDescription": self.names.description,
            "SubnetIds": self.config.subnets,
        }
        found = self._found(SUBNET_GROUP, name)
        if found is None:
            self._create(SUBNET_GROUP, name, "create_replication_subnet_group", members)
        elif {one["SubnetIdentifier"] for one in found.get("Subnets", ())} != set(self.config.subnets):
            with aws(f"subnet group {name}"):
                once_effective(lambda: self.client.modify_replication_subnet_group(**members), self.sleep)
            _log.info("Changed subnet group identifier=%s subnets=%s", name, len(self.config.subnets))
        return name

    def ensure_instance(self, subnet_group: str | None) -> Wait | str:
        """The replication instance's ARN once it is available. Raises: FatalError where its creation failed."""
        name = self.names.instance
        found = self._found(INSTANCE, name)
        if found is None:
            self._create(INSTANCE, name, "create_replication_instance", self._instance_members(subnet_group))
            return Wait("instance", (name,))
        status = str(found["ReplicationInstanceStatus"])
        if status == "available":
            return str(found["ReplicationInstanceArn"])
        if status in {"failed", "incompatible-network", "incompatible-credentials", "storage-full"}:
            raise FatalError(
                f"is {status}",
                subject=f"replication instance {name}",
                remedy=f"{_INSTANCE_REMEDIES.get(status, 'see its events in the DMS console')}; run "
                f"{self.names.migration}.dms_teardown and start again",
            )
        return Wait("instance", (name,), gone=status == "deleting")

    def ensure_endpoint(self, spec: EndpointSpec) -> str:
        """The endpoint's ARN; one that says otherwise than the connection is changed."""
        found = self._found(ENDPOINT, spec.identifier)
        if found is None:
            found = self._create(ENDPOINT, spec.identifier, "create_endpoint", self._endpoint_members(spec))
        elif different := spec.differs(found):
            self.renew_endpoint(spec, str(found["EndpointArn"]))
            _log.info("Changed endpoint identifier=%s members=%s", spec.identifier, ",".join(different))
        return str(found["EndpointArn"])

    def renew_endpoint(self, spec: EndpointSpec, arn: str) -> None:
        """Tell DMS everything about a side again, the present password included."""
        with aws(spec.label):
            self.client.modify_endpoint(EndpointArn=arn, **spec.request())

    def ensure_connection(
        self, instance_arn: str, endpoint_arn: str, spec: EndpointSpec, *, fresh: bool
    ) -> Wait | None:
        """None once DMS has logged in from the instance; a failed test is repeated by a fresh try only.

        Raises: FatalError with what DMS says.
        """
        found = describe.connection(self.client, instance_arn, endpoint_arn)
        status = "absent" if found is None else str(found["Status"])
        if status == "successful":
            return None
        if status == "failed" and not fresh:
            said = str((found or {}).get("LastFailureMessage") or "no message")
            raise FatalError(
                f"DMS cannot connect: {_without(spec.password, said)}",
                subject=spec.label,
                remedy="check host, login and password of the Airflow connection, and that the security groups "
                "let the replication instance in on that port; then clear this task",
            )
        if status != "testing":
            if status == "failed":  # what was wrong may have been corrected in the connection
                self.renew_endpoint(spec, endpoint_arn)
            with aws(spec.label):
                self.client.test_connection(ReplicationInstanceArn=instance_arn, EndpointArn=endpoint_arn)
        return Wait("connection", (instance_arn, endpoint_arn))

    def owned(self, kind: Kind, identifier: str, arn: str) -> None:
        """Raises: ConfigurationError if a resource of our name is not this migration's."""
        tag = describe.tag_of(self.client, arn)
        if tag == self.names.migration:
            return
        whose = f"carries the tag {TAG}={tag}" if tag else f"does not carry the tag {TAG}"
        raise ConfigurationError(
            f"exists already and {whose}",
            subject=f"{kind.word} {identifier}",
            remedy=f"delete it, or let this migration adopt it: aws dms add-tags-to-resource --resource-arn {arn} "
            f"--tags Key={TAG},Value={self.names.migration}",
        )

    def _found(self, kind: Kind, identifier: str) -> Found | None:
        found = describe.find(self.client, kind, identifier)
        if found is not None:
            self.owned(kind, identifier, self._arn(kind, identifier, found))
        return found

    def _arn(self, kind: Kind, identifier: str, found: Found) -> str:
        return str(found[kind.arn]) if kind.arn else self.account.arn("subgrp", identifier)

    def _create(self, kind: Kind, identifier: str, operation: str, members: dict[str, Any]) -> Found:
        def call() -> Any:
            return getattr(self.client, operation)(**members, Tags=self.names.tags)

        with aws(f"{kind.word} {identifier}"):
            try:
                once_effective(call, self.sleep)
            except Exception as error:
                if code_of(error) not in EXISTS:
                    raise
        found = self._found(kind, identifier)
        if found is None:
            raise FatalError("was created and cannot be seen", subject=f"{kind.word} {identifier}")
        _log.info("Created kind=%s identifier=%s", kind.word.replace(" ", "-"), identifier)
        return found

    def _instance_members(self, subnet_group: str | None) -> dict[str, Any]:
        wanted = self.config.instance
        members: dict[str, Any] = {
            "ReplicationInstanceIdentifier": self.names.instance,
            "ReplicationInstanceClass": wanted.instance_class,
            "AllocatedStorage": wanted.storage_gib,
            "MultiAZ": wanted.multi_az,
            "PubliclyAccessible": wanted.public,
            "AutoMinorVersionUpgrade": False,
        }
        if wanted.engine_version is not None:
            members["EngineVersion"] = wanted.engine_version
        if subnet_group is not None:
            members["ReplicationSubnetGroupIdentifier"] = subnet_group
        if self.config.security_groups:
            members["VpcSecurityGroupIds"] = self.config.security_groups
        return members

    def _endpoint_members(self, spec: EndpointSpec) -> dict[str, Any]:
        return {"EndpointIdentifier": spec.identifier, **spec.request()}


def _without(secret: str, text: str) -> str:
    return text.replace(secret, "…") if secret else text
