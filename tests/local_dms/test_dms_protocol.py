"""The protocol: what is asked and answered is what botocore's model of DMS says, and nothing else."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.dms import Cloud
from local.dms.operations import OPERATIONS
from local.dms.service_model import DmsModel

MUST_COVER = {
    "CreateReplicationSubnetGroup",
    "DescribeReplicationSubnetGroups",
    "ModifyReplicationSubnetGroup",
    "DeleteReplicationSubnetGroup",
    "CreateReplicationInstance",
    "DescribeReplicationInstances",
    "ModifyReplicationInstance",
    "DeleteReplicationInstance",
    "DescribeOrderableReplicationInstances",
    "DescribeEngineVersions",
    "DescribeAccountAttributes",
    "CreateEndpoint",
    "DescribeEndpoints",
    "ModifyEndpoint",
    "DeleteEndpoint",
    "TestConnection",
    "DescribeConnections",
    "CreateReplicationTask",
    "DescribeReplicationTasks",
    "ModifyReplicationTask",
    "StartReplicationTask",
    "StopReplicationTask",
    "DeleteReplicationTask",
    "ReloadTables",
    "DescribeTableStatistics",
    "DescribeEvents",
    "AddTagsToResource",
    "ListTagsForResource",
    "RemoveTagsFromResource",
    "CreateReplicationConfig",
    "DescribeReplicationConfigs",
    "ModifyReplicationConfig",
    "DeleteReplicationConfig",
    "DescribeReplications",
    "StartReplication",
    "StopReplication",
    "DescribeReplicationTableStatistics",
    "ReloadReplicationTables",
}


def post(cloud: Cloud, target: str | None, body: bytes) -> tuple[int, dict[str, Any]]:
    """What a program without an SDK would send."""
    request = urllib.request.Request(cloud.dms.url, data=body, method="POST")
    if target is not None:
        request.add_header("X-Amz-Target", target)
    try:
        with urllib.request.urlopen(request, timeout=240) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_every_operation_is_one_of_the_model() -> None:
    model = DmsModel()
    assert set(OPERATIONS) <= model.operations
    assert set(OPERATIONS) >= MUST_COVER
    assert model.target_prefix == "AmazonDMSv20160101"


@pytest.mark.parametrize(
    ("target", "body", "fault"),
    [
        (None, b"{}", "UnknownOperationException"),
        ("AmazonDMSv20160101.MakeCoffee", b"{}", "UnknownOperationException"),
        ("DynamoDB_20120810.ListTables", b"{}", "UnknownOperationException"),
        ("AmazonDMSv20160101.DescribeEndpoints", b"{", "SerializationException"),
        ("AmazonDMSv20160101.DescribeEndpoints", b"[]", "SerializationException"),
        ("AmazonDMSv20160101.CreateReplicationSubnetGroup", b'{"SubnetIds": []}', "ValidationException"),
        ("AmazonDMSv20160101.DescribeEndpoints", b'{"MaxRecords": "many"}', "ValidationException"),
        ("AmazonDMSv20160101.DescribeEndpoints", b'{"Colour": "red"}', "ValidationException"),
        ("AmazonDMSv20160101.DescribeEndpoints", b'{"MaxRecords": 5}', "InvalidParameterValueException"),
        ("AmazonDMSv20160101.DescribeEndpoints", b'{"Marker": "?"}', "InvalidParameterValueException"),
    ],
)
def test_a_request_that_breaks_the_model_is_refused(
    cloud: Cloud, target: str | None, body: bytes, fault: str
) -> None:
    status, answer = post(cloud, target, body)
    assert (status, answer["__type"]) == (400, fault)
    assert set(answer) == {"__type", "message"}


def test_a_value_outside_an_enumeration_is_refused_in_awss_words(cloud: Cloud) -> None:
    with pytest.raises(ClientError) as caught:
        cloud.client("dms").create_endpoint(EndpointIdentifier="x", EndpointType="both", EngineName="mysql")
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert caught.value.response["Error"]["Message"] == (
        "1 validation error detected: Value 'both' at 'endpointType' failed to satisfy constraint: Member must "
        "satisfy enum value set: [source, target]"
    )


def test_faults_arrive_as_the_clients_own_exceptions(cloud: Cloud) -> None:
    dms = cloud.client("dms")
    with pytest.raises(dms.exceptions.ResourceNotFoundFault):
        dms.delete_endpoint(EndpointArn="arn:aws:dms:us-east-1:123456789012:endpoint:NONE")
    with pytest.raises(dms.exceptions.AccessDeniedFault):
        dms.create_replication_instance(
            ReplicationInstanceIdentifier="x", ReplicationInstanceClass="dms.t3.medium"
        )


def test_the_check_of_answers_finds_what_is_invented_or_wrong() -> None:
    model = DmsModel()
    endpoint = {"EndpointArn": "arn", "Port": 3306, "SslMode": "none"}
    assert model.check_answer("CreateEndpoint", {"Endpoint": endpoint}).violations == ()
    assert model.check_answer("CreateEndpoint", {"Endpoint": endpoint | {"Colour": "red"}}).violations
    assert model.check_answer("CreateEndpoint", {"Endpoint": endpoint | {"Port": "3306"}}).violations
    assert model.check_answer("CreateEndpoint", {"Endpoint": endpoint | {"SslMode": "perhaps"}}).violations
    assert model.check_fault("InvalidSubnet", "DescribeEndpoints")
    assert not model.check_fault("ThrottlingException", "DescribeEndpoints")
    assert model.has_path("DescribeEndpoints", "Endpoints.MySQLSettings.Port")
    assert not model.has_path("DescribeEndpoints", "Endpoints.MySQLSettings.Colour")


def test_times_are_seconds_and_none_is_left_out() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    answer = {"ReplicationTask": {"ReplicationTaskCreationDate": moment, "StopReason": None}}
    body = DmsModel().check_answer("CreateReplicationTask", answer).body
    assert body == {"ReplicationTask": {"ReplicationTaskCreationDate": moment.timestamp()}}
