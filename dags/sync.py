"""``<name>.sync``: brings the target up to the source, on the migration's schedule or by hand."""

from datetime import timedelta

from airflow.sdk import DAG

from aurora_migration.bridge.dag_text import sync_doc
from aurora_migration.bridge.migration_files import read_all
from aurora_migration.bridge.params import sync_params
from aurora_migration.bridge.task_text import task_doc
from aurora_migration.model.config import MigrationConfig
from aurora_migration.operators.sync import (
    CompareAndRewriteOperator,
    ComparePlanOperator,
    SyncDoneOperator,
    SyncOperator,
    tables_alias,
)


def build(config: MigrationConfig) -> DAG:
    """The graph of one migration's syncs."""
    with DAG(
        dag_id=f"{config.name}.sync",
        schedule=config.sync.schedule,
        catchup=False,
        max_active_runs=1,
        params=sync_params() if config.sync.strategy == "binlog" else {},
        doc_md=sync_doc(config),
        tags=["mysql-to-aurora", "sync", *config.tags],
        default_args={
            "owner": config.owner,
            "retries": 4,
            "retry_delay": timedelta(seconds=5),
            "retry_exponential_backoff": 2,
            "max_retry_delay": timedelta(minutes=2),
        },
    ) as dag:
        if config.sync.strategy == "checksum":
            _by_checksum(config)
        else:
            SyncOperator(migration=config.name, task_id="sync")
    return dag


def _by_checksum(config: MigrationConfig) -> None:
    plan = ComparePlanOperator(migration=config.name, task_id="plan")
    units = CompareAndRewriteOperator.partial(
        migration=config.name,
        task_id="compare_and_rewrite",
        outlets=[tables_alias(config.name)],
        doc_md=task_doc("compare_and_rewrite"),
        max_active_tis_per_dagrun=config.load.parallel_units,
        map_index_template="{{ task.unit['label'] }}",
    ).expand(unit=plan.output)
    plan >> units >> SyncDoneOperator(migration=config.name, task_id="done", trigger_rule="all_done")


for _config in read_all()[0]:
    if _config.follows_changes and (_config.cdc_engine or _config.engine) == "native":
        globals()[f"{_config.name}.sync"] = build(_config)
