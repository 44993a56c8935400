"""What IAM says of an identity, in the forms in which it says it: sessions of roles, pages, the root."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from aurora_migration.dms.check_identity import check_permissions, check_roles
from aurora_migration.dms.check_network import check_target_cluster
from aurora_migration.dms.checking import CheckContext
from aurora_migration.dms.policy import needed_actions
from aurora_migration.dms.provisioning import Account
from aurora_migration.model.finding import Finding
from tests.unit.dms.test_dms_parts import spec
from tests.unit.dms.values import config, plan, table

ACCOUNT = Account("aws", "eu-west-1", "123456789012")


class Iam:
    """IAM as far as the checks ask it; a fake at the AWS client, which is a seam of ours."""

    def __init__(self, denied: set[str], *, pages: int = 1, error: str = "") -> None:
        self.denied, self.pages, self.error = denied, pages, error
        self.asked: list[str] = []

    def get_role(self, RoleName: str) -> dict[str, Any]:  # noqa: N803
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "no"}}, "GetRole")
        return {"Role": {"Arn": f"arn:aws:iam::123456789012:role/path/{RoleName}"}}

    def simulate_principal_policy(
        self,
        PolicySourceArn: str,  # noqa: N803
        ActionNames: list[str],  # noqa: N803
        Marker: str = "0",  # noqa: N803
    ) -> dict[str, Any]:
        self.asked.append(PolicySourceArn)
        page, size = int(Marker), -(-len(ActionNames) // self.pages)
        found = [
            {"EvalActionName": one, "EvalDecision": "implicitDeny" if one in self.denied else "allowed"}
            for one in ActionNames[page * size : (page + 1) * size]
        ]
        return {"EvaluationResults": found, "IsTruncated": page + 1 < self.pages, "Marker": str(page + 1)}


class Forbidden:
    """A DMS that no call must reach."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


def context(caller: str, host: str = "h", **clients: Any) -> CheckContext:
    made = plan(table("shop", "a"))
    return CheckContext(
        {"dms": Forbidden(), **clients},
        ACCOUNT,
        caller,
        config(dms={"subnets": ["subnet-1"], "security_groups": ["sg-ours"]}),
        made,
        spec(side="source"),
        spec(host=host),
        "8.4.1",
        {},
        {"source": "DISABLED", "target": "DISABLED"},
    )


def permissions(caller: str, iam: Iam) -> list[Finding]:
    return list(check_permissions(context(caller, iam=iam)))


@pytest.mark.parametrize(
    ("caller", "principal"),
    [
        ("arn:aws:iam::123456789012:user/airflow", "arn:aws:iam::123456789012:user/airflow"),
        ("arn:aws:sts::123456789012:assumed-role/Worker/session-1", "arn:aws:iam::123456789012:role/path/Worker"),
    ],
)
def test_iam_is_asked_about_the_identity_itself(caller: str, principal: str) -> None:
    iam = Iam(set())
    assert permissions(caller, iam) == []
    assert iam.asked == [principal]


def test_the_root_of_the_account_is_not_asked_about() -> None:
    iam = Iam(set())
    assert permissions("arn:aws:iam::123456789012:root", iam) == []
    assert iam.asked == []


def test_denials_on_every_page_are_told() -> None:
    actions = needed_actions(config().dms)
    denied = {actions[0], actions[-1]}
    (found,) = permissions("arn:aws:iam::123456789012:user/airflow", Iam(denied, pages=3))
    assert found.code == "dms-permission-missing"
    assert all(action in found.observed and action in found.remedy for action in denied)


def test_roles_that_iam_does_not_show_are_a_warning() -> None:
    found = list(check_roles(context("arn:aws:iam::1:user/x", iam=Iam(set(), error="AccessDenied"))))
    assert [(str(one.severity), one.code) for one in found] == [("warning", "dms-role-not-readable")] * 2


class Rds:
    def describe_db_clusters(self) -> dict[str, Any]:
        groups = [{"VpcSecurityGroupId": "sg-cluster"}]
        return {
            "DBClusters": [
                {"Endpoint": "shop.cluster-abc.eu-west-1.rds.amazonaws.com", "VpcSecurityGroups": groups}
            ]
        }


class Ec2:
    def __init__(self, permission: dict[str, Any]) -> None:
        self._permission = permission

    def describe_security_groups(self, Filters: Any) -> dict[str, Any]:  # noqa: N803
        return {"SecurityGroups": [{"GroupId": "sg-cluster", "IpPermissions": [self._permission]}]}

    def describe_subnets(self, Filters: Any) -> dict[str, Any]:  # noqa: N803
        return {"Subnets": [{"SubnetId": "subnet-1", "CidrBlock": "10.1.2.0/24"}]}


def port(**facts: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, **facts}


@pytest.mark.parametrize(
    ("permission", "codes"),
    [
        (port(UserIdGroupPairs=[{"GroupId": "sg-ours"}]), []),
        (port(IpRanges=[{"CidrIp": "10.1.0.0/16"}]), []),
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, []),
        (port(UserIdGroupPairs=[{"GroupId": "sg-other"}]), ["dms-ingress-closed"]),
        (port(IpRanges=[{"CidrIp": "192.168.0.0/16"}]), ["dms-ingress-closed"]),
        (port(FromPort=22, ToPort=22, IpRanges=[{"CidrIp": "0.0.0.0/0"}]), ["dms-ingress-closed"]),
    ],
)
def test_whether_the_cluster_lets_the_replication_in(permission: dict[str, Any], codes: list[str]) -> None:
    host = "shop.cluster-abc.eu-west-1.rds.amazonaws.com"
    found = list(check_target_cluster(context("arn:aws:iam::1:user/x", host, rds=Rds(), ec2=Ec2(permission))))
    assert [one.code for one in found] == codes
    if codes:
        assert "--source-group sg-ours" in found[0].remedy


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("shop.cluster-ro-abc.eu-west-1.rds.amazonaws.com", "dms-target-is-reader"),
        ("shop.cluster-custom-abc.eu-west-1.rds.amazonaws.com", "dms-target-not-writer-endpoint"),
        ("shop-1.abc.eu-west-1.rds.amazonaws.com", "dms-target-not-writer-endpoint"),
        ("db.example.com", "dms-target-not-aurora"),
        ("other.cluster-xyz.eu-west-1.rds.amazonaws.com", "dms-target-not-readable"),
    ],
)
def test_the_target_is_a_writer_endpoint(host: str, code: str) -> None:
    (found,) = check_target_cluster(context("arn:aws:iam::1:user/x", host, rds=Rds(), ec2=Ec2(port())))
    assert found.code == code
