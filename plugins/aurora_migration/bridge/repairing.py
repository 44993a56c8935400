"""Repair as a verification task does it: its own sessions, triggers out of the way and back again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from aurora_migration.bridge import report_log
from aurora_migration.bridge.loading import row_style
from aurora_migration.bridge.run import Run
from aurora_migration.engine.schema import create_triggers
from aurora_migration.engine.verify.repair import RepairContext, drop_triggers, repair_chunk
from aurora_migration.errors import ConfigurationError
from aurora_migration.model.chunk import Chunk
from aurora_migration.model.config import RepairMode, VerificationLevel
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import prepare

_log = logging.getLogger(__name__)
_DONE: Final = {
    RepairMode.REVIEW: "What to do: read the statements in the run's incidents; apply them, or repair with apply",
    RepairMode.APPLY: "What to do: nothing, the chunk is compared again; ask who wrote to the target",
}


def repair_range(run: Run, plan: MigrationPlan, planned: PlannedTable, chunks: Sequence[Chunk]) -> None:
    """Repair (or write down how to repair) the chunks of one key range."""
    if run.options.level is not VerificationLevel.CHECKSUM:
        raise ConfigurationError(
            "repair needs to know which rows differ",
            subject=f"migration {run.config.name}",
            remedy="choose verification_level checksum",
        )
    with run.sessions(local_infile=True) as (source, target), RowReader(run.source) as reader:
        style = row_style(run, target)
        prepare(target)
        context = RepairContext(source, reader, target, run.control, run.run_id, style, run.options.repair)
        dropped = drop_triggers(target, planned.target) if run.options.repair is RepairMode.APPLY else 0
        try:
            for chunk in chunks:
                if rows := repair_chunk(context, planned, chunk):
                    words = _DONE[run.options.repair]
                    _log.warning("Repair mode=%s chunk=%s rows=%s %s", run.options.repair, chunk, rows, words)
        finally:
            if dropped:
                _restore_triggers(run, plan, planned, source)


def _restore_triggers(run: Run, plan: MigrationPlan, planned: PlannedTable, source: Session) -> None:
    with Session.open(run.target) as fresh:
        report_log.log_findings(create_triggers(plan, planned.mapping.source, source, fresh))
