"""``<name>.migrate``: one DAG for every valid migration file."""

from datetime import timedelta

from airflow.sdk import DAG

from aurora_migration.bridge.dag_text import migrate_doc
from aurora_migration.bridge.migration_files import read_all
from aurora_migration.bridge.params import migrate_params
from aurora_migration.bridge.task_text import task_doc
from aurora_migration.model.config import MigrationConfig, MigrationType
from aurora_migration.operators.accounts import AccountsOperator
from aurora_migration.operators.load import LoadOperator, PlanOperator, PositionOperator
from aurora_migration.operators.preflight import PreflightOperator
from aurora_migration.operators.schema import ObjectsOperator, SchemaWave1Operator, SchemaWave2Operator
from aurora_migration.operators.sync import CatchUpOperator, CompareAndRewriteOperator
from aurora_migration.operators.verify import ReportOperator, VerifyObjectsOperator, VerifyRowsOperator


def build(config: MigrationConfig) -> DAG:
    """The graph of one migration."""
    name = config.name
    with DAG(
        dag_id=f"{config.name}.migrate",
        schedule=None,
        catchup=False,
        max_active_runs=1,
        max_active_tasks=max(16, config.load.parallel_units + 2),  # Airflow's default of 16 would hold units back
        params=migrate_params(config),
        doc_md=migrate_doc(config),
        tags=["mysql-to-aurora", "migrate", *config.tags],
        default_args={
            "owner": config.owner,
            "retries": 4,
            "retry_delay": timedelta(seconds=5),
            "retry_exponential_backoff": 2,
            "max_retry_delay": timedelta(minutes=5),
        },
    ) as dag:
        parallel = config.load.parallel_units
        plan = PlanOperator(migration=name, task_id="plan")
        # With type cdc the rows are there already, and those that differ are rewritten.
        moves_rows = CompareAndRewriteOperator if config.type is MigrationType.CDC else LoadOperator
        load = moves_rows.partial(
            migration=name,
            task_id="load",
            doc_md=task_doc("load"),
            max_active_tis_per_dagrun=parallel,
            map_index_template="{{ task.unit['label'] }}",
        ).expand(unit=plan.output)
        verify_rows = VerifyRowsOperator.partial(
            migration=name,
            task_id="verify_rows",
            doc_md=task_doc("verify_rows"),
            max_active_tis_per_dagrun=parallel,
            map_index_template="{{ task.unit['label'] }}",
        ).expand(unit=plan.output)
        accounts = AccountsOperator(migration=name, task_id="accounts")
        second_wave = SchemaWave2Operator(migration=name, task_id="schema_wave_2")
        if config.follows_changes_natively:
            load >> CatchUpOperator(migration=name, task_id="catch_up") >> second_wave
        else:
            load >> second_wave
        (
            PreflightOperator(migration=name, task_id="preflight")
            >> SchemaWave1Operator(migration=name, task_id="schema_wave_1")
            >> PositionOperator(migration=name, task_id="position")
            >> plan
        )
        (
            second_wave
            >> ObjectsOperator(migration=name, task_id="objects")
            >> accounts
            >> [verify_rows, VerifyObjectsOperator(migration=name, task_id="verify_objects")]
            >> ReportOperator(migration=name, task_id="report", trigger_rule="all_done")
        )
    return dag


for _config in read_all()[0]:
    if _config.engine == "native":
        globals()[f"{_config.name}.migrate"] = build(_config)
