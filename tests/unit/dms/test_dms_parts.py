"""Names, policies, errors, backoff, cost, endpoints."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ParamValidationError

from aurora_migration.dms.cost import estimate
from aurora_migration.dms.endpoint import EndpointSpec
from aurora_migration.dms.faults import aws, once_effective, translate
from aurora_migration.dms.names import Names
from aurora_migration.dms.policy import action_policy, needed_actions, policy, role_commands
from aurora_migration.dms.waiting import Wait
from aurora_migration.errors import ConfigurationError, FatalError, MissingPrivilegeError, RetryableError
from aurora_migration.model.config_dms import DmsConfig, DmsEndpointConfig

ROOT = Path(__file__).resolve().parents[3]
DMS_IDENTIFIER = re.compile(r"[a-z](?:-?[a-z0-9])*")


def client_error(code: str, message: str = "said", operation: str = "CreateEndpoint") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize("migration", ["shop", "a_b", "a-b", "a__b", "x-", "a" * 48, "a" + "_" * 47])
def test_identifiers_are_dmss_and_short_enough_for_an_instance(migration: str) -> None:
    names = Names(migration)
    found = [names.subnet_group, names.instance, names.source_endpoint, names.target_endpoint, names.replication]
    assert all(DMS_IDENTIFIER.fullmatch(one) for one in found), found
    assert len(names.instance) <= 63
    assert names.description.strip()
    assert names.description.isprintable()


def test_migrations_that_differ_in_signs_only_do_not_share_resources() -> None:
    assert len({Names(one).base for one in ("a-b", "a_b", "a--b", "a__b")}) == 4


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (client_error("ThrottlingException"), RetryableError),
        (client_error("InternalFailure"), RetryableError),
        (client_error("InvalidResourceStateFault"), RetryableError),
        (EndpointConnectionError(endpoint_url="http://x"), RetryableError),
        (client_error("AccessDeniedException"), MissingPrivilegeError),
        (
            client_error("AccessDeniedFault", "The IAM Role arn:x is not configured properly."),
            MissingPrivilegeError,
        ),
        (client_error("ExpiredTokenException"), ConfigurationError),
        (NoCredentialsError(), ConfigurationError),
        (client_error("ResourceQuotaExceededFault"), FatalError),
        (client_error("InsufficientResourceCapacityFault"), FatalError),
        (client_error("SomethingNew"), FatalError),
    ],
)
def test_errors_of_aws_say_what_the_caller_should_do(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind) as found, aws("endpoint x"):
        raise error
    assert found.value.subject == "endpoint x"  # type: ignore[attr-defined]


def test_a_denial_carries_the_policy_that_ends_it() -> None:
    remedy = translate(client_error("AccessDeniedException"), "endpoint").remedy
    assert json.loads(remedy[remedy.index("{") :])["Statement"][0]["Action"] == ["dms:CreateEndpoint"]
    assert "dms:CreateEndpoint" in action_policy("CreateEndpoint")


def test_a_refused_parameter_is_not_repeated() -> None:
    """botocore's text holds the value, and the value may be a password."""
    error = ParamValidationError(report="Invalid type for parameter Password, value: s3cret-Word")
    with pytest.raises(FatalError) as found, aws("endpoint x"):
        raise error
    assert "s3cret" not in str(found.value)
    assert found.value.__cause__ is None


def test_an_error_that_is_no_ones_passes_unchanged() -> None:
    with pytest.raises(KeyError), aws("x"):
        raise KeyError("a defect")


def test_a_role_that_is_not_effective_yet_is_waited_for() -> None:
    slept: list[float] = []
    answers: list[Any] = [client_error("AccessDeniedFault", "The IAM Role x is not configured properly.")] * 2 + [
        "ok"
    ]

    def call() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    assert once_effective(call, slept.append) == "ok"
    assert slept == [2, 4]


def test_a_role_that_never_works_is_given_up_after_a_minute_and_other_denials_at_once() -> None:
    slept: list[float] = []

    def wrong() -> None:
        raise client_error("AccessDeniedFault", "The IAM Role x is not configured properly.")

    with pytest.raises(ClientError):
        once_effective(wrong, slept.append)
    assert 50 <= sum(slept) <= 120

    def denied() -> None:
        raise client_error("AccessDeniedException", "User: x is not authorized to perform")

    slept.clear()
    with pytest.raises(ClientError):
        once_effective(denied, slept.append)
    assert slept == []


def test_policies_name_what_the_compute_needs() -> None:
    instance = needed_actions(DmsConfig())
    serverless = needed_actions(DmsConfig(compute="serverless"))
    assert "dms:CreateReplicationInstance" in instance
    assert "dms:CreateReplicationInstance" not in serverless
    assert "dms:StartReplication" in serverless
    assert "iam:PassRole" not in instance
    secret = DmsEndpointConfig(
        secret="arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
        secret_role="arn:aws:iam::123456789012:role/reader",
    )
    assert "iam:PassRole" in needed_actions(DmsConfig(source=secret))
    document = json.loads(policy(instance))
    assert document["Statement"][0]["Action"] == sorted(instance)


def test_role_commands_can_be_pasted() -> None:
    text = role_commands("dms-vpc-role", "aws")
    assert "--role-name dms-vpc-role" in text
    assert "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole" in text
    trust = text.split("'")[1]
    assert json.loads(trust)["Statement"][0]["Principal"] == {"Service": "dms.amazonaws.com"}


def spec(**changes: Any) -> EndpointSpec:
    facts: dict[str, Any] = {
        "side": "target",
        "identifier": "m2a-shop-target",
        "host": "h",
        "port": 3306,
        "user": "u",
        "ssl_mode": "none",
        "config": DmsEndpointConfig(),
        "password": "s3cret-Word",
    }
    return EndpointSpec(**(facts | changes))


def test_a_password_is_in_the_request_and_in_no_text() -> None:
    made = spec()
    assert made.request()["Password"] == "s3cret-Word"
    assert "s3cret" not in repr(made)
    assert "s3cret" not in made.label


def test_a_secret_takes_the_place_of_login_and_password() -> None:
    config = DmsEndpointConfig(
        secret="arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
        secret_role="arn:aws:iam::123456789012:role/reader",
    )
    made = spec(config=config).request()
    assert not {"Password", "Username", "ServerName", "Port"} & set(made)
    assert made["MySQLSettings"]["SecretsManagerSecretId"].endswith(":x")


def test_a_changed_host_is_noticed_and_a_settled_endpoint_left_alone() -> None:
    made = spec()
    found = {**made.request(), "Password": None}
    assert made.differs(found) == ()
    assert made.differs({**found, "ServerName": "other"}) == ("ServerName",)
    assert made.differs({**found, "SslMode": "verify-ca"}) == ("SslMode",)


def test_a_target_writes_each_schema_into_its_own_without_checking_foreign_keys() -> None:
    made = spec().request()
    assert made["MySQLSettings"] == {"TargetDbType": "multiple-databases"}
    assert "FOREIGN_KEY_CHECKS=0" in made["ExtraConnectionAttributes"]
    assert "ExtraConnectionAttributes" not in spec(side="source").request()


@pytest.mark.parametrize(
    ("dms", "dollars"),
    [
        ({}, 0.073),
        ({"instance": {"multi_az": True}}, 0.146),
        ({"instance": {"instance_class": "dms.z9.huge"}}, None),
        ({"compute": "serverless", "serverless": {"max_units": 2}}, 0.174),
    ],
)
def test_cost_is_told_before_it_is_spent(dms: dict[str, Any], dollars: float | None) -> None:
    found = estimate(DmsConfig.model_validate(dms), 36 << 30)
    assert found.dollars_an_hour == (pytest.approx(dollars) if dollars is not None else None)
    assert found.load_hours == pytest.approx(1.024)
    assert "dms_teardown" in str(found)


def test_a_wait_survives_airflows_database() -> None:
    wait = Wait("connection", ("arn:a", "arn:b"))
    assert Wait.from_json(json.loads(json.dumps(wait.to_json()))) == wait
