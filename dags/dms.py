"""The graphs of migrations that AWS DMS carries: ``<name>.migrate``, ``<name>.sync`` as its watchdog, teardown.

In a file of its own, since every task parses its DAG file and tasks of the native engine need nothing of AWS.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Param

from aurora_migration.bridge.dms_text import migrate_doc, sync_doc, teardown_doc
from aurora_migration.bridge.migration_files import read_all
from aurora_migration.bridge.params import migrate_params, sync_params
from aurora_migration.bridge.task_text import task_doc
from aurora_migration.dms.division import followed_by_dms, uses_dms
from aurora_migration.model.config import MigrationConfig
from aurora_migration.operators.accounts import AccountsOperator
from aurora_migration.operators.dms import (
    DmsFollowOperator,
    DmsLoadOperator,
    DmsProvisionOperator,
)
from aurora_migration.operators.dms_teardown import DmsTeardownOperator
from aurora_migration.operators.dms_watch import DmsWatchOperator
from aurora_migration.operators.load import PlanOperator, PositionOperator
from aurora_migration.operators.preflight import PreflightOperator
from aurora_migration.operators.schema import ObjectsOperator, SchemaWave1Operator, SchemaWave2Operator
from aurora_migration.operators.sync import CatchUpOperator, SyncOperator
from aurora_migration.operators.verify import ReportOperator, VerifyObjectsOperator, VerifyRowsOperator


def settings(config: MigrationConfig, kind: str) -> dict[str, Any]:
    """What all graphs of a migration share."""
    return {
        "dag_id": f"{config.name}.{kind}",
        "catchup": False,
        "max_active_runs": 1,
        "tags": ["mysql-to-aurora", "dms", kind, *config.tags],
        "default_args": {
            "owner": config.owner,
            "retries": 4,
            "retry_delay": timedelta(seconds=10),
            "retry_exponential_backoff": 2,
            "max_retry_delay": timedelta(minutes=5),
        },
    }


def build_migrate(config: MigrationConfig) -> DAG:
    """Our schema, DMS's load, our proof."""
    name = config.name
    with DAG(
        schedule=None, params=migrate_params(config), doc_md=migrate_doc(config), **settings(config, "migrate")
    ) as dag:
        plan = PlanOperator(migration=name, task_id="plan")
        verify_rows = VerifyRowsOperator.partial(
            migration=name,
            task_id="verify_rows",
            doc_md=task_doc("verify_rows"),
            max_active_tis_per_dagrun=config.load.parallel_units,
            map_index_template="{{ task.unit['label'] }}",
        ).expand(unit=plan.output)
        loaded = DmsLoadOperator(migration=name, task_id="dms_load")
        second_wave = SchemaWave2Operator(migration=name, task_id="schema_wave_2")
        accounts = AccountsOperator(migration=name, task_id="accounts")
        (
            PreflightOperator(migration=name, task_id="preflight")
            >> SchemaWave1Operator(migration=name, task_id="schema_wave_1")
            >> PositionOperator(migration=name, task_id="position")
            >> plan
            >> DmsProvisionOperator(migration=name, task_id="dms_provision")
            >> loaded
        )
        if config.follows_changes_natively:
            loaded >> CatchUpOperator(migration=name, task_id="catch_up") >> second_wave
        else:
            loaded >> second_wave
        second_wave >> ObjectsOperator(migration=name, task_id="objects") >> accounts
        compared = [verify_rows, VerifyObjectsOperator(migration=name, task_id="verify_objects")]
        if followed_by_dms(config):
            accounts >> DmsFollowOperator(migration=name, task_id="dms_follow") >> compared
        else:
            accounts >> compared
        compared >> ReportOperator(migration=name, task_id="report", trigger_rule="all_done")
    return dag


def build_sync(config: MigrationConfig) -> DAG:
    """The watchdog of a replication that follows changes; after a cutover with a way back our own syncs follow."""
    back = config.cutover.rollback_window
    params = sync_params() if back else {}
    with DAG(
        schedule=config.sync.schedule, params=params, doc_md=sync_doc(config), **settings(config, "sync")
    ) as dag:
        DmsWatchOperator(migration=config.name, task_id="dms_watch")
        if back:
            SyncOperator(migration=config.name, task_id="sync")
    return dag


def build_teardown(config: MigrationConfig) -> DAG:
    """The end of a migration's AWS resources."""
    confirm = Param(
        "",
        type="string",
        title="Confirm",
        description=f"Write {config.name} here to delete what carries its tag.",
    )
    with DAG(
        schedule=None, params={"confirm": confirm}, doc_md=teardown_doc(config), **settings(config, "dms_teardown")
    ) as dag:
        DmsTeardownOperator(migration=config.name, task_id="dms_teardown")
    return dag


for _config in read_all()[0]:
    if _config.engine == "dms":
        globals()[f"{_config.name}.migrate"] = build_migrate(_config)
    if followed_by_dms(_config):
        globals()[f"{_config.name}.sync"] = build_sync(_config)
    if uses_dms(_config):
        globals()[f"{_config.name}.dms_teardown"] = build_teardown(_config)
