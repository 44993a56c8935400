"""The comparison of rows within a cutover: nobody writes, so both sides stand still, and every second counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from aurora_migration.bridge import going_back, report_log
from aurora_migration.bridge.progress import ProgressLog
from aurora_migration.bridge.run import Run
from aurora_migration.engine.verify.rows import VerifyContext, verify_range
from aurora_migration.errors import DataMismatchError
from aurora_migration.model.chunk import KeyRange, leading
from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.report import TableVerdict, Verdict
from aurora_migration.mysql.session import Session
from aurora_migration.store import load, runs, sync, verdicts
from aurora_migration.store.chunks import chunks

_FINE = frozenset({Verdict.EQUAL, Verdict.DEGRADED})
LevelOf = Callable[[TableName], VerificationLevel]


def verify_rows(
    run: Run, plan: MigrationPlan, target: Session, changed: frozenset[TableName] | None = None
) -> dict[str, int]:
    """Compare all tables as the migration file says; ``changed`` are those that changed, where that is known.

    Raises: DataMismatchError, RetryableError.
    """
    level = _levels(run, target, changed)
    known = {planned.mapping.source for planned in plan.tables}
    parts = [part for part in load.ranges(target, run.control) if part.table in known]
    workers = max(1, min(run.config.load.parallel_units, len(parts)))
    shares = [parts[start::workers] for start in range(workers)]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        found = [
            one for share in pool.map(lambda share: _verify(run, plan, share, level), shares) for one in share
        ]
    report_log.log_verdicts(found)
    bad = [verdict for verdict in found if verdict.verdict not in _FINE]
    missing = sorted(str(name) for name in known - {part.table for part in parts})
    if bad or missing:
        names = ", ".join(sorted({verdict.source for verdict in bad}) + missing)
        raise DataMismatchError(
            f"rows differ, or were never loaded: {names}", found, remedy="see the warnings above"
        )
    checksums = sum(verdict.level == VerificationLevel.CHECKSUM for verdict in found)
    return {"ranges": len(found), "by_checksum": checksums, "rows": sum(verdict.source_rows for verdict in found)}


def _levels(run: Run, target: Session, changed: frozenset[TableName] | None) -> LevelOf:
    """How deep each table is compared: what changed since it was last proved equal is looked at again."""
    asked = run.config.cutover.verification
    if asked != "changed":
        return lambda _: VerificationLevel(asked)
    if changed is None and going_back.dms_follows(run, target):  # it does not tell reliably what it changed
        return lambda _: VerificationLevel.CHECKSUM
    if changed is None:
        proved = runs.last_proved(target, run.control)
        if proved is None:
            return lambda _: VerificationLevel.CHECKSUM
        changed = sync.changed_tables(target, run.control, proved[0])
    known = changed
    return lambda name: VerificationLevel.CHECKSUM if name in known else VerificationLevel.ROW_COUNT


def _verify(run: Run, plan: MigrationPlan, parts: Sequence[KeyRange], level: LevelOf) -> list[TableVerdict]:
    found = []
    with run.sessions() as (source, target):
        for part in parts:
            context = VerifyContext(source, target, level(part.table), ProgressLog())
            recorded = leading(part, chunks(target, run.control, part))
            verdict = verify_range(context, plan.table(part.table), part, recorded)
            verdicts.save_verdict(target, run.control, run.run_id, part.table, part.number, verdict)
            found.append(verdict)
    return found
