"""The account around it: what Airflow's own hook and another process make of it, and that nothing leaks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from local.dms import Cloud
from local.dms.faults import Deny
from tests.fresh_databases import Databases
from tests.local_dms.dms_rig import Rig, include, mappings, until

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


def test_iam_can_simulate_what_is_denied() -> None:
    with Cloud(time_factor=0.001, simulates_policies=True) as cloud:
        cloud.dms.faults.add(Deny("CreateEndpoint"), Deny("iam:GetRole"))
        answer = cloud.client("iam").simulate_principal_policy(
            PolicySourceArn="arn:aws:iam::123456789012:user/me",
            ActionNames=["dms:CreateEndpoint", "dms:DeleteEndpoint", "iam:GetRole"],
        )
        decisions = {one["EvalActionName"]: one["EvalDecision"] for one in answer["EvaluationResults"]}
        assert decisions == {
            "dms:CreateEndpoint": "implicitDeny",
            "dms:DeleteEndpoint": "allowed",
            "iam:GetRole": "implicitDeny",
        }
        assert cloud.client("iam").list_roles()["Roles"] == []


@pytest.mark.airflow
@pytest.mark.servers
def test_the_providers_own_hook_makes_a_task_and_follows_it(
    databases: Callable[..., Databases], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Cloud(time_factor=0.0) as cloud:
        rig = Rig.make(cloud, databases("CREATE TABLE t (id INT PRIMARY KEY)"))
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(cloud.connection()))
        from airflow.providers.amazon.aws.hooks.dms import DmsHook

        hook = DmsHook()
        rules = json.loads(mappings(include(rig.databases.name)))
        arn = hook.create_replication_task("t", rig.source, rig.target, rig.instance, "full-load", rules)
        assert hook.get_task_status(arn) == "ready"
        hook.start_replication_task(arn, "start-replication")
        until(lambda: hook.get_task_status(arn), lambda status: status == "stopped")
        hook.delete_replication_task(arn)


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
        assert process.wait(timeout=240) == 0
