"""A run that DMS carries, driven in this process as Airflow drives it: step, wait, step again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aurora_migration.bridge import dms_load, dms_provision, dms_teardown, verifying
from aurora_migration.bridge.dms_preflight import check_with_dms
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.bridge.run import Run
from aurora_migration.dms.faults import aws
from aurora_migration.dms.provisioning import Provisioner
from aurora_migration.dms.waiting import Wait, look
from aurora_migration.operators.accounts import AccountsOperator
from aurora_migration.operators.load import PlanOperator, PositionOperator
from aurora_migration.operators.schema import ObjectsOperator, SchemaWave1Operator, SchemaWave2Operator
from local.dms import Cloud
from local.dms.cloud import Network
from tests.integration.bridge import phases
from tests.patience import until


@dataclass(frozen=True)
class LocalDmsRun(DmsRun):
    """A run whose clients are those of the local cloud."""

    cloud: Cloud | None = None
    sleep: Callable[[float], None] = time.sleep

    def client(self, service: str) -> Any:
        assert self.cloud is not None
        with aws(f"connection {self.run.config.dms.connection}"):
            return self.cloud.client(service)

    @property
    def provisioner(self) -> Provisioner:
        return Provisioner(self.dms, self.account, self.names, self.run.config.dms, self.sleep)


def config_of(network: Network | None, **dms: Any) -> dict[str, Any]:
    """The keys of a migration file by which DMS carries it in the local cloud."""
    settings: dict[str, Any] = {"source": {"ssl_mode": "none"}, "target": {"ssl_mode": "none"}}
    if network is not None:
        settings["subnets"] = list(network.subnet_ids)
        settings["security_groups"] = [network.security_group_id]
    return {"engine": "dms", "dms": settings | dms}


def drive(dms_run: DmsRun, step: Callable[..., Any], **options: Any) -> Any:
    """Call a step until it is done; between two calls the wait is waited for, as the trigger does."""
    result = step(dms_run, fresh=True, **options) if step is not dms_teardown.advance else step(dms_run)
    while isinstance(result, Wait):
        settle(dms_run, result, load=step is dms_load.advance)
        result = step(dms_run, fresh=False, **options) if step is not dms_teardown.advance else step(dms_run)
    return result


def settle(dms_run: DmsRun, wait: Wait, *, load: bool = False) -> None:
    """Return once a wait is over."""

    def over() -> bool:
        if load:
            observed = dms_run.replication.observe()
            return observed.at_rest or observed.status == "absent"
        return look(dms_run.dms, wait)[0]

    time.sleep(0.05)
    until(over, f"{wait} is over", 0.05)


def prepare(run: Run) -> list[dict[str, Any]]:
    """Everything before DMS: the first wave, the position, the plan."""
    phases.phase(SchemaWave1Operator, run)
    phases.phase(PositionOperator, run)
    units: list[dict[str, Any]] = phases.phase(PlanOperator, run)
    return units


def migrate(dms_run: DmsRun) -> dict[str, Any]:
    """A whole run; the report, or what stopped it."""
    run = dms_run.run
    check_with_dms(dms_run).finish()
    units = prepare(run)
    drive(dms_run, dms_provision.advance)
    drive(dms_run, dms_load.advance)
    return finish(run, units)


def finish(run: Run, units: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything behind DMS."""
    for operator in (SchemaWave2Operator, ObjectsOperator, AccountsOperator):
        phases.phase(operator, run)
    for unit in units:
        verifying.verify_unit(run, unit["number"])
    verifying.verify_objects(run)
    return phases.report(run)
