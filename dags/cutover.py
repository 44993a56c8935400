"""``<name>.cutover``: a person approves, writes stop, the rest is drained and proved, the target takes over."""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG

from aurora_migration.bridge.dag_text import cutover_doc
from aurora_migration.bridge.migration_files import read_all
from aurora_migration.bridge.params import cutover_params
from aurora_migration.bridge.task_text import task_doc
from aurora_migration.dms.division import followed_by_dms
from aurora_migration.model.config import MigrationConfig
from aurora_migration.operators.base import MigrationOperator
from aurora_migration.operators.cutover import (
    AnalyzeOperator,
    BlockWritesOperator,
    CutoverSummaryOperator,
    MoveWritesOperator,
    ReadinessOperator,
    ReleaseOperator,
)
from aurora_migration.operators.dms_cutover import DmsDrainOperator, DmsResumeOperator, DmsStopOperator


def build(config: MigrationConfig) -> DAG:
    """The graph of one migration's cutover."""
    name: dict[str, Any] = {"migration": config.name}
    with DAG(
        dag_id=f"{config.name}.cutover",
        schedule=None,
        catchup=False,
        max_active_runs=1,
        params=cutover_params(config),
        doc_md=cutover_doc(config),
        tags=["mysql-to-aurora", "cutover", *config.tags],
        default_args={"owner": config.owner, "retries": 2, "retry_delay": timedelta(seconds=2)},
    ) as dag:
        readiness = ReadinessOperator(**name, task_id="readiness")
        # Nobody can write while it runs: one task, since the way from one task to the next takes seconds.
        move = MoveWritesOperator(**name, task_id="move_writes", retries=4)
        first: MigrationOperator = move
        if followed_by_dms(config):
            # AWS takes its time for what is between the two, and no worker waits for it.
            first = BlockWritesOperator(**name, task_id="block_writes")
            drain = DmsDrainOperator(**name, task_id="dms_drain")
            first >> drain >> DmsStopOperator(**name, task_id="dms_stop") >> move
        if config.cutover.approval == "required":
            approve = ApprovalOperator(
                task_id="approve",
                doc_md=task_doc("approve"),
                subject=f"Cut {config.name} over to the target?",
                body="{{ ti.xcom_pull(task_ids='readiness')['table'] }}",
                defaults=ApprovalOperator.REJECT,
                response_timeout=timedelta(minutes=config.cutover.approval_minutes),
                # Airflow 3.3 goes on with the same try in a second process. An answer that comes before its
                # scheduler has seen the first one end fails the try and is lost: the next try asks again.
                retries=5,
            )
            readiness >> approve >> first
        else:
            readiness >> first
        # Teardowns run also in a run that a person marks as failed.
        release = ReleaseOperator(**name, task_id="release", retries=60).as_teardown()
        summary = CutoverSummaryOperator(**name, task_id="summary").as_teardown(on_failure_fail_dagrun=True)
        move >> release >> AnalyzeOperator(**name, task_id="analyze", trigger_rule="all_done") >> summary
        release >> summary  # which must not come before it where the task between them is skipped
        if followed_by_dms(config):
            release >> DmsResumeOperator(**name, task_id="dms_resume").as_teardown() >> summary
    return dag


for _config in read_all()[0]:
    if _config.follows_changes_natively or followed_by_dms(_config):
        globals()[f"{_config.name}.cutover"] = build(_config)
