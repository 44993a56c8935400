"""The part of a migration file that says how AWS DMS moves the rows, where it is the engine.

It names AWS resources by id and secrets by ARN: passwords stay in Airflow connections or in Secrets Manager.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aurora_migration.model.config_part import ConfigPart

DmsSslMode = Literal["none", "verify-ca", "verify-full"]
LobMode = Literal["measured", "full"]
Arn = Annotated[str, Field(pattern=r"^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d{12}:.+$")]


class DmsEndpointConfig(ConfigPart):
    """How DMS itself reaches one side; host, port and login are those of the Airflow connection."""

    ssl_mode: Annotated[
        DmsSslMode | None,
        Field(description="DMS's word for TLS to this side; null: what the connection's ssl_mode means in DMS"),
    ] = None
    certificate: Annotated[
        Arn | None, Field(description="DMS certificate (ARN) of the CA, for verify-ca and verify-full")
    ] = None
    secret: Annotated[
        Arn | None,
        Field(description="Secrets Manager secret (ARN) that DMS logs in with; null: the connection's password"),
    ] = None
    secret_role: Annotated[Arn | None, Field(description="role (ARN) by which DMS reads the secret")] = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.secret is None) != (self.secret_role is None):
            raise ValueError("secret and secret_role go together")
        if self.ssl_mode in {"verify-ca", "verify-full"} and self.certificate is None:
            raise ValueError(f"ssl_mode {self.ssl_mode} needs a certificate")
        return self


class DmsInstanceConfig(ConfigPart):
    """The replication instance."""

    instance_class: Annotated[str, Field(pattern=r"^dms\.[a-z0-9]+\.[a-z0-9]+$", description="its class")] = (
        "dms.t3.medium"
    )
    engine_version: Annotated[str | None, Field(description="DMS version; null: AWS's default")] = None
    storage_gib: Annotated[int, Field(ge=5, le=6144, description="storage for logs and cached changes")] = 50
    multi_az: Annotated[bool, Field(description="a standby in a second availability zone")] = False
    public: Annotated[bool, Field(description="give it a public address")] = False


class DmsServerlessConfig(ConfigPart):
    """The capacity of a serverless replication, in DMS capacity units of 2 GiB."""

    min_units: Annotated[
        Literal[1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384] | None, Field(description="null: DMS decides")
    ] = None
    max_units: Annotated[
        Literal[1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384], Field(description="never more than this")
    ] = 16
    multi_az: Annotated[bool, Field(description="a standby in a second availability zone")] = False


class DmsConfig(ConfigPart):
    """AWS DMS's resources and limits."""

    connection: Annotated[str, Field(min_length=1, description="Airflow connection id (type aws)")] = "aws_default"
    compute: Annotated[
        Literal["instance", "serverless"],
        Field(description="a replication instance of our own, or a serverless replication"),
    ] = "instance"
    subnets: Annotated[
        list[str], Field(description="subnet ids in two availability zones or more, for a subnet group of our own")
    ] = Field(default_factory=list)
    subnet_group: Annotated[
        str | None, Field(description="an existing replication subnet group to use instead; it is left as it is")
    ] = None
    security_groups: Annotated[
        list[str], Field(description="security group ids of the replication; empty: the VPC's default")
    ] = Field(default_factory=list)
    source: DmsEndpointConfig = Field(default_factory=DmsEndpointConfig)
    target: DmsEndpointConfig = Field(default_factory=DmsEndpointConfig)
    instance: DmsInstanceConfig = Field(default_factory=DmsInstanceConfig)
    serverless: DmsServerlessConfig = Field(default_factory=DmsServerlessConfig)
    lob: Annotated[
        LobMode,
        Field(
            description="measured: limited LOB mode with the longest value found on the source (full load only); "
            "full: any length, slower"
        ),
    ] = "measured"
    parallel_tables: Annotated[int, Field(ge=1, le=49, description="tables or segments loaded at once")] = 8
    validation: Annotated[bool, Field(description="DMS's own data validation, besides ours")] = True
    cloudwatch_logs: Annotated[bool, Field(description="the task's log; needs dms-cloudwatch-logs-role")] = True
    poll_seconds: Annotated[int, Field(ge=1, le=600, description="seconds between two looks at a resource")] = 30
    max_hours: Annotated[int, Field(ge=1, le=2160, description="give up a wait for the load after this")] = 168

    @model_validator(mode="after")
    def _one_network(self) -> Self:
        if self.subnets and self.subnet_group is not None:
            raise ValueError("either subnets or subnet_group, not both")
        return self
