"""The account around it: what Airflow's own hook and another process make of it, and that nothing leaks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from local.dms import Cloud

ROOT = Path(__file__).parents[2]


@pytest.mark.airflow
def test_airflows_hook_finds_every_service_by_the_connection(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DMS_LOCAL", json.dumps(cloud.connection()))
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

    def client(service: str) -> object:
        return AwsBaseHook(aws_conn_id="dms_local", client_type=service).conn

    cloud.make_roles()
    assert client("iam").get_role(RoleName="dms-vpc-role")["Role"]["RoleName"] == "dms-vpc-role"
    assert client("sts").get_caller_identity()["Account"] == cloud.account.number
    assert len(client("ec2").describe_subnets(SubnetIds=list(cloud.make_network().subnet_ids))["Subnets"]) == 2
    assert client("dms").describe_account_attributes()["UniqueAccountIdentifier"]
    assert cloud.dms.calls == ["DescribeAccountAttributes"]


def test_a_new_cloud_is_empty(cloud: Cloud) -> None:
    cloud.make_roles()
    cloud.make_secret("s", "h", 1, "u", "p")
    cloud.stop()
    with Cloud(time_factor=0.001) as other:
        assert other.client("iam").list_roles()["Roles"] == []
        assert other.client("secretsmanager").list_secrets()["SecretList"] == []
    cloud.start()


def test_it_runs_as_a_program_of_its_own() -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}"}
    command = [sys.executable, "-m", "local.dms", "--time-factor", "0.001"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("#"):
                break
        said = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
        dms = boto3.client(
            "dms",
            endpoint_url=said["AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE"],
            region_name=said["AWS_DEFAULT_REGION"],
            aws_access_key_id=said["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=said["AWS_SECRET_ACCESS_KEY"],
        )
        made = dms.create_replication_instance(
            ReplicationInstanceIdentifier="one", ReplicationInstanceClass="dms.t3.medium"
        )
        assert made["ReplicationInstance"]["ReplicationInstanceStatus"] == "creating"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
