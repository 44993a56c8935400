"""Which IAM actions the DMS engine needs, as data, and the JSON texts that grant them.

One table serves preflight (simulates each action), errors (the remedy of a denial) and the documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aurora_migration.model.config_dms import DmsConfig

_READ: Final = (
    "dms:DescribeAccountAttributes",
    "dms:DescribeConnections",
    "dms:DescribeEndpoints",
    "dms:DescribeOrderableReplicationInstances",
    "dms:DescribeReplicationInstances",
    "dms:DescribeReplicationSubnetGroups",
    "dms:DescribeReplicationTasks",
    "dms:DescribeTableStatistics",
    "dms:ListTagsForResource",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
)
_BOTH: Final = (
    "dms:AddTagsToResource",
    "dms:CreateEndpoint",
    "dms:CreateReplicationSubnetGroup",
    "dms:DeleteEndpoint",
    "dms:DeleteReplicationSubnetGroup",
    "dms:ModifyEndpoint",
    "dms:ModifyReplicationSubnetGroup",
)
_INSTANCE: Final = (
    "dms:CreateReplicationInstance",
    "dms:CreateReplicationTask",
    "dms:DeleteReplicationInstance",
    "dms:DeleteReplicationTask",
    "dms:ModifyReplicationTask",
    "dms:StartReplicationTask",
    "dms:StopReplicationTask",
    "dms:TestConnection",
)
_SERVERLESS: Final = (
    "dms:CreateReplicationConfig",
    "dms:DeleteReplicationConfig",
    "dms:DescribeReplicationConfigs",
    "dms:DescribeReplicationTableStatistics",
    "dms:DescribeReplications",
    "dms:ModifyReplicationConfig",
    "dms:StartReplication",
    "dms:StopReplication",
)
# Looked at where it is allowed; without it a check says that it could not look.
OPTIONAL: Final = ("cloudwatch:GetMetricData", "iam:SimulatePrincipalPolicy", "rds:DescribeDBClusters")

VPC_ROLE: Final = "dms-vpc-role"
LOGS_ROLE: Final = "dms-cloudwatch-logs-role"
ROLE_POLICIES: Final = {
    VPC_ROLE: "policy/service-role/AmazonDMSVPCManagementRole",
    LOGS_ROLE: "policy/service-role/AmazonDMSCloudWatchLogsRole",
}
TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "dms.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def needed_actions(config: DmsConfig) -> tuple[str, ...]:
    """Every action of a migration, in order of name."""
    own = _SERVERLESS if config.compute == "serverless" else _INSTANCE
    roles = ("iam:PassRole",) if config.source.secret_role or config.target.secret_role else ()
    return tuple(sorted({*_READ, *_BOTH, *own, *roles}))


def policy(actions: Iterable[str]) -> str:
    """An identity policy that allows ``actions``, as one line of JSON."""
    return json.dumps(policy_document(actions))


def policy_document(actions: Iterable[str]) -> Mapping[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": sorted(set(actions)), "Resource": "*"}],
    }


def action_policy(operation: str) -> str:
    """The policy for one operation as botocore names it (``CreateEndpoint``)."""
    known = {*_READ, *_BOTH, *_INSTANCE, *_SERVERLESS, *OPTIONAL}
    found = [action for action in known if action.partition(":")[2] == operation]
    return policy(found or [f"dms:{operation or '*'}"])


def role_commands(role: str, partition: str) -> str:
    """The two commands that make a role which DMS looks for by name."""
    trust = json.dumps(TRUST)
    return (
        f"aws iam create-role --role-name {role} --assume-role-policy-document '{trust}' && "
        f"aws iam attach-role-policy --role-name {role} --policy-arn {policy_arn(role, partition)}"
    )


def policy_arn(role: str, partition: str) -> str:
    """The managed policy that a role of DMS needs."""
    return f"arn:{partition}:iam::aws:{ROLE_POLICIES[role]}"
