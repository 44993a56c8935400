"""Who calls, whether it may, and whether the roles are there that DMS looks for by name.

What an identity may do is asked of IAM; where IAM does not tell, each action is probed by a call that names
something impossible, so that the only two answers are "denied" and "no such thing".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from aurora_migration.dms.checking import CheckContext
from aurora_migration.dms.faults import DENIED, code_of, is_absent, is_aws, is_role_not_effective
from aurora_migration.dms.policy import LOGS_ROLE, VPC_ROLE, needed_actions, policy, policy_arn, role_commands
from aurora_migration.model.finding import Finding, blocker, note, warning

_NOWHERE: Final = "arn:{partition}:dms:{region}:{number}:{kind}:M2ANOSUCHTHING000000000000"
_IDENTIFIER: Final = "m2a-no-such-thing"


def check_identity(context: CheckContext) -> Iterator[Finding]:
    """Which identity the run has."""
    yield note(
        "dms-identity", context.config.dms.connection, f"calls as {context.caller}, {context.account.region}"
    )


def check_permissions(context: CheckContext) -> Iterator[Finding]:
    """Each action that the run will need."""
    actions = needed_actions(context.config.dms)
    denied = _simulated(context, actions)
    if denied is None:
        denied = _probed(context, actions)
        yield note(
            "dms-permissions-probed",
            context.caller,
            "IAM does not say what this identity may do, so each action was probed",
            "allow iam:SimulatePrincipalPolicy, and preflight asks IAM instead",
        )
    if denied:
        yield blocker(
            "dms-permission-missing",
            context.caller,
            f"may not {', '.join(denied)}",
            f"attach this policy to the identity: {policy(denied)}",
        )


def check_roles(context: CheckContext) -> Iterator[Finding]:
    """``dms-vpc-role``, and ``dms-cloudwatch-logs-role`` where logs are asked for."""
    yield from _role(context, VPC_ROLE, "")
    if context.config.dms.cloudwatch_logs:
        yield from _role(context, LOGS_ROLE, "; or set dms.cloudwatch_logs: false")


def _simulated(context: CheckContext, actions: tuple[str, ...]) -> list[str] | None:
    """Denied actions as IAM evaluates them, or None where it does not."""
    iam = context.clients["iam"]
    try:
        principal = _principal(iam, context.caller)
        if principal is None:
            return []  # the account's root may everything
        denied: list[str] = []
        request: dict[str, Any] = {"PolicySourceArn": principal, "ActionNames": list(actions)}
        while True:
            answer = iam.simulate_principal_policy(**request)
            denied += [
                str(one["EvalActionName"])
                for one in answer["EvaluationResults"]
                if str(one["EvalDecision"]).lower() != "allowed"
            ]
            if not answer.get("IsTruncated"):
                return sorted(denied)
            request["Marker"] = answer["Marker"]
    except Exception as error:
        if not is_aws(error):
            raise
        return None


def _principal(iam: Any, caller: str) -> str | None:
    """The ARN that IAM knows a caller by: a session of a role is that role."""
    resource = caller.rpartition(":")[2]
    if resource == "root":
        return None
    if resource.startswith("assumed-role/"):
        return str(iam.get_role(RoleName=resource.split("/")[1])["Role"]["Arn"])
    return caller


def _probed(context: CheckContext, actions: tuple[str, ...]) -> list[str]:
    dms = context.clients["dms"]
    denied = []
    for action in actions:
        operation, members = action.partition(":")[2], _impossible(context, action)
        if members is None:
            continue
        try:
            getattr(dms, _method(operation))(**members)
        except Exception as error:
            if code_of(error) in DENIED and not is_role_not_effective(error):
                denied.append(action)
            elif not is_aws(error) or code_of(error) == "ParamValidationError":
                raise
    return denied


def _method(operation: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_")


def _impossible(context: CheckContext, action: str) -> Mapping[str, Any] | None:
    """Members with which a call cannot do anything; None where it is not probed."""
    account = context.account

    def arn(kind: str) -> str:
        return _NOWHERE.format(
            partition=account.partition, region=account.region, number=account.number, kind=kind
        )

    task, config = {"ReplicationTaskArn": arn("task")}, {"ReplicationConfigArn": arn("replication-config")}
    pair = {"SourceEndpointArn": arn("endpoint"), "TargetEndpointArn": arn("endpoint")}
    subnets = {"SubnetIds": ["subnet-00000000000000000"]}
    known: dict[str, Mapping[str, Any]] = {
        "dms:DescribeAccountAttributes": {},
        "dms:DescribeConnections": {},
        "dms:DescribeEndpoints": {},
        "dms:DescribeOrderableReplicationInstances": {},
        "dms:DescribeReplicationInstances": {},
        "dms:DescribeReplicationSubnetGroups": {},
        "dms:DescribeReplicationTasks": {},
        "dms:DescribeReplicationConfigs": {},
        "dms:DescribeReplications": {},
        "dms:DescribeTableStatistics": task,
        "dms:DescribeReplicationTableStatistics": config,
        "dms:AddTagsToResource": {"ResourceArn": arn("rep"), "Tags": context.names.tags},
        "dms:ListTagsForResource": {"ResourceArn": arn("rep")},
        "dms:CreateEndpoint": {
            "EndpointIdentifier": _IDENTIFIER,
            "EndpointType": "source",
            "EngineName": "no-such-engine",
        },
        "dms:ModifyEndpoint": {"EndpointArn": arn("endpoint")},
        "dms:DeleteEndpoint": {"EndpointArn": arn("endpoint")},
        "dms:CreateReplicationSubnetGroup": {
            "ReplicationSubnetGroupIdentifier": "default",  # the one name that DMS refuses
            "ReplicationSubnetGroupDescription": context.names.description,
            **subnets,
        },
        "dms:ModifyReplicationSubnetGroup": {"ReplicationSubnetGroupIdentifier": _IDENTIFIER, **subnets},
        "dms:DeleteReplicationSubnetGroup": {"ReplicationSubnetGroupIdentifier": _IDENTIFIER},
        "dms:CreateReplicationInstance": {
            "ReplicationInstanceIdentifier": _IDENTIFIER,
            "ReplicationInstanceClass": "dms.no.such",
            "ReplicationSubnetGroupIdentifier": _IDENTIFIER,
        },
        "dms:DeleteReplicationInstance": {"ReplicationInstanceArn": arn("rep")},
        "dms:CreateReplicationTask": {
            "ReplicationTaskIdentifier": _IDENTIFIER,
            "ReplicationInstanceArn": arn("rep"),
            "MigrationType": "full-load",
            "TableMappings": "{}",
            **pair,
        },
        "dms:DeleteReplicationTask": task,
        "dms:ModifyReplicationTask": task,
        "dms:StartReplicationTask": {**task, "StartReplicationTaskType": "start-replication"},
        "dms:StopReplicationTask": task,
        "dms:TestConnection": {"ReplicationInstanceArn": arn("rep"), "EndpointArn": arn("endpoint")},
        "dms:CreateReplicationConfig": {
            "ReplicationConfigIdentifier": _IDENTIFIER,
            "ComputeConfig": {"MaxCapacityUnits": 1},
            "ReplicationType": "full-load",
            "TableMappings": "{}",
            **pair,
        },
        "dms:DeleteReplicationConfig": config,
        "dms:ModifyReplicationConfig": config,
        "dms:StartReplication": {**config, "StartReplicationType": "start-replication"},
        "dms:StopReplication": config,
    }
    return known.get(action)


def _role(context: CheckContext, role: str, otherwise: str) -> Iterator[Finding]:
    iam, partition = context.clients["iam"], context.account.partition
    commands = role_commands(role, partition)
    try:
        found = iam.get_role(RoleName=role)["Role"]
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    except Exception as error:
        if is_absent(error):
            code = "dms-vpc-role-missing" if role == VPC_ROLE else "dms-logs-role-missing"
            yield blocker(
                code, f"role {role}", "does not exist, and DMS looks for it by name", commands + otherwise
            )
            return
        if code_of(error) in DENIED:
            seen = "cannot be looked at: iam:GetRole or iam:ListAttachedRolePolicies is denied"
            yield warning("dms-role-not-readable", f"role {role}", seen, f"if it is missing: {commands}")
            return
        raise
    if not _trusts_dms(found.get("AssumeRolePolicyDocument")):
        trust = f"aws iam update-assume-role-policy --role-name {role} --policy-document "
        yield blocker(
            "dms-role-not-trusting",
            f"role {role}",
            "does not let dms.amazonaws.com assume it",
            f"{trust}{commands.split('--assume-role-policy-document ')[1].split(' && ')[0]}",
        )
    wanted = policy_arn(role, partition)
    if wanted not in {one["PolicyArn"] for one in attached}:
        yield blocker(
            "dms-role-without-policy",
            f"role {role}",
            f"has not the policy {wanted}",
            f"aws iam attach-role-policy --role-name {role} --policy-arn {wanted}",
        )


def _trusts_dms(document: Any) -> bool:
    if isinstance(document, str):
        document = json.loads(unquote(document))
    statements = (document or {}).get("Statement") or []
    for one in [statements] if isinstance(statements, Mapping) else statements:
        services = (one.get("Principal") or {}).get("Service") if one.get("Effect") == "Allow" else None
        names = [services] if isinstance(services, str) else services or []
        if any(name == "dms.amazonaws.com" or name.startswith("dms.") for name in names):
            return True
    return False
