"""A DMS with everything that a task needs, over two databases: what the tests of the stand-in build on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aurora_migration.sql.quoting import raw
from local.dms import Cloud
from tests.fresh_databases import Databases

FULL_LOB: dict[str, Any] = {"TargetMetadata": {"FullLobMode": True, "LimitedSizeLobMode": False}}


def include(
    schema: str, table: str = "%", number: int = 1, action: str = "include", **more: Any
) -> dict[str, Any]:
    """A selection rule."""
    return {
        "rule-type": "selection",
        "rule-id": str(number),
        "rule-name": f"rule {number}",
        "object-locator": {"schema-name": schema, "table-name": table},
        "rule-action": action,
        **more,
    }


def mappings(*rules: Mapping[str, Any]) -> str:
    return json.dumps({"rules": list(rules)})


def settings(*parts: Mapping[str, Mapping[str, Any]], prepare: str = "DO_NOTHING") -> str:
    """Task settings: sections of several parts, merged."""
    merged: dict[str, dict[str, Any]] = {"FullLoadSettings": {"TargetTablePrepMode": prepare}}
    for part in parts:
        for section, keys in part.items():
            merged.setdefault(section, {}).update(keys)
    return json.dumps(merged)


def until(found: Callable[[], Any], wanted: Callable[[Any], bool], seconds: float = 240.0) -> Any:
    """Ask until the answer is as wanted."""
    deadline = time.monotonic() + seconds
    while not wanted(answer := found()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {seconds} s: {answer}")
        time.sleep(0.02)
    return answer


@dataclass(slots=True)
class Rig:
    """One account with a network and roles, and what has been made in it."""

    cloud: Cloud
    dms: Any
    databases: Databases
    instance: str = ""
    source: str = ""
    target: str = ""
    subnets: tuple[str, ...] = field(default=())

    @classmethod
    def make(cls, cloud: Cloud, databases: Databases) -> Rig:
        """An instance that is available and two endpoints whose connections are tested."""
        rig = cls(cloud, cloud.client("dms"), databases)
        cloud.make_roles()
        rig.subnets = cloud.make_network().subnet_ids
        rig.group()
        rig.instance = rig.dms.create_replication_instance(
            ReplicationInstanceIdentifier="rig",
            ReplicationInstanceClass="dms.t3.medium",
            ReplicationSubnetGroupIdentifier="rig",
        )["ReplicationInstance"]["ReplicationInstanceArn"]
        rig.instance_is("available")
        rig.source, rig.target = rig.endpoint("source"), rig.endpoint("target")
        for endpoint in (rig.source, rig.target):
            assert rig.test(endpoint)["Status"] == "successful"
        return rig

    def group(self, name: str = "rig") -> None:
        self.dms.create_replication_subnet_group(
            ReplicationSubnetGroupIdentifier=name,
            ReplicationSubnetGroupDescription="for the tests",
            SubnetIds=list(self.subnets),
        )

    def instance_is(self, status: str) -> dict[str, Any]:
        filters = [{"Name": "replication-instance-arn", "Values": [self.instance]}]
        return until(
            lambda: self.dms.describe_replication_instances(Filters=filters)["ReplicationInstances"][0],
            lambda one: one["ReplicationInstanceStatus"] == status,
        )

    def endpoint(self, side: str, name: str = "", **more: Any) -> str:
        """Make an endpoint for one of the two servers; its ARN."""
        pair = self.databases.pair
        login = pair.source_login if side == "source" else pair.target_login
        return self.dms.create_endpoint(
            EndpointIdentifier=name or side,
            EndpointType=side,
            EngineName="mysql" if side == "source" else "aurora",
            **{
                "ServerName": login.host,
                "Port": login.port,
                "Username": login.user,
                "Password": login.password,
                "SslMode": "require",
                **more,
            },
        )["Endpoint"]["EndpointArn"]

    def test(self, endpoint: str) -> dict[str, Any]:
        """Test a connection and wait for the result."""
        self.dms.test_connection(ReplicationInstanceArn=self.instance, EndpointArn=endpoint)
        filters = [{"Name": "endpoint-arn", "Values": [endpoint]}]
        return until(
            lambda: self.dms.describe_connections(Filters=filters)["Connections"][0],
            lambda one: one["Status"] != "testing",
        )

    def task(
        self,
        rules: str | None = None,
        given: str | None = None,
        kind: str = "full-load",
        name: str = "task",
        **more: Any,
    ) -> str:
        """Make a task that is ready; its ARN."""
        arn = self.dms.create_replication_task(
            ReplicationTaskIdentifier=name,
            SourceEndpointArn=self.source,
            TargetEndpointArn=self.target,
            ReplicationInstanceArn=self.instance,
            MigrationType=kind,
            TableMappings=rules or mappings(include(self.databases.name)),
            ReplicationTaskSettings=given or settings(FULL_LOB),
            **more,
        )["ReplicationTask"]["ReplicationTaskArn"]
        self.task_is(arn, "ready")
        return arn

    def describe(self, task: str) -> dict[str, Any]:
        filters = [{"Name": "replication-task-arn", "Values": [task]}]
        return self.dms.describe_replication_tasks(Filters=filters)["ReplicationTasks"][0]

    def task_is(self, task: str, *statuses: str) -> dict[str, Any]:
        return until(lambda: self.describe(task), lambda one: one["Status"] in statuses)

    def start(self, task: str, how: str = "start-replication", **more: Any) -> None:
        self.dms.start_replication_task(ReplicationTaskArn=task, StartReplicationTaskType=how, **more)

    def run(self, task: str, how: str = "start-replication") -> dict[str, Any]:
        """Start a task and wait for its end."""
        self.start(task, how)
        return self.task_is(task, "stopped", "failed")

    def statistics(self, task: str) -> dict[str, dict[str, Any]]:
        """Statistics by table name."""
        found = self.dms.describe_table_statistics(ReplicationTaskArn=task)["TableStatistics"]
        return {one["TableName"]: one for one in found}

    def rows(self, table: str, columns: str = "*") -> Sequence[Mapping[str, Any]]:
        """Rows of a table on the target, as root reads them."""
        return self.query(f"SELECT {columns} FROM {{schema}}.{table}")

    def query(self, text: str) -> Sequence[Mapping[str, Any]]:
        """Ask the target as root; {schema} is the database's name, quoted."""
        return self.databases.target_root.query(raw(text.replace("{schema}", f"`{self.databases.name}`")))
