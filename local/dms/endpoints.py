"""Source and target endpoints, and the tests of connections to them.

Only endpoints of MySQL's family can be used by a task here. A password never comes back in an answer. A test
really logs in, from a thread, to where `World.names` says the server is.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import pymysql

from local.dms import words
from local.dms.faults import AwsError, ConnectionTestFails
from local.dms.mysql import Server
from local.dms.offerings import ENGINES, MYSQL_ENGINES
from local.dms.operations import (
    Answer,
    Request,
    filtered,
    need,
    need_identifier,
    need_new,
    need_state,
    operation,
    page,
    tags_of,
)
from local.dms.resource import GONE, Resource
from local.dms.world import World

_FACTS = (
    "EndpointType",
    "EngineName",
    "Username",
    "ServerName",
    "Port",
    "DatabaseName",
    "ExtraConnectionAttributes",
    "KmsKeyId",
    "CertificateArn",
    "SslMode",
    "ServiceAccessRoleArn",
    "MySQLSettings",
)
_DISPLAY = {"mysql": "MySQL", "mariadb": "MariaDB", "aurora": "Amazon Aurora MySQL"}


def describe_endpoint(one: Resource) -> Answer:
    """The answer's Endpoint, without any password."""
    facts = {name: one.facts.get(name) for name in _FACTS}
    if facts["MySQLSettings"] is not None:
        facts["MySQLSettings"] = {key: value for key, value in facts["MySQLSettings"].items() if key != "Password"}
    return {
        "EndpointIdentifier": one.identifier,
        "EndpointArn": one.arn,
        "EngineDisplayName": _DISPLAY.get(str(facts["EngineName"]), str(facts["EngineName"])),
        "Status": one.status,
        **facts,
    }


@operation
def create_endpoint(world: World, request: Request) -> Answer:
    name = need_identifier("EndpointIdentifier", str(request["EndpointIdentifier"]), 255)
    facts, secrets = _checked(world, {"SslMode": "none", **request})
    need_new(world.endpoints, name, "Endpoint already exists")
    world.need_room("Endpoints", len(world.endpoints) + 1)
    facts.setdefault("KmsKeyId", f"arn:aws:kms:{world.account.region}:{world.account.number}:alias/aws/dms")
    arn = world.arn("endpoint", request.get("ResourceIdentifier", ""))
    one = Resource(name, arn, "active", facts, tags_of(request), secrets)
    world.endpoints.add(one)
    return {"Endpoint": describe_endpoint(one)}


@operation
def describe_endpoints(world: World, request: Request) -> Answer:
    names = {
        "endpoint-arn": lambda one: one.arn,
        "endpoint-id": lambda one: one.identifier,
        "endpoint-type": lambda one: one.facts["EndpointType"],
        "engine-name": lambda one: one.facts["EngineName"],
    }
    found = filtered(world.endpoints, request, names, "endpoints")
    return page([describe_endpoint(one) for one in found], request, "Endpoints")


@operation
def modify_endpoint(world: World, request: Request) -> Answer:
    one = need(world.endpoints, request["EndpointArn"], "Endpoint")
    need_state(one, ("active",), f"Endpoint {one.identifier} cannot be modified")
    before = {} if request.get("ExactSettings") else dict(one.facts.get("MySQLSettings") or {})
    merged: dict[str, Any] = {**one.facts, **request}
    if before or "MySQLSettings" in request:
        merged["MySQLSettings"] = {**before, **request.get("MySQLSettings", {})}
    facts, secrets = _checked(world, merged, one.secrets.get("password", ""))
    if "EndpointIdentifier" in request:
        one.identifier = need_identifier("EndpointIdentifier", request["EndpointIdentifier"], 255)
    one.facts, one.secrets = facts, secrets
    for pair in [pair for pair in world.connections if pair[1] == one.arn]:
        del world.connections[pair]
    return {"Endpoint": describe_endpoint(one)}


@operation
def delete_endpoint(world: World, request: Request) -> Answer:
    one = need(world.endpoints, request["EndpointArn"], "Endpoint")
    users = [
        each.identifier
        for each in (*world.tasks, *world.configs)
        if one.arn in (each.facts["SourceEndpointArn"], each.facts["TargetEndpointArn"])
    ]
    if users:
        raise AwsError(
            "InvalidResourceStateFault",
            f"Endpoint {one.arn} is part of one or more ReplicationTasks: {', '.join(users)}",
        )
    need_state(one, ("active",), f"Endpoint {one.identifier} cannot be deleted")
    one.become("deleting", then=GONE, after=world.seconds("endpoint_deleting"))
    for pair in [pair for pair in world.connections if pair[1] == one.arn]:
        del world.connections[pair]
    return {"Endpoint": describe_endpoint(one)}


@operation
def test_connection(world: World, request: Request) -> Answer:
    instance = need(world.instances, request["ReplicationInstanceArn"], "Replication instance")
    one = need(world.endpoints, request["EndpointArn"], "Endpoint")
    need_state(instance, ("available",), f"Replication Instance {instance.identifier} cannot test connections")
    known = world.connections.get((instance.arn, one.arn))
    if known is not None and known.status == "testing":
        raise AwsError("InvalidResourceStateFault", "A connection test for this endpoint is running")
    connection = Resource("", "", "testing", {"instance": instance, "endpoint": one})
    world.connections[instance.arn, one.arn] = connection
    threading.Thread(target=_test, args=(world, connection, time.monotonic()), daemon=True).start()
    return {"Connection": _describe_connection(connection)}


@operation
def describe_connections(world: World, request: Request) -> Answer:
    names = {
        "endpoint-arn": lambda one: one.facts["endpoint"].arn,
        "replication-instance-arn": lambda one: one.facts["instance"].arn,
    }
    for one in world.connections.values():
        one.settle()
    found = filtered(world.connections.values(), request, names, "connections")
    return page([_describe_connection(one) for one in found], request, "Connections")


@operation
def delete_connection(world: World, request: Request) -> Answer:
    pair = (str(request["ReplicationInstanceArn"]), str(request["EndpointArn"]))
    if pair not in world.connections:
        raise AwsError("ResourceNotFoundFault", "Connection not found.")
    connection = world.connections.pop(pair)
    connection.become("deleting")
    return {"Connection": _describe_connection(connection)}


def connected(world: World, instance: str, endpoint: str) -> bool:
    """Whether the last test of this pair was successful."""
    found = world.connections.get((instance, endpoint))
    if found is not None:
        found.settle()
    return found is not None and found.status == "successful"


def server_of(world: World, one: Resource) -> Server:
    """Where an endpoint's server is and how to log in. Raises: AwsError, where its secret is not to be had."""
    settings = one.facts.get("MySQLSettings") or {}
    secret_id = settings.get("SecretsManagerSecretId")
    attributes = str(one.facts.get("ExtraConnectionAttributes") or "")
    script = settings.get("AfterConnectScript") or ""
    if secret_id:
        secret = world.account.secret(secret_id)
        if not secret or not {"username", "password", "host", "port"} <= set(secret):
            raise AwsError("InvalidResourceStateFault", words.SECRET_NOT_FOUND.format(secret=secret_id))
        host, port = str(secret["host"]), int(secret["port"])
        user, password = str(secret["username"]), str(secret["password"])
    else:
        host, port = str(_either(one.facts, settings, "ServerName")), int(_either(one.facts, settings, "Port"))
        user, password = str(_either(one.facts, settings, "Username")), one.secrets["password"]
    host, port = world.names.get(host, (host, port))
    side = str(one.facts["EndpointType"])
    return Server(side, host, port, user, password, str(one.facts.get("SslMode") or "none"), attributes, script)


def try_connection(world: World, one: Resource) -> str:
    """Log in to an endpoint's server; the failure message, or "" where it lets us in."""
    mishap = world.faults.find(ConnectionTestFails, side=str(one.facts["EndpointType"]))
    if mishap:
        return mishap.message
    try:
        server_of(world, one).connect().close()
    except AwsError as error:
        return error.message
    except pymysql.MySQLError as error:
        number, text = (*error.args, "", "")[:2]
        return words.CONNECTION_FAILED.format(errno=number, text=text)
    return ""


def _test(world: World, connection: Resource, started: float) -> None:
    failure = try_connection(world, connection.facts["endpoint"])
    rest = max(0.0, world.seconds("connection_testing") - (time.monotonic() - started))
    with world.lock:
        connection.facts["failure"] = failure
        connection.become("testing", then="failed" if failure else "successful", after=rest)


def _describe_connection(one: Resource) -> Answer:
    return {
        "ReplicationInstanceArn": one.facts["instance"].arn,
        "ReplicationInstanceIdentifier": one.facts["instance"].identifier,
        "EndpointArn": one.facts["endpoint"].arn,
        "EndpointIdentifier": one.facts["endpoint"].identifier,
        "Status": one.status,
        "LastFailureMessage": (one.facts.get("failure") or None) if one.status == "failed" else None,
    }


def _checked(world: World, request: Request, password: str = "") -> tuple[dict[str, Any], dict[str, str]]:
    """The facts and the password of an endpoint. Raises: AwsError."""
    engine = str(request["EngineName"])
    if engine not in ENGINES:
        raise AwsError("InvalidParameterValueException", f"The engine {engine} is not valid")
    settings = dict(request.get("MySQLSettings") or {})
    secret, role = settings.get("SecretsManagerSecretId"), settings.get("SecretsManagerAccessRoleArn")
    clear = [name for name in ("Username", "Password", "ServerName", "Port") if _either(request, settings, name)]
    if engine in MYSQL_ENGINES and not secret:
        missing = [n for n in ("ServerName", "Port", "Username", "Password") if n not in clear]
        if missing and not (missing == ["Password"] and password):
            raise AwsError(
                "InvalidParameterCombinationException",
                f"The parameter {missing[0]} must be provided and must not be blank.",
            )
    if secret and clear:
        raise AwsError(
            "InvalidParameterCombinationException",
            "Endpoint credentials are given either in clear text or by SecretsManagerSecretId, not both: "
            + ", ".join(clear),
        )
    if secret and not role:
        raise AwsError("InvalidParameterCombinationException", "SecretsManagerAccessRoleArn must be provided")
    if role and not world.account.role_trusts(role, f"dms.{world.account.region}.amazonaws.com"):
        raise AwsError("AccessDeniedFault", words.ROLE_NOT_CONFIGURED.format(arn=role))
    key = request.get("KmsKeyId")
    if key is not None and not key.endswith(":alias/aws/dms") and not world.account.has_key(key):
        raise AwsError("KMSKeyNotAccessibleFault", f"The specified KMS key {key} is not accessible")
    _need_certificate(request)
    facts = {name: request[name] for name in _FACTS if name in request}
    found = request.get("Password") or settings.pop("Password", None) or password
    if settings:
        settings.pop("Password", None)
        facts["MySQLSettings"] = settings
    return facts, {"password": str(found)}


def _need_certificate(request: Request) -> None:
    mode = request.get("SslMode")
    if mode in ("verify-ca", "verify-full"):
        arn = request.get("CertificateArn")
        if not arn:
            raise AwsError(
                "InvalidParameterCombinationException", f"CertificateArn is required for SSL mode {mode}"
            )
        raise AwsError("ResourceNotFoundFault", f"Certificate {arn} not found.")


def _either(facts: Request, settings: Request, name: str) -> Any:
    """MySQL endpoints may say where they are at the top or in MySQLSettings."""
    return facts.get(name) or settings.get(name)
