"""Subnet groups, instances, endpoints and their tests: states, rules, and the faults that AWS answers with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.dms import Cloud
from local.dms.faults import (
    ConnectionTestFails,
    Deny,
    FailInstance,
    Raise,
    RoleNotEffective,
    ThrottleEvery,
    ThrottleNext,
)
from tests.local_dms.dms_rig import Rig, include, mappings, until

pytestmark = pytest.mark.servers
ROLE_WORDS = "The IAM Role arn:aws:iam::123456789012:role/dms-vpc-role is not configured properly."


def refused(call: Callable[..., Any], code: str, words: str = "", **request: Any) -> None:
    """The call fails with this code, and with these words in its message."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    assert error["Code"] == code
    assert words in error["Message"]


def group(subnets: tuple[str, ...], name: str = "grp", description: str = "for tests") -> dict[str, Any]:
    return {
        "ReplicationSubnetGroupIdentifier": name,
        "ReplicationSubnetGroupDescription": description,
        "SubnetIds": list(subnets),
    }


def instance(**more: Any) -> dict[str, Any]:
    return {"ReplicationInstanceIdentifier": "one", "ReplicationInstanceClass": "dms.t3.medium", **more}


def named(name: str, *values: str) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": list(values)}]


def test_without_the_role_nothing_is_made(cloud: Cloud) -> None:
    dms, network = cloud.client("dms"), cloud.make_network()
    refused(dms.create_replication_subnet_group, "AccessDeniedFault", ROLE_WORDS, **group(network.subnet_ids))
    refused(dms.create_replication_instance, "AccessDeniedFault", ROLE_WORDS, **instance())
    cloud.make_role("dms-vpc-role", "dms.amazonaws.com")
    refused(dms.create_replication_subnet_group, "AccessDeniedFault", ROLE_WORDS, **group(network.subnet_ids))
    cloud.client("iam").delete_role(RoleName="dms-vpc-role")
    cloud.make_role("dms-vpc-role", "ec2.amazonaws.com")
    cloud.client("iam").attach_role_policy(
        RoleName="dms-vpc-role", PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole"
    )
    refused(dms.create_replication_subnet_group, "AccessDeniedFault", ROLE_WORDS, **group(network.subnet_ids))
    assert dms.describe_replication_subnet_groups()["ReplicationSubnetGroups"] == []


def test_a_role_that_was_just_made_counts_after_a_while(cloud: Cloud) -> None:
    dms, network = cloud.client("dms"), cloud.make_network()
    cloud.dms.faults.add(RoleNotEffective(3600.0))
    cloud.make_roles(["dms-vpc-role"])
    refused(dms.create_replication_subnet_group, "AccessDeniedFault", ROLE_WORDS, **group(network.subnet_ids))
    cloud.dms.faults.clear()
    cloud.dms.faults.add(RoleNotEffective(2.0))

    def effective() -> bool:
        try:
            dms.create_replication_subnet_group(**group(network.subnet_ids))
        except dms.exceptions.AccessDeniedFault:
            return False
        return True

    until(effective, bool)
    assert len(dms.describe_replication_subnet_groups()["ReplicationSubnetGroups"]) == 1


def test_a_subnet_group_needs_a_description_and_two_zones(cloud: Cloud) -> None:
    dms, network = cloud.client("dms"), cloud.make_network(("a", "a", "b"))
    cloud.make_roles()
    create = dms.create_replication_subnet_group
    first, second, third = network.subnet_ids
    refused(create, "InvalidParameterValueException", "Description", **group((first, third), description=" "))
    refused(create, "InvalidParameterValueException", "non-printable", **group((first, third), description="a\nb"))
    refused(create, "InvalidParameterValueException", "default", **group((first, third), name="Default"))
    refused(create, "InvalidParameterValueException", **group((first, third), name="semi;colon"))
    refused(create, "ReplicationSubnetGroupDoesNotCoverEnoughAZs", "coverage: 1", **group((first, second)))
    refused(create, "InvalidSubnet", "subnet-0bad", **group((first, "subnet-0bad")))
    made = create(**group((first, third), name="Grp"), Tags=[{"Key": "migration", "Value": "shop"}])
    assert made["ReplicationSubnetGroup"]["ReplicationSubnetGroupIdentifier"] == "grp"
    assert made["ReplicationSubnetGroup"]["SubnetGroupStatus"] == "Complete"
    refused(create, "ResourceAlreadyExistsFault", "already exists", **group((first, third), name="GRP"))
    tags = dms.list_tags_for_resource(ResourceArn="arn:aws:dms:us-east-1:123456789012:subgrp:grp")["TagList"]
    assert tags == [{"Key": "migration", "Value": "shop"}]
    modified = dms.modify_replication_subnet_group(
        ReplicationSubnetGroupIdentifier="grp", SubnetIds=[second, third]
    )
    assert {one["SubnetIdentifier"] for one in modified["ReplicationSubnetGroup"]["Subnets"]} == {second, third}


def test_describing_by_a_filter_finds_or_faults(cloud: Cloud) -> None:
    dms, network = cloud.client("dms"), cloud.make_network()
    cloud.make_roles()
    describe = dms.describe_replication_subnet_groups
    dms.create_replication_subnet_group(**group(network.subnet_ids, name="under_score"))
    refused(describe, "ResourceNotFoundFault", Filters=named("replication-subnet-group-id", "nothing"))
    refused(
        describe,
        "InvalidParameterValueException",
        "replication-subnet-group-id is not a valid identifier",
        Filters=named("replication-subnet-group-id", "under_score"),
    )
    assert len(describe()["ReplicationSubnetGroups"]) == 1
    for one, name in (
        (dms.describe_replication_instances, "replication-instance-id"),
        (dms.describe_endpoints, "endpoint-id"),
        (dms.describe_replication_tasks, "replication-task-id"),
        (dms.describe_connections, "endpoint-arn"),
        (dms.describe_replication_configs, "replication-config-id"),
        (dms.describe_replications, "replication-config-id"),
    ):
        refused(one, "ResourceNotFoundFault", Filters=named(name, "nothing"))
        refused(one, "InvalidParameterValueException", "filter", Filters=named("colour", "red"))


def test_an_instance_comes_changes_and_goes(cloud: Cloud) -> None:
    dms, network = cloud.client("dms"), cloud.make_network()
    cloud.make_roles()
    dms.create_replication_subnet_group(**group(network.subnet_ids))
    world = cloud.dms.world
    usual, world.delays = world.delays, replace(world.delays, instance_creating=math.inf)
    wanted = instance(ReplicationSubnetGroupIdentifier="grp", AllocatedStorage=20)
    made = dms.create_replication_instance(**wanted)["ReplicationInstance"]
    assert (made["ReplicationInstanceStatus"], made["AllocatedStorage"]) == ("creating", 20)
    arn = made["ReplicationInstanceArn"]
    refused(dms.create_replication_instance, "ResourceAlreadyExistsFault", **wanted)
    refused(dms.delete_replication_instance, "InvalidResourceStateFault", ReplicationInstanceArn=arn)
    refused(
        dms.delete_replication_subnet_group, "InvalidResourceStateFault", ReplicationSubnetGroupIdentifier="grp"
    )
    filters = named("replication-instance-id", "one")
    world.delays = usual
    world.instances.by_identifier("one").hasten()

    def now() -> dict[str, Any]:
        return dms.describe_replication_instances(Filters=filters)["ReplicationInstances"][0]

    there = until(now, lambda one: one["ReplicationInstanceStatus"] == "available")
    assert there["ReplicationInstancePrivateIpAddresses"]
    modified = dms.modify_replication_instance(
        ReplicationInstanceArn=arn, ReplicationInstanceClass="dms.c5.large", ApplyImmediately=True
    )["ReplicationInstance"]
    assert modified["PendingModifiedValues"] == {"ReplicationInstanceClass": "dms.c5.large"}
    assert until(now, lambda one: one["ReplicationInstanceStatus"] == "available")["ReplicationInstanceClass"] == (
        "dms.c5.large"
    )
    events = dms.describe_events(SourceIdentifier="one", SourceType="replication-instance")["Events"]
    assert [one["EventCategories"] for one in events][:2] == [["creation"], ["creation"]]
    dms.delete_replication_instance(ReplicationInstanceArn=arn)
    dms.get_waiter("replication_instance_deleted").wait(
        Filters=filters, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    dms.delete_replication_subnet_group(ReplicationSubnetGroupIdentifier="grp")
    assert dms.describe_replication_instances()["ReplicationInstances"] == []


def test_what_is_wrong_with_an_instance(cloud: Cloud) -> None:
    dms = cloud.client("dms")
    cloud.make_roles()
    create = dms.create_replication_instance
    refused(create, "ResourceNotFoundFault", "nowhere", **instance(ReplicationSubnetGroupIdentifier="nowhere"))
    refused(create, "InvalidParameterValueException", "identifier", **instance(ReplicationInstanceIdentifier="1-"))
    refused(create, "InvalidParameterValueException", "class", **instance(ReplicationInstanceClass="dms.x9.tiny"))
    refused(create, "InvalidParameterValueException", "No replication engine", **instance(EngineVersion="1.0.0"))
    refused(create, "InvalidParameterValueException", "AllocatedStorage", **instance(AllocatedStorage=1))
    refused(create, "KMSKeyNotAccessibleFault", **instance(KmsKeyId="arn:aws:kms:us-east-1:123456789012:key/none"))
    refused(create, "InvalidParameterValueException", "security", **instance(VpcSecurityGroupIds=["sg-0bad"]))
    cloud.dms.quotas["AllocatedStorage"] = 30
    refused(create, "StorageQuotaExceededFault", **instance())
    cloud.dms.quotas.update(AllocatedStorage=1000, ReplicationInstances=0)
    refused(create, "ResourceQuotaExceededFault", **instance())
    quotas = {one["AccountQuotaName"]: one for one in dms.describe_account_attributes()["AccountQuotas"]}
    assert quotas["ReplicationInstances"] == {"AccountQuotaName": "ReplicationInstances", "Used": 0, "Max": 0}
    cloud.dms.quotas["ReplicationInstances"] = 20
    cloud.dms.faults.add(
        Raise("CreateReplicationInstance", "InsufficientResourceCapacityFault", "none left", times=1)
    )
    refused(create, "InsufficientResourceCapacityFault", "none left", **instance())
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    made = create(**instance(KmsKeyId=key))["ReplicationInstance"]
    assert made["KmsKeyId"] == key
    assert made["ReplicationSubnetGroup"]["ReplicationSubnetGroupIdentifier"].startswith("default-vpc-")


@pytest.mark.parametrize("status", ["failed", "incompatible-network"])
def test_creation_can_fail(cloud: Cloud, status: str) -> None:
    dms = cloud.client("dms")
    cloud.make_roles()
    cloud.dms.faults.add(FailInstance("one", status))
    arn = dms.create_replication_instance(**instance())["ReplicationInstance"]["ReplicationInstanceArn"]
    filters = named("replication-instance-arn", arn)
    found = until(
        lambda: dms.describe_replication_instances(Filters=filters)["ReplicationInstances"][0],
        lambda one: one["ReplicationInstanceStatus"] != "creating",
    )
    assert found["ReplicationInstanceStatus"] == status
    refused(dms.modify_replication_instance, "InvalidResourceStateFault", ReplicationInstanceArn=arn, MultiAZ=True)
    dms.delete_replication_instance(ReplicationInstanceArn=arn)


def test_classes_and_versions_come_in_pages(cloud: Cloud) -> None:
    dms = cloud.client("dms")
    pages = list(
        dms.get_paginator("describe_orderable_replication_instances").paginate(PaginationConfig={"PageSize": 20})
    )
    assert len(pages) > 2
    found = [one for page in pages for one in page["OrderableReplicationInstances"]]
    assert len({(one["ReplicationInstanceClass"], one["EngineVersion"]) for one in found}) == len(found)
    assert "3.5.4" in {one["Version"] for one in dms.describe_engine_versions()["EngineVersions"]}
    types = dms.describe_endpoint_types(Filters=named("engine-name", "aurora"))["SupportedEndpointTypes"]
    assert {one["EndpointType"] for one in types} == {"source", "target"}


def test_throttling_and_a_policy_that_denies(cloud: Cloud) -> None:
    from botocore.config import Config

    dms = cloud.client("dms")
    cloud.dms.faults.add(ThrottleNext(2, "DescribeEndpoints"))
    assert dms.describe_endpoints()["Endpoints"] == []  # botocore tries again by itself
    assert cloud.dms.calls.count("DescribeEndpoints") == 3
    import boto3

    plain = boto3.client(
        "dms",
        endpoint_url=cloud.dms.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )
    cloud.dms.faults.add(ThrottleEvery(1))
    refused(plain.describe_endpoints, "ThrottlingException", "Rate exceeded")
    cloud.dms.faults.clear()
    cloud.dms.faults.add(Deny("DescribeEndpoints"))
    refused(
        plain.describe_endpoints, "AccessDeniedException", "is not authorized to perform: dms:DescribeEndpoints"
    )
    plain.describe_replication_tasks()


def test_endpoints_say_everything_but_the_password(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    dms, secret_word = rig.dms, rig.databases.pair.source_login.password
    found = dms.describe_endpoints(Filters=named("endpoint-id", "source"))["Endpoints"][0]
    assert (found["Status"], found["EngineName"], found["SslMode"]) == ("active", "mysql", "require")
    refused(
        dms.create_endpoint,
        "ResourceAlreadyExistsFault",
        EndpointIdentifier="Source",
        EndpointType="source",
        EngineName="mysql",
        ServerName="x",
        Port=1,
        Username="u",
        Password="p",
    )
    nested = {"ServerName": "db", "Port": 3306, "Username": "u", "Password": secret_word, "ParallelLoadThreads": 2}
    made = dms.create_endpoint(
        EndpointIdentifier="nested", EndpointType="target", EngineName="aurora", MySQLSettings=nested
    )["Endpoint"]
    assert made["MySQLSettings"] == {key: value for key, value in nested.items() if key != "Password"}
    changed = dms.modify_endpoint(EndpointArn=made["EndpointArn"], MySQLSettings={"Port": 3307})["Endpoint"]
    assert (changed["MySQLSettings"]["Port"], changed["MySQLSettings"]["ServerName"]) == (3307, "db")
    assert secret_word not in str(dms.describe_endpoints())
    dms.delete_endpoint(EndpointArn=made["EndpointArn"])
    dms.get_waiter("endpoint_deleted").wait(
        Filters=named("endpoint-id", "nested"), WaiterConfig={"Delay": 0.1, "MaxAttempts": 50}
    )


def test_what_is_wrong_with_an_endpoint(cloud: Cloud) -> None:
    dms = cloud.client("dms")
    login = {"ServerName": "db", "Port": 3306, "Username": "u", "Password": "p"}
    one = {"EndpointIdentifier": "e", "EndpointType": "source", "EngineName": "mysql"}
    refused(
        dms.create_endpoint, "InvalidParameterValueException", "engine", **{**one, "EngineName": "foxpro"}, **login
    )
    refused(dms.create_endpoint, "InvalidParameterCombinationException", "ServerName", **one)
    refused(
        dms.create_endpoint,
        "InvalidParameterCombinationException",
        "Certificate",
        **one,
        **login,
        SslMode="verify-ca",
    )
    refused(
        dms.create_endpoint,
        "ResourceNotFoundFault",
        **one,
        **login,
        SslMode="verify-ca",
        CertificateArn="arn:none",
    )
    role = "arn:aws:iam::123456789012:role/none"
    secret = {"SecretsManagerSecretId": "s", "SecretsManagerAccessRoleArn": role}
    refused(dms.create_endpoint, "AccessDeniedFault", "role/none", **one, MySQLSettings=secret)
    refused(
        dms.create_endpoint, "InvalidParameterCombinationException", "both", **one, **login, MySQLSettings=secret
    )


def test_connections_are_really_tried(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    wrong = rig.endpoint("source", "wrong", Password="no such password")
    failed = rig.test(wrong)
    assert failed["Status"] == "failed"
    assert failed["LastFailureMessage"].startswith("Test Endpoint failed: Application-Status: 1020912")
    assert "NativeError: 1045" in failed["LastFailureMessage"]
    unreachable = rig.endpoint("source", "unreachable", Port=1)
    assert "NativeError: 2003" in rig.test(unreachable)["LastFailureMessage"]
    pair = rig.databases.pair
    rig.cloud.dms.names["shop.cluster-abc.us-east-1.rds.amazonaws.com"] = ("127.0.0.1", pair.target.port)
    named_one = rig.endpoint(
        "target", "by-name", ServerName="shop.cluster-abc.us-east-1.rds.amazonaws.com", Port=3306
    )
    assert rig.test(named_one)["Status"] == "successful"
    rig.cloud.dms.faults.add(ConnectionTestFails("target", times=1))
    assert rig.test(named_one)["Status"] == "failed"
    assert rig.test(named_one)["Status"] == "successful"


def test_a_login_can_come_from_secrets_manager(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    login = rig.databases.pair.source_login
    secret, role = rig.cloud.make_secret("shop-source", login.host, login.port, login.user, login.password)
    by_secret = {"SecretsManagerSecretId": secret, "SecretsManagerAccessRoleArn": role}
    arn = rig.dms.create_endpoint(
        EndpointIdentifier="secret",
        EndpointType="source",
        EngineName="mysql",
        SslMode="require",
        MySQLSettings=by_secret,
    )["Endpoint"]["EndpointArn"]
    assert rig.test(arn)["Status"] == "successful"
    rig.cloud.client("secretsmanager").put_secret_value(SecretId=secret, SecretString="{}")
    assert "Unable to find AWS Secrets Manager secret" in rig.test(arn)["LastFailureMessage"]


def test_tags_are_added_listed_and_removed(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.dms.add_tags_to_resource(
        ResourceArn=rig.source, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    )
    rig.dms.remove_tags_from_resource(ResourceArn=rig.source, TagKeys=["b"])
    assert rig.dms.list_tags_for_resource(ResourceArn=rig.source)["TagList"] == [{"Key": "a", "Value": "1"}]
    both = rig.dms.list_tags_for_resource(ResourceArnList=[rig.source, rig.target])["TagList"]
    assert both == [{"Key": "a", "Value": "1", "ResourceArn": rig.source}]
    refused(rig.dms.list_tags_for_resource, "ResourceNotFoundFault", ResourceArn=rig.source + "X")


def test_in_use_cannot_be_deleted(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.task(mappings(include("shop")))
    refused(rig.dms.delete_endpoint, "InvalidResourceStateFault", EndpointArn=rig.source)
    refused(
        rig.dms.delete_replication_instance,
        "InvalidResourceStateFault",
        "one or more replication tasks",
        ReplicationInstanceArn=rig.instance,
    )
