"""Subnets, their zones, the subnet group, security groups, and whether the servers can be reached from there.

Routes and firewalls outside of the VPC are not visible to the API; a connection test tells before anything is
loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from aurora_migration.dms import describe
from aurora_migration.dms.checking import CheckContext
from aurora_migration.dms.faults import aws, code_of, is_aws
from aurora_migration.model.finding import Finding, blocker, note, warning

_TWO_ZONES = "name at least one subnet in each of two availability zones under dms.subnets"


def check_subnets(context: CheckContext) -> Iterator[Finding]:
    """The subnets of the migration file: there, of one VPC, in two zones, with room."""
    wanted = context.config.dms.subnets
    if not wanted:
        return
    found = _subnets(context, wanted)
    missing = sorted(set(wanted) - {one["SubnetId"] for one in found})
    if missing:
        yield blocker(
            "dms-subnet-missing",
            ", ".join(missing),
            f"is not a subnet of this account in {context.account.region}",
            "correct dms.subnets: aws ec2 describe-subnets lists them",
        )
    vpcs = sorted({str(one["VpcId"]) for one in found})
    if len(vpcs) > 1:
        yield blocker(
            "dms-subnets-of-several-vpcs", ", ".join(vpcs), "hold the subnets", "name subnets of one VPC"
        )
    zones = sorted({str(one["AvailabilityZone"]) for one in found})
    if found and len(zones) < 2:
        yield blocker(
            "dms-subnets-in-one-zone",
            ", ".join(sorted(one["SubnetId"] for one in found)),
            f"cover {', '.join(zones)} only, and a subnet group needs two availability zones",
            _TWO_ZONES,
        )
    full = sorted(one["SubnetId"] for one in found if one.get("AvailableIpAddressCount") == 0)
    if full:
        yield blocker("dms-subnet-full", ", ".join(full), "has no free address", "name other subnets")


def check_subnet_group(context: CheckContext) -> Iterator[Finding]:
    """A subnet group to use, or what is needed to make one."""
    config = context.config.dms
    if config.subnet_group is None and not config.subnets:
        yield blocker(
            "dms-subnet-group-missing",
            context.names.subnet_group,
            "neither dms.subnets nor dms.subnet_group says where the replication is to run",
            f"{_TWO_ZONES}: a subnet group with a valid description is then made",
        )
        return
    name = config.subnet_group or context.names.subnet_group
    found = describe.find(context.clients["dms"], describe.SUBNET_GROUP, name)
    if config.subnet_group is not None and found is None:
        command = (
            f"aws dms create-replication-subnet-group --replication-subnet-group-identifier {name} "
            f"--replication-subnet-group-description '{context.names.description}' --subnet-ids <two or more>"
        )
        yield blocker(
            "dms-subnet-group-missing",
            f"subnet group {name}",
            "does not exist",
            f"{command}; or name dms.subnets instead, and it is made for you",
        )
    elif found is not None:
        yield from _existing_group(context, name, found)


def _existing_group(context: CheckContext, name: str, found: Mapping[str, Any]) -> Iterator[Finding]:
    subject = f"subnet group {name}"
    zones = {
        str((one.get("SubnetAvailabilityZone") or {}).get("Name"))
        for one in found.get("Subnets", ())
        if one.get("SubnetStatus", "Active") == "Active"
    }
    if context.config.dms.subnet_group is not None and len(zones) < 2:
        yield blocker("dms-subnets-in-one-zone", subject, "covers fewer than two availability zones", _TWO_ZONES)
    description = str(found.get("ReplicationSubnetGroupDescription") or "")
    if not description.strip() or not description.isprintable():
        yield warning(
            "dms-subnet-group-not-described",
            subject,
            "has no valid description: DMS refuses to change it",
            "aws dms modify-replication-subnet-group with --replication-subnet-group-description",
        )


def check_security_groups(context: CheckContext) -> Iterator[Finding]:
    """The security groups: there, of the subnets' VPC, and letting the replication out to both servers."""
    config = context.config.dms
    if not config.security_groups:
        return
    groups = _security_groups(context, config.security_groups)
    missing = sorted(set(config.security_groups) - {one["GroupId"] for one in groups})
    if missing:
        yield blocker(
            "dms-security-group-missing", ", ".join(missing), "does not exist", "correct dms.security_groups"
        )
    vpcs = {one["VpcId"] for one in _subnets(context, config.subnets)} if config.subnets else set()
    strangers = sorted(one["GroupId"] for one in groups if vpcs and one.get("VpcId") not in vpcs)
    if strangers:
        yield blocker(
            "dms-security-group-of-other-vpc",
            ", ".join(strangers),
            f"is not of {', '.join(sorted(vpcs))}",
            "name security groups of the subnets' VPC",
        )
    for side in context.sides:
        if groups and not any(_lets_out(one, side.port) for one in groups):
            yield blocker(
                "dms-egress-closed",
                side.label,
                f"no security group of the replication lets it out to port {side.port}",
                f"aws ec2 authorize-security-group-egress --group-id {groups[0]['GroupId']} --protocol tcp "
                f"--port {side.port} --cidr <address of the {side.side}>",
            )


def check_target_cluster(context: CheckContext) -> Iterator[Finding]:
    """The target's host is an Aurora cluster's writer endpoint, and lets the replication in."""
    host = context.target.host.lower()
    if not host.endswith((".rds.amazonaws.com", ".rds.amazonaws.com.cn")):
        yield note("dms-target-not-aurora", context.target.label, "is no Aurora endpoint by its name")
        return
    if ".cluster-ro-" in host:
        yield blocker(
            "dms-target-is-reader",
            context.target.label,
            "is the cluster's reader endpoint, which takes no writes",
            "use the cluster's writer endpoint (…cluster-…, without -ro-) in the Airflow connection",
        )
        return
    if ".cluster-" not in host or ".cluster-custom-" in host:
        yield warning(
            "dms-target-not-writer-endpoint",
            context.target.label,
            "is an instance's or a custom endpoint: after a failover it may be a reader",
            "use the cluster's writer endpoint in the Airflow connection",
        )
        return
    yield from _ingress(context, host)


def check_hosts(context: CheckContext) -> Iterator[Finding]:
    """Hosts that mean something else inside the VPC."""
    for side in context.sides:
        if side.config.secret is None and (side.host in {"localhost", "::1"} or side.host.startswith("127.")):
            yield warning(
                "dms-host-is-loopback",
                side.label,
                "the Airflow connection's host is this machine, which DMS cannot reach",
                "use the address that the VPC sees in the Airflow connection",
            )


def _ingress(context: CheckContext, host: str) -> Iterator[Finding]:
    rds = context.clients.get("rds")
    subject = context.target.label
    try:
        clusters = rds.describe_db_clusters()["DBClusters"] if rds is not None else []
    except Exception as error:
        if not is_aws(error):
            raise
        seen = f"cannot be checked further: rds:DescribeDBClusters answers {code_of(error)}"
        yield note("dms-target-not-readable", subject, seen)
        return
    cluster = next((one for one in clusters if str(one.get("Endpoint", "")).lower() == host), None)
    if cluster is None:
        yield note("dms-target-not-readable", subject, "is no cluster of this account and region")
        return
    groups = [one["VpcSecurityGroupId"] for one in cluster.get("VpcSecurityGroups", ())]
    if not groups or _lets_in(context, _security_groups(context, groups)):
        return
    yield blocker(
        "dms-ingress-closed",
        subject,
        f"its security groups {', '.join(groups)} do not let the replication in on port {context.target.port}",
        f"aws ec2 authorize-security-group-ingress --group-id {groups[0]} --protocol tcp --port "
        f"{context.target.port} --source-group {(context.config.dms.security_groups or ['<replication>'])[0]}",
    )


def _lets_out(group: Mapping[str, Any], port: int) -> bool:
    return any(_covers(one, port) for one in group.get("IpPermissionsEgress", ()))


def _lets_in(context: CheckContext, groups: Sequence[Mapping[str, Any]]) -> bool:
    ours = set(context.config.dms.security_groups)
    blocks = [ip_network(one["CidrBlock"]) for one in _subnets(context, context.config.dms.subnets)]
    for permission in (one for group in groups for one in group.get("IpPermissions", ())):
        if not _covers(permission, context.target.port):
            continue
        if ours & {pair.get("GroupId") for pair in permission.get("UserIdGroupPairs", ())}:
            return True
        ranges = [ip_network(one["CidrIp"]) for one in permission.get("IpRanges", ()) if one.get("CidrIp")]
        if any(block.overlaps(allowed) for block in blocks for allowed in ranges):
            return True
    return False


def _covers(permission: Mapping[str, Any], port: int) -> bool:
    if permission.get("IpProtocol") == "-1":
        return True
    low, high = permission.get("FromPort", 0), permission.get("ToPort", 65_535)
    return permission.get("IpProtocol") in {"tcp", "6"} and low <= port <= high


def _subnets(context: CheckContext, wanted: Sequence[str]) -> list[Mapping[str, Any]]:
    """Those that exist; a filter is used, since naming an absent id fails the whole call."""
    if not wanted:
        return []
    with aws("subnets"):
        filters = [{"Name": "subnet-id", "Values": list(wanted)}]
        return list(context.clients["ec2"].describe_subnets(Filters=filters)["Subnets"])


def _security_groups(context: CheckContext, wanted: Sequence[str]) -> list[Mapping[str, Any]]:
    with aws("security groups"):
        filters = [{"Name": "group-id", "Values": list(wanted)}]
        return list(context.clients["ec2"].describe_security_groups(Filters=filters)["SecurityGroups"])
