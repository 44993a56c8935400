"""What all phases share: they are given a migration's name, never its settings or an endpoint."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator, Context

from aurora_migration.bridge.failures import translated
from aurora_migration.bridge.run import Run


class MigrationOperator(BaseOperator):
    """Runs one phase of a migration. Subclasses implement `run_phase`."""

    def __init__(self, *, migration: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.migration = migration

    def execute(self, context: Context) -> Any:
        with translated():
            return self.run_phase(Run.of(self.migration, context), context)

    def run_phase(self, run: Run, context: Context) -> Any:
        """Do the phase and return its summary (JSON, a few KB at most, no secret)."""
        raise NotImplementedError
