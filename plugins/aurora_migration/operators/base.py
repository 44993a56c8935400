"""What all phases share: they are given a migration's name, never its settings or an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import BaseOperator, BaseOperatorLink, Context

from aurora_migration.bridge import summary_log
from aurora_migration.bridge.failures import translated
from aurora_migration.bridge.run import Run
from aurora_migration.bridge.task_text import task_doc
from aurora_migration.operators.page_link import MigrationPageLink


class MigrationOperator(BaseOperator):
    """Runs one phase of a migration. Subclasses implement `run_phase`."""

    own_last_lines = False  # whether the phase itself ends its log with a table
    operator_extra_links: tuple[BaseOperatorLink, ...] = (MigrationPageLink(),)

    def __init__(self, *, migration: str, **kwargs: Any) -> None:
        kwargs.setdefault("doc_md", task_doc(kwargs.get("task_id", "")))
        super().__init__(**kwargs)
        self.migration = migration

    def execute(self, context: Context) -> Any:
        with translated():
            result = self.run_phase(Run.of(self.migration, context), context)
        if not self.own_last_lines:
            self.log_result(result)
        return result

    def log_result(self, result: Any) -> None:
        """End the log with what the phase did."""
        summary = result if isinstance(result, Mapping) else {"units": len(result)} if result else {}
        summary_log.log_summary(f"Done: {self.task_id} of {self.migration}", summary)

    def run_phase(self, run: Run, context: Context) -> Any:
        """Do the phase and return its summary (JSON, a few KB at most, no secret)."""
        raise NotImplementedError
