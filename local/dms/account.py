"""What DMS needs to know of the account around it: roles, subnets, keys and secrets, asked of the other services.

The services are those of a moto server, reached by boto3 as DMS itself would: nothing is kept here, so that a
role that is missing there is missing here.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.exceptions import ClientError

# a session makes one client at a time
_MAKING = threading.Lock()
_POLICIES = {
    "dms-vpc-role": "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole",
    "dms-cloudwatch-logs-role": "arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole",
}


@dataclass(frozen=True, slots=True)
class SubnetFacts:
    """A subnet of the account."""

    identifier: str
    zone: str
    vpc: str


@dataclass(slots=True)
class Account:
    """An AWS account as a moto server at `url` holds it."""

    url: str
    region: str = "us-east-1"
    number: str = "123456789012"
    access_key: str = "local"
    secret_key: str = field(default="local", repr=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    def client(self, service: str) -> Any:
        """A boto3 client of a service of this account; made once, safe for threads."""
        if service not in self._clients:
            self._clients[service] = self.client_at(service, self.url)
        return self._clients[service]

    def client_at(self, service: str, url: str) -> Any:
        """A new boto3 client of a service that listens elsewhere."""
        with _MAKING:
            return _session().client(
                service,
                endpoint_url=url,
                region_name=self.region,
                aws_access_key_id=self.access_key,
                aws_secret_access_key=self.secret_key,
            )

    def role_arn(self, name: str) -> str:
        return f"arn:aws:iam::{self.number}:role/{name}"

    def role_is_effective(self, name: str, age: float = 0.0) -> bool:
        """Whether the role is there, trusts DMS, has its managed policy, and is `age` seconds old."""
        try:
            role = self.client("iam").get_role(RoleName=name)["Role"]
            attached = self.client("iam").list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        except ClientError:
            return False
        if not trusts(role["AssumeRolePolicyDocument"], "dms.amazonaws.com"):
            return False
        if _POLICIES[name] not in {one["PolicyArn"] for one in attached}:
            return False
        born: datetime = role["CreateDate"]
        return datetime.now(UTC) - born >= timedelta(seconds=age)

    def role_trusts(self, arn: str, principal: str) -> bool:
        """Whether a role that an endpoint names may be assumed by DMS."""
        try:
            role = self.client("iam").get_role(RoleName=arn.rsplit("/", 1)[-1])["Role"]
        except ClientError:
            return False
        return bool(role["Arn"] == arn) and trusts(role["AssumeRolePolicyDocument"], principal)

    def subnets(self, identifiers: Sequence[str]) -> list[SubnetFacts] | None:
        """The subnets with these ids, None where one of them is not there."""
        try:
            found = self.client("ec2").describe_subnets(SubnetIds=list(identifiers))["Subnets"]
        except ClientError:
            return None
        return [SubnetFacts(one["SubnetId"], one["AvailabilityZone"], one["VpcId"]) for one in found]

    def default_subnets(self) -> list[SubnetFacts]:
        """The subnets of the default VPC; none where there is no such VPC."""
        wanted = [{"Name": "default-for-az", "Values": ["true"]}]
        found = self.client("ec2").describe_subnets(Filters=wanted)["Subnets"]
        return [SubnetFacts(one["SubnetId"], one["AvailabilityZone"], one["VpcId"]) for one in found]

    def has_security_groups(self, identifiers: Sequence[str]) -> bool:
        try:
            self.client("ec2").describe_security_groups(GroupIds=list(identifiers))
        except ClientError:
            return False
        return True

    def has_key(self, identifier: str) -> bool:
        """Whether KMS knows a key, and it is enabled."""
        try:
            return bool(self.client("kms").describe_key(KeyId=identifier)["KeyMetadata"]["Enabled"])
        except ClientError:
            return False

    def secret(self, identifier: str) -> dict[str, Any] | None:
        """The JSON of a secret, None where there is no such secret or it holds something else."""
        try:
            text = self.client("secretsmanager").get_secret_value(SecretId=identifier)["SecretString"]
            found = json.loads(text)
        except (ClientError, KeyError, json.JSONDecodeError):
            return None
        return found if isinstance(found, dict) else None

    def caller(self) -> str:
        return str(self.client("sts").get_caller_identity()["Arn"])


@functools.cache
def _session() -> Any:
    """One session, since reading botocore's models again costs more than all that is done with them here."""
    return boto3.session.Session()


def trusts(document: Any, principal: str) -> bool:
    """Whether a trust policy lets a service principal assume the role."""
    policy = json.loads(document) if isinstance(document, str) else document
    for statement in policy.get("Statement", []):
        services = statement.get("Principal", {}).get("Service", [])
        services = [services] if isinstance(services, str) else services
        if statement.get("Effect") == "Allow" and principal in services:
            return True
    return False
