"""What is left to apply once writes are blocked, and the proof afterwards that nothing came behind it.

Our own engine applies the rest by itself. Where AWS DMS follows, it has applied the rest and rests; our engine
takes over at the position that DMS was drained to, and must find no change behind it.
"""

from __future__ import annotations

from aurora_migration.bridge import dms_draining, following, going_back
from aurora_migration.bridge.cutover_scene import Scene
from aurora_migration.errors import DataMismatchError, RetryableError
from aurora_migration.model.sync import SyncResult
from aurora_migration.mysql.transactions import detached_transactions
from aurora_migration.store import prepared


def apply_the_rest(here: Scene) -> SyncResult:
    """Bring the target up to the blocked source. Raises: DataMismatchError, RetryableError, what a sync raises."""
    taken_over = going_back.dms_follows(here.run, here.record)
    if taken_over:
        dms_draining.take_over(here.run, here.forward_plan, here.record)
    result = following.sync_once(here.way)
    if not result.reached:
        raise RetryableError("the target has not caught up yet", subject=f"migration {here.run.config.name}")
    following.check_stopped(here.way, result)
    if taken_over:
        _check_nothing_changed(result)
    return result


def check_still(here: Scene) -> None:
    """Apply what there may be; there must be nothing. Raises: DataMismatchError and what a sync raises."""
    if going_back.dms_follows(here.run, here.record):
        dms_draining.check_at_rest(here.run)
    _check_nothing_changed(following.sync_once(here.way))
    undecided = list(prepared.undecided(here.target, here.way.control))
    if going_back.dms_follows(here.run, here.record):  # what was prepared before we read on has not been read
        rows = detached_transactions(here.sides.source)
        undecided += [f"since {row['started']}" for row in rows]
    if undecided:
        raise DataMismatchError(
            f"prepared XA transactions are undecided, and nobody can commit them now: {', '.join(undecided)}",
            remedy="commit them or roll them back on the source when it takes writes again, then start a new run",
        )


def _check_nothing_changed(result: SyncResult) -> None:
    if result.row_changes:
        names = ", ".join(sorted(map(str, result.row_changes)))
        raise DataMismatchError(
            f"rows changed although writes are blocked: {names}",
            remedy="find who writes on the blocked side: an account beyond cutover.accounts, or above read_only",
        )
