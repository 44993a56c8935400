"""An AWS account on this machine: moto for the services around DMS, and the stand-in for DMS itself.

moto keeps its state in the process, so there is one `Cloud` a process at a time; starting one begins with an empty
account. The credentials are words without meaning: nothing here talks to AWS.
"""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from local.dms.account import Account
from local.dms.policy_simulation import PolicySimulation
from local.dms.stand_in import StandIn
from local.dms.world import Delays

SERVICES: Final = (
    "iam",
    "ec2",
    "sts",
    "kms",
    "secretsmanager",
    "cloudwatch",
    "logs",
    "rds",
    "pricing",
    "servicequotas",
)
ROLES: Final = {
    "dms-vpc-role": "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole",
    "dms-cloudwatch-logs-role": "arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole",
}


@dataclass(frozen=True, slots=True)
class Network:
    """A VPC that DMS can work in: two subnets in two availability zones, and a security group."""

    vpc_id: str
    subnet_ids: tuple[str, ...]
    security_group_id: str


class Cloud:
    """moto and DMS, started together. Use as a context manager, or `start` and `stop`."""

    def __init__(
        self,
        *,
        time_factor: float = 1.0,
        delays: Delays | None = None,
        region: str = "us-east-1",
        names: Mapping[str, tuple[str, int]] | None = None,
        port: int = 0,
        services_port: int = 0,
        simulates_policies: bool = False,
    ) -> None:
        """`simulates_policies`: IAM answers SimulatePrincipalPolicy by `Deny`; moto alone says 500 to it."""
        self._arguments: dict[str, Any] = {
            "time_factor": time_factor,
            "delays": delays,
            "names": names,
            "port": port,
        }
        self._region = region
        self._services_port = services_port
        self._simulates = simulates_policies
        self._moto: Any = None
        self._thread: threading.Thread | None = None
        self._dms: StandIn | None = None

    @property
    def dms(self) -> StandIn:
        if self._dms is None:
            raise RuntimeError("the cloud is not started")
        return self._dms

    @property
    def account(self) -> Account:
        return self.dms.account

    def start(self) -> Self:
        """Start both servers; returns itself."""
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server

        application = PolicySimulation(DomainDispatcherApplication(create_backend_app))
        self._moto = make_server(
            "127.0.0.1", self._services_port, application, threaded=True, request_handler=_quiet()
        )
        self._thread = threading.Thread(target=self._moto.serve_forever, args=(0.05,), name="moto", daemon=True)
        self._thread.start()
        account = Account(f"http://127.0.0.1:{self._moto.server_port}", self._region)
        _empty(account.url)
        _add_managed_policies(account.number)
        self._dms = StandIn(account, **self._arguments).start()
        application.faults = self._dms.faults if self._simulates else None
        return self

    def stop(self) -> None:
        """Stop both; the account is gone."""
        if self._dms is not None:
            self._dms.stop()
        if self._moto is not None:
            _empty(self.account.url)
            self._moto.shutdown()
            self._moto.server_close()
            self._moto = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def client(self, service: str) -> Any:
        """A boto3 client of a service of the account; "dms" is the stand-in's."""
        return self.dms.client() if service == "dms" else self.account.client(service)

    def make_network(self, zones: Sequence[str] = ("a", "b")) -> Network:
        """Make a VPC with a subnet in each zone; one zone is too few for a subnet group."""
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        subnets = tuple(
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=f"{self._region}{zone}")[
                "Subnet"
            ]["SubnetId"]
            for n, zone in enumerate(zones)
        )
        group = ec2.create_security_group(GroupName="dms", Description="DMS to the databases", VpcId=vpc)[
            "GroupId"
        ]
        return Network(vpc, subnets, group)

    def make_roles(self, names: Sequence[str] = tuple(ROLES)) -> None:
        """Make the roles that DMS needs by name, with trust and managed policies."""
        for name in names:
            self.make_role(name, "dms.amazonaws.com")
            self.client("iam").attach_role_policy(RoleName=name, PolicyArn=ROLES[name])

    def make_role(self, name: str, principal: str) -> str:
        """Make a role that a service may assume; returns its ARN."""
        statement = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        role = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
        return str(role["Arn"])

    def make_secret(self, name: str, host: str, port: int, username: str, password: str) -> tuple[str, str]:
        """Put a login into Secrets Manager; the ARNs of the secret and of a role by which DMS may read it."""
        value = json.dumps({"host": host, "port": port, "username": username, "password": password})
        arn = self.client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"]
        role = self.make_role(f"{name}-access", f"dms.{self._region}.amazonaws.com")
        return str(arn), role

    def connection_extra(self) -> dict[str, Any]:
        """The extra of an Airflow connection of type aws: DMS here, everything else at moto.

        Airflow takes an endpoint per service from `service_config`, and the general one for what is not there
        (https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/connections/aws.html).
        """
        return {
            "region_name": self._region,
            "endpoint_url": self.account.url,
            "service_config": {
                "dms": {"endpoint_url": self.dms.url},
                **{name: {"endpoint_url": self.account.url} for name in SERVICES},
            },
        }

    def connection(self) -> dict[str, Any]:
        """The whole connection, as Airflow's JSON form has it (for AIRFLOW_CONN_AWS_DEFAULT)."""
        return {
            "conn_type": "aws",
            "login": self.account.access_key,
            "password": self.account.secret_key,
            "extra": self.connection_extra(),
        }

    def environment(self) -> dict[str, str]:
        """The variables by which boto3 and the AWS CLI of another process find this account."""
        return {
            "AWS_ACCESS_KEY_ID": self.account.access_key,
            "AWS_SECRET_ACCESS_KEY": self.account.secret_key,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_ENDPOINT_URL": self.account.url,
            "AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE": self.dms.url,
        }


def _quiet() -> Any:
    from werkzeug.serving import WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *arguments: Any) -> None:
            """Say nothing: every call is in the DMS stand-in's list or of no interest."""

    return Quiet


def _empty(url: str) -> None:
    """Begin anew: moto's accounts are the process's, not the server's."""
    request = urllib.request.Request(f"{url}/moto-api/reset", method="POST")
    with urllib.request.urlopen(request, timeout=240):
        pass


def _add_managed_policies(account: str) -> None:
    """Give the account AWS's own policies for DMS; moto would load all thousand of them, or none."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data
    from moto.iam.models import AWSManagedPolicy, iam_backends

    backend = iam_backends[account]["aws"]
    for name, data in json.loads(aws_managed_policies_data).items():
        if name.startswith("AmazonDMS"):
            policy = AWSManagedPolicy.from_data(name, account, backend.region_name, data)
            backend.aws_managed_policies.append(policy)
            backend.managed_policies[policy.arn] = policy
