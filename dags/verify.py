"""``<name>.verify``: compares again what ``<name>.migrate`` moved, by hand or on a schedule."""

from datetime import timedelta

from airflow.sdk import DAG

from aurora_migration.bridge.dag_text import verify_doc
from aurora_migration.bridge.migration_files import read_all
from aurora_migration.bridge.params import verify_params
from aurora_migration.bridge.task_text import task_doc
from aurora_migration.model.config import MigrationConfig
from aurora_migration.operators.verify import (
    ReportOperator,
    VerifyObjectsOperator,
    VerifyPlanOperator,
    VerifyRowsOperator,
)


def build(config: MigrationConfig) -> DAG:
    """The graph of one migration's verification."""
    name = config.name
    with DAG(
        dag_id=f"{config.name}.verify",
        schedule=config.verification.schedule,
        catchup=False,
        max_active_runs=1,
        max_active_tasks=max(16, config.load.parallel_units + 2),
        params=verify_params(config),
        doc_md=verify_doc(config),
        tags=["mysql-to-aurora", "verify", *config.tags],
        default_args={
            "owner": config.owner,
            "retries": 2,
            "retry_delay": timedelta(seconds=10),
        },
    ) as dag:
        plan = VerifyPlanOperator(migration=name, task_id="plan")
        rows = VerifyRowsOperator.partial(
            migration=name,
            task_id="verify_rows",
            doc_md=task_doc("verify_rows"),
            max_active_tis_per_dagrun=config.load.parallel_units,
            map_index_template="{{ task.unit['label'] }}",
        ).expand(unit=plan.output)
        report = ReportOperator(migration=name, task_id="report", trigger_rule="all_done")
        plan >> [rows, VerifyObjectsOperator(migration=name, task_id="verify_objects")] >> report
    return dag


for _config in read_all()[0]:
    globals()[f"{_config.name}.verify"] = build(_config)
