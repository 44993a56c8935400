"""What is found before anything is created: the three failures that this engine exists for, and the others."""

from __future__ import annotations

from typing import Any

import pytest

from aurora_migration.bridge.dms_preflight import check_with_dms
from aurora_migration.dms.policy import needed_actions
from aurora_migration.errors import PreflightError
from aurora_migration.model.finding import Finding, Severity
from local.dms import Cloud
from local.dms.faults import Deny
from tests.integration.bridge import phases
from tests.integration.dms.conftest import TABLES, NewRun
from tests.integration.dms.drive import LocalDmsRun, config_of

pytestmark = [pytest.mark.servers, pytest.mark.airflow]


def blockers(run: LocalDmsRun) -> dict[str, Finding]:
    """The blockers by code, once it is sure that nothing was created."""
    checked = check_with_dms(run)
    found = {one.code: one for one in checked.findings if one.severity is Severity.BLOCKER}
    if found:
        with pytest.raises(PreflightError, match="nothing was written"):
            checked.finish()
    assert_nothing_is_there(run)
    return found


def assert_nothing_is_there(run: LocalDmsRun) -> None:
    assert run.cloud is not None
    assert run.cloud.dms.world.everything() == []


def test_a_good_account_has_no_blocker_and_is_told_what_it_will_cost(new_run: NewRun) -> None:
    run = new_run()
    assert blockers(run) == {}
    notes = {one.code: one for one in check_with_dms(run).findings}
    assert "dms.t3.medium" in notes["dms-cost"].observed
    assert "generated" in notes["dms-generated-columns"].observed


def test_missing_subnets_and_a_missing_subnet_group_are_found(new_run: NewRun) -> None:
    found = blockers(new_run(network=None))
    assert set(found) == {"dms-subnet-group-missing"}
    found = blockers(new_run(roles=False, network=None, subnet_group="not-there"))
    assert "create-replication-subnet-group" in found["dms-subnet-group-missing"].remedy
    # the command's description is one that DMS takes
    description = found["dms-subnet-group-missing"].remedy.split("-description '")[1].split("'")[0]
    assert description.strip()
    assert description.isprintable()


def test_one_zone_and_a_subnet_of_nowhere_are_found(new_run: NewRun, cloud: Cloud) -> None:
    one = cloud.make_network(zones=("a",))
    assert set(blockers(new_run(network=one))) == {"dms-subnets-in-one-zone"}
    assert "dms-subnet-missing" in blockers(new_run(roles=False, network=None, subnets=["subnet-0", "subnet-1"]))


def test_missing_roles_are_found_with_the_commands_that_make_them(new_run: NewRun) -> None:
    found = blockers(new_run(roles=False))
    assert set(found) == {"dms-vpc-role-missing", "dms-logs-role-missing"}
    remedy = found["dms-vpc-role-missing"].remedy
    assert remedy.startswith("aws iam create-role --role-name dms-vpc-role ")
    assert "AmazonDMSVPCManagementRole" in remedy
    assert "dms.cloudwatch_logs: false" in found["dms-logs-role-missing"].remedy


def test_a_role_that_trusts_somebody_else_and_has_no_policy_is_found(new_run: NewRun, cloud: Cloud) -> None:
    cloud.make_role("dms-vpc-role", "ec2.amazonaws.com")
    found = blockers(new_run(roles=False, cloudwatch_logs=False))
    assert set(found) == {"dms-role-not-trusting", "dms-role-without-policy"}
    assert "update-assume-role-policy" in found["dms-role-not-trusting"].remedy


@pytest.mark.parametrize("compute", ["instance", "serverless"])
def test_every_action_that_is_denied_is_found_and_probing_creates_nothing(
    new_run: NewRun, cloud: Cloud, compute: str
) -> None:
    run = new_run(compute=compute)
    actions = [one for one in needed_actions(run.run.config.dms) if one.startswith("dms:")]
    denied = [one for one in actions if not one.startswith("dms:Describe") and one != "dms:ListTagsForResource"]
    for action in denied:
        cloud.dms.faults.add(Deny(action.partition(":")[2]))
    found = blockers(run)
    missing = found["dms-permission-missing"]
    assert missing.observed == f"may not {', '.join(denied)}"
    assert missing.remedy.startswith('attach this policy to the identity: {"Version"')
    cloud.dms.faults.clear()
    assert blockers(run) == {}


def test_iam_is_asked_where_it_answers(databases: Any) -> None:
    with Cloud(time_factor=0.001, simulates_policies=True) as cloud:
        cloud.make_roles()
        network = cloud.make_network()
        run = LocalDmsRun(phases.run_of(databases(*TABLES), config=config_of(network)), cloud)
        cloud.dms.faults.add(Deny("CreateReplicationTask"))
        found = blockers(run)
        assert found["dms-permission-missing"].observed == "may not dms:CreateReplicationTask"
        assert "dms-permissions-probed" not in {one.code for one in check_with_dms(run).findings}
        assert "CreateReplicationTask" not in cloud.dms.calls


def test_a_denied_look_is_a_blocker_and_hides_no_other(new_run: NewRun, cloud: Cloud) -> None:
    cloud.dms.faults.add(Deny("DescribeAccountAttributes"))
    found = blockers(new_run(roles=False))
    assert {"dms-permission-missing", "dms-check-refused", "dms-vpc-role-missing"} <= set(found)


@pytest.mark.parametrize(
    ("dms", "code"),
    [
        ({"instance": {"instance_class": "dms.x9.large"}}, "dms-class-not-offered"),
        ({"instance": {"engine_version": "1.0.0"}}, "dms-version-not-offered"),
        ({"source": {}, "target": {"ssl_mode": "none"}}, "dms-tls-undecided"),
    ],
)
def test_what_is_not_to_be_had_is_found(new_run: NewRun, dms: dict[str, Any], code: str) -> None:
    found = blockers(new_run(**dms))
    assert set(found) == {code}
    assert found[code].remedy


def test_a_quota_without_room_is_found(new_run: NewRun, cloud: Cloud) -> None:
    cloud.dms.quotas["Endpoints"] = 1
    found = blockers(new_run())
    assert found["dms-quota-exhausted"].subject == "Endpoints"
    assert "0 of 1 are used, and 2 more" in found["dms-quota-exhausted"].observed


def test_a_closed_egress_is_found(new_run: NewRun, cloud: Cloud) -> None:
    network = cloud.make_network()
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    cloud.client("ec2").revoke_security_group_egress(GroupId=network.security_group_id, IpPermissions=[rule])
    found = blockers(new_run(network=network))
    assert set(found) == {"dms-egress-closed"}
    assert "authorize-security-group-egress" in found["dms-egress-closed"].remedy


def test_a_resource_of_our_name_that_is_somebody_elses_is_found(new_run: NewRun, cloud: Cloud) -> None:
    run = new_run()
    cloud.client("dms").create_endpoint(
        EndpointIdentifier=run.names.source_endpoint,
        EndpointType="source",
        EngineName="mysql",
        ServerName="elsewhere",
        Port=3306,
        Username="x",
        Password="y",
    )
    found = {one.code: one for one in check_with_dms(run).findings if one.severity is Severity.BLOCKER}
    assert set(found) == {"dms-name-taken"}
    assert "add-tags-to-resource" in found["dms-name-taken"].remedy


def test_what_dms_cannot_do_with_these_tables_is_found(new_run: NewRun) -> None:
    tables = ("CREATE TABLE keyless (v INT, note TEXT)",)
    found = blockers(new_run(*tables, lob="full"))
    assert set(found) == {"dms-lob-without-key"}
    changes = {"type": "full-load-and-cdc"}
    found = blockers(new_run(*tables, roles=False, config=changes, cloudwatch_logs=False))
    assert {"dms-lob-without-key", "dms-changes-without-key"} <= set(found)


def test_credentials_that_aws_does_not_take_are_said_once(new_run: NewRun, cloud: Cloud, monkeypatch: Any) -> None:
    from botocore.exceptions import NoCredentialsError

    run = new_run()

    def nobody(service: str) -> Any:
        raise NoCredentialsError

    monkeypatch.setattr(cloud, "client", nobody)
    found = {one.code: one for one in check_with_dms(run).findings if one.severity is Severity.BLOCKER}
    assert set(found) == {"dms-not-reachable"}
