"""One task's view of a migration that AWS DMS carries: clients, identifiers, both sides, the replication.

boto3 and the Amazon provider are imported inside functions: Airflow parses the DAG files often, and most
migrations never call AWS.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from aurora_migration.bridge.run import Run
from aurora_migration.dms.endpoint import EndpointSpec
from aurora_migration.dms.faults import aws
from aurora_migration.dms.names import Names
from aurora_migration.dms.provisioning import Account, Provisioner
from aurora_migration.dms.replication import Replication
from aurora_migration.mysql.endpoint import Endpoint, SslMode

_SSL: Final = {SslMode.VERIFY_CA: "verify-ca", SslMode.VERIFY_IDENTITY: "verify-full"}


def aws_client(connection_id: str, service: str) -> Any:
    """A boto3 client from an Airflow connection of type aws; throttled calls are repeated by botocore."""
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    from botocore.config import Config

    attempts = 3 if service == "iam" else 10  # IAM is only asked questions, and there is another way to ask
    config = Config(retries={"mode": "standard", "max_attempts": attempts}, connect_timeout=20, read_timeout=60)
    with aws(f"connection {connection_id}"):
        return AwsBaseHook(aws_conn_id=connection_id, client_type=service, config=config).get_conn()


@dataclass(frozen=True)
class DmsRun:
    """A run of a migration, as far as AWS is concerned."""

    run: Run

    @property
    def names(self) -> Names:
        return Names(self.run.config.name)

    @property
    def serverless(self) -> bool:
        return self.run.config.dms.compute == "serverless"

    def client(self, service: str) -> Any:
        return aws_client(self.run.config.dms.connection, service)

    @cached_property
    def dms(self) -> Any:
        return self.client("dms")

    @cached_property
    def caller(self) -> str:
        """The ARN that AWS knows us by."""
        with aws(f"connection {self.run.config.dms.connection}"):
            return str(self.client("sts").get_caller_identity()["Arn"])

    @property
    def account(self) -> Account:
        parts = self.caller.split(":")
        return Account(parts[1], str(self.dms.meta.region_name), parts[4])

    @property
    def provisioner(self) -> Provisioner:
        return Provisioner(self.dms, self.account, self.names, self.run.config.dms, time.sleep)

    @property
    def replication(self) -> Replication:
        return Replication(self.dms, self.names.replication, self.serverless)

    @property
    def sides(self) -> tuple[EndpointSpec, EndpointSpec]:
        """Source and target as DMS is told of them; they hold the passwords and go nowhere but into API calls."""
        config = self.run.config.dms
        return (
            _spec(self.run.source, self.names.source_endpoint, config.source.ssl_mode, config.source),
            _spec(self.run.target, self.names.target_endpoint, config.target.ssl_mode, config.target),
        )

    @property
    def console_url(self) -> str:
        """Where the DMS console shows the replication."""
        region = self.account.region
        domain = {"aws-cn": "amazonaws.cn", "aws-us-gov": "amazonaws-us-gov.com"}.get(
            self.account.partition, "aws.amazon.com"
        )
        page = "serverlessReplications" if self.serverless else f"taskDetails/{self.names.replication}"
        return f"https://{region}.console.{domain}/dms/v2/home?region={region}#{page}"


def _spec(endpoint: Endpoint, identifier: str, ssl_mode: str | None, config: Any) -> EndpointSpec:
    return EndpointSpec(
        side=endpoint.role,
        identifier=identifier,
        host=endpoint.host,
        port=endpoint.port,
        user=endpoint.user,
        ssl_mode=ssl_mode or _SSL.get(endpoint.ssl_mode, "none"),
        config=config,
        password=endpoint.password,
    )
