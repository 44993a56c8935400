"""Provisioning as a task does it: one step further each time, until everything is there.

The order is DMS's: subnet group, instance, endpoints, connection tests, replication. Each call looks at all of it
again, so it does not matter whether the task waited, was killed, or begins.
"""

from __future__ import annotations

import logging
from typing import Any

from aurora_migration.bridge.dms_memory import finish, open_phase
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.dms.cost import estimate
from aurora_migration.dms.division import replication_type
from aurora_migration.dms.mapping import table_mappings
from aurora_migration.dms.replication import Definition, Replication
from aurora_migration.dms.settings import LobPlan, lob_columns, longest, task_settings
from aurora_migration.dms.waiting import Wait
from aurora_migration.model.config import MigrationType
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import identifier, join, qualified, raw
from aurora_migration.store import load

_log = logging.getLogger(__name__)
PHASE = "dms-provision"


def advance(dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
    """A `Wait`, or the summary once all is there. Raises: MigrationError."""
    run = dms_run.run
    migration_type = replication_type(run.config)
    with run.sessions() as (source, target), open_phase(run, target, PHASE) as summary:
        plan = run.plan(source)
        if fresh:
            summary.pop("changed_to", None)
        if "cost" not in summary:
            size = sum(planned.table.data_bytes for planned in plan.tables)
            summary["cost"] = str(estimate(run.config.dms, size))
            _log.info("Cost of what is provisioned now: %s", summary["cost"])
        network = _network(dms_run, fresh=fresh)
        if isinstance(network, Wait):
            return network
        definition = _definition(dms_run, plan, migration_type, network, source, target, summary)
        wait = dms_run.replication.ensure(dms_run.provisioner, definition)
        if wait is None:
            wait = _changed(dms_run.replication, definition, summary)
        if wait is not None:
            return wait
        summary.update(replication=dms_run.names.replication, tables=len(plan.tables), type=str(migration_type))
    with run.sessions() as (_, target):
        finish(run, target, PHASE, summary)
    return summary


def _changed(replication: Replication, definition: Definition, summary: dict[str, Any]) -> Wait | None:
    """Change what is defined otherwise, once a try: DMS may store a setting in another form for ever."""
    if replication.is_defined_as(definition):
        return None
    if summary.get("changed_to") == definition.fingerprint:
        _log.warning("DMS stores the definition in another form replication=%s", replication.identifier)
        return None
    wait = replication.change(definition)
    summary["changed_to"] = definition.fingerprint
    return wait


def _network(dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
    """Everything but the replication: ARNs by the members of `Definition`, or a `Wait`."""
    provisioner = dms_run.provisioner
    group = provisioner.ensure_subnet_group()
    source, target = dms_run.sides
    if dms_run.serverless:
        return {
            "source_arn": provisioner.ensure_endpoint(source),
            "target_arn": provisioner.ensure_endpoint(target),
            "subnet_group": group,
        }
    instance = provisioner.ensure_instance(group)
    arns = {side.side: provisioner.ensure_endpoint(side) for side in (source, target)}
    if isinstance(instance, Wait):
        return instance
    for side in (source, target):
        wait = provisioner.ensure_connection(instance, arns[side.side], side, fresh=fresh)
        if wait is not None:
            return wait
    return {"source_arn": arns["source"], "target_arn": arns["target"], "instance_arn": instance}


def _definition(
    dms_run: DmsRun,
    plan: MigrationPlan,
    migration_type: MigrationType,
    network: dict[str, Any],
    source: Session,
    target: Session,
    summary: dict[str, Any],
) -> Definition:
    run = dms_run.run
    config = run.config.dms
    if "longest_lob" not in summary:
        measured = config.lob == "measured" and migration_type is MigrationType.FULL_LOAD
        summary["longest_lob"] = longest_lob(plan, source) if measured else None
        _log.info("Longest LOB on the source bytes=%s", summary["longest_lob"])
    lob = LobPlan.decide(config, migration_type, summary["longest_lob"])
    loads = migration_type is not MigrationType.CDC
    ranges = load.ranges(target, run.control) if loads else ()
    return Definition(
        migration_type=str(migration_type),
        mappings=table_mappings(plan, ranges),
        settings=task_settings(config, migration_type, lob, run.config.control_schema),
        **network,
    )


def longest_lob(plan: MigrationPlan, source: Session) -> int:
    """The longest LOB of all planned tables, in bytes; reads every table that has one."""
    found: list[int | None] = []
    for planned in plan.tables:
        columns = lob_columns(planned.table)
        if columns:
            lengths = (
                raw("MAX(LENGTH(") + identifier(name) + raw(f")) AS l{index}")
                for index, name in enumerate(columns)
            )
            sql = statement("dms/longest_lobs", lengths=join(lengths, ", "), table=qualified(planned.table.name))
            found += source.query(sql)[0].values()
    return longest(found)
