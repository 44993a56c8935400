"""What AWS offers, what the account has room for, and what is there from before."""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.dms import describe
from aurora_migration.dms.checking import CheckContext
from aurora_migration.dms.cost import estimate
from aurora_migration.dms.describe import CONFIG, ENDPOINT, INSTANCE, SUBNET_GROUP, TASK, Kind
from aurora_migration.dms.faults import aws
from aurora_migration.dms.names import TAG
from aurora_migration.dms.replication import Replication
from aurora_migration.model.finding import Finding, blocker, note, warning


def check_offering(context: CheckContext) -> Iterator[Finding]:
    """The instance class, the version and the storage are to be had in this region."""
    config = context.config.dms
    if config.compute == "serverless":
        return
    wanted = config.instance
    call = context.clients["dms"].describe_orderable_replication_instances
    offers = list(describe.pages(call, "OrderableReplicationInstances"))
    classes = sorted({str(one["ReplicationInstanceClass"]) for one in offers})
    fit = [one for one in offers if one["ReplicationInstanceClass"] == wanted.instance_class]
    if not fit:
        yield blocker(
            "dms-class-not-offered",
            wanted.instance_class,
            f"is not offered in {context.account.region}",
            f"set dms.instance.instance_class to one of {', '.join(classes) or 'those of another region'}",
        )
        return
    versions = sorted({str(one["EngineVersion"]) for one in fit if one.get("EngineVersion")})
    if wanted.engine_version is not None and wanted.engine_version not in versions:
        yield blocker(
            "dms-version-not-offered",
            wanted.engine_version,
            f"is not offered for {wanted.instance_class}",
            f"set dms.instance.engine_version to one of {', '.join(versions)}, or leave it out",
        )
    low = min((int(one.get("MinAllocatedStorage") or 0) for one in fit), default=0)
    high = max((int(one.get("MaxAllocatedStorage") or 0) for one in fit), default=0)
    if high and not low <= wanted.storage_gib <= high:
        yield blocker(
            "dms-storage-not-offered",
            wanted.instance_class,
            f"takes {low} to {high} GiB, not {wanted.storage_gib}",
            "correct dms.instance.storage_gib",
        )


def check_quotas(context: CheckContext) -> Iterator[Finding]:
    """Room for what is not there yet."""
    with aws("account quotas"):
        quotas = context.clients["dms"].describe_account_attributes().get("AccountQuotas", ())
    needed = _needed(context)
    for quota in quotas:
        name, used, most = str(quota["AccountQuotaName"]), int(quota.get("Used", 0)), int(quota.get("Max", 0))
        want = needed.get(name, 0)
        if want and used + want > most:
            yield blocker(
                "dms-quota-exhausted",
                name,
                f"{used} of {most} are used, and {want} more are needed",
                "delete what is not needed, or ask for more under Service Quotas → AWS DMS",
            )


def check_leftovers(context: CheckContext) -> Iterator[Finding]:
    """Resources of our names: ours to adopt, running, broken, or somebody else's."""
    dms, names = context.clients["dms"], context.names
    for kind, identifier in _resources(context):
        found = describe.find(dms, kind, identifier)
        if found is None:
            continue
        arn = str(found[kind.arn]) if kind.arn else context.account.arn("subgrp", identifier)
        subject, tag = f"{kind.word} {identifier}", describe.tag_of(dms, arn)
        if tag != names.migration:
            yield blocker(
                "dms-name-taken",
                subject,
                f"exists, and its tag {TAG} is {tag or 'not there'}",
                f"delete it, or let this migration adopt it: aws dms add-tags-to-resource --resource-arn {arn} "
                f"--tags Key={TAG},Value={names.migration}",
            )
            continue
        yield note("dms-adopted", subject, "is there from before and will be used")
        status = str(found.get(kind.status) or "")
        if kind is INSTANCE and status in {"failed", "incompatible-network", "incompatible-credentials"}:
            yield blocker("dms-instance-broken", subject, f"is {status}", f"run {names.migration}.dms_teardown")
        elif (
            kind is INSTANCE
            and found.get("ReplicationInstanceClass") != context.config.dms.instance.instance_class
        ):
            seen = f"stays {found.get('ReplicationInstanceClass')}"
            yield warning("dms-instance-differs", subject, seen, f"for another run {names.migration}.dms_teardown")


def check_running(context: CheckContext) -> Iterator[Finding]:
    """A replication of this migration that is at work would write into tables that this run prepares."""
    serverless = context.config.dms.compute == "serverless"
    replication = Replication(context.clients["dms"], context.names.replication, serverless)
    observed = replication.observe()
    if not observed.at_rest and observed.status not in {"absent", "deleting"}:
        stop = "stop-replication --replication-config-arn" if serverless else "stop-replication-task"
        option = "" if serverless else " --replication-task-arn"
        yield blocker(
            "dms-replication-running",
            replication.word,
            f"is {observed.status}, and this run would prepare its tables anew",
            f"let it end, or: aws dms {stop}{option} {replication.arn()}",
        )


def check_cost(context: CheckContext) -> Iterator[Finding]:
    """What it will cost, before anything is created."""
    size = sum(planned.table.data_bytes for planned in context.plan.tables)
    yield note("dms-cost", context.names.base, str(estimate(context.config.dms, size)))


def _resources(context: CheckContext) -> tuple[tuple[Kind, str], ...]:
    names = context.names
    group = () if context.config.dms.subnet_group else ((SUBNET_GROUP, names.subnet_group),)
    sides = ((ENDPOINT, names.source_endpoint), (ENDPOINT, names.target_endpoint))
    if context.config.dms.compute == "serverless":
        return (*group, *sides, (CONFIG, names.replication))
    return (*group, (INSTANCE, names.instance), *sides, (TASK, names.replication))


def _needed(context: CheckContext) -> dict[str, int]:
    """By DMS's names of quotas; what is there already needs no room."""
    dms = context.clients["dms"]
    absent = [kind for kind, name in _resources(context) if describe.find(dms, kind, name) is None]
    storage = context.config.dms.instance.storage_gib if INSTANCE in absent else 0
    return {
        "ReplicationInstances": absent.count(INSTANCE),
        "AllocatedStorage": storage,
        "Endpoints": absent.count(ENDPOINT),
        "ReplicationSubnetGroups": absent.count(SUBNET_GROUP) if context.config.dms.subnets else 0,
    }
