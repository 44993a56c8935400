"""Following the source's changes as tasks do it: where to begin, the catch-up after a load, and each sync."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from airflow.sdk.exceptions import AirflowSkipException

from aurora_migration.bridge import dms_draining, outcomes
from aurora_migration.bridge.loading import row_style
from aurora_migration.bridge.progress import ProgressLog
from aurora_migration.bridge.run import Run
from aurora_migration.bridge.versions import versions
from aurora_migration.dms.division import followed_by_dms
from aurora_migration.engine.cdc.following import SyncContext, follow, take_apply_lock
from aurora_migration.engine.cdc.lag import source_position
from aurora_migration.engine.plan import fingerprint
from aurora_migration.errors import ConfigurationError, DataMismatchError, MissingPrivilegeError, RetryableError
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint, SyncResult, SyncState, TableMode, TableSync, Until
from aurora_migration.mysql.position import read_facts
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.snapshot import position_before_load
from aurora_migration.mysql.transactions import detached_transactions
from aurora_migration.store import cutovers, load, runs, sync

_log = logging.getLogger(__name__)
_KEPT_DAYS: Final = 14


def begin(run: Run, source: Session, target: Session) -> Position:
    """Decide where changes are followed from, before the first row of a load is read; syncs wait from here on.

    The checkpoint of an earlier load stays: what it loaded needs the changes from there.

    Raises: ConfigurationError.
    """
    take_apply_lock(target, run.config.name)
    _check_prepared(source)
    position = position_before_load(source)
    if position is None:
        position = source_position(source)  # says what is missing
    loaded = any(state.started for state in load.tables(target, run.control))
    found = sync.checkpoint(target, run.control)
    if not loaded:
        facts = read_facts(source)
        sync.start_checkpoint(target, run.control, Checkpoint(position, facts.by_gtid, facts.uuid))
        return position
    if found is None:
        raise ConfigurationError(
            "its tables were loaded while no changes were followed",
            subject=f"migration {run.config.name}",
            remedy="start a new run with target_table_prep_mode truncate-before-load or drop-and-create",
        )
    sync.set_state(target, run.control, SyncState.LOADING)
    return found.position


def _check_prepared(source: Session) -> None:
    """A transaction that is prepared now is in the binlog before the position and not yet in the rows.

    Raises: RetryableError.
    """
    with contextlib.suppress(MissingPrivilegeError):
        if rows := detached_transactions(source):
            raise RetryableError(
                f"{len(rows)} prepared XA transactions are undecided, the oldest since {rows[0]['started']}",
                subject=source.endpoint.label,
                remedy="commit them or roll them back on the source: XA RECOVER lists them",
            )


def catch_up(run: Run) -> dict[str, Any]:
    """Apply what happened during the load, before unique indexes and foreign keys are there.

    Raises: DataMismatchError if a table had to be stopped, and what `follow` raises.
    """
    with run.sessions() as (source, target):
        until = Until.of(source_position(source))
        for planned in run.plan(source).tables:
            mode = TableMode.OVERLAP if planned.table.chunk_key else TableMode.STRICT
            end = until if planned.table.chunk_key else None
            sync.add_table(target, run.control, TableSync(planned.mapping.source, mode, end))
    result = _follow(run, during_load=True)
    if not result.reached:
        raise RetryableError(
            "the target has not caught up with the load's end", subject=f"migration {run.config.name}"
        )
    with Session.open(run.target) as target:
        sync.set_state(target, run.control, SyncState.RUNNING)
    check_stopped(run, result)
    return result.summary()


def not_ready(run: Run) -> str:
    """Why there is nothing to sync yet, or an empty text."""
    with Session.open(run.target) as target:
        found = sync.checkpoint(target, run.control) if run.control.exists(target) else None
        known = cutovers.all_of(target, run.control) if found else ()
    decided = [one for one in known if one.state.decided]
    if followed_by_dms(run.config) and not decided:
        return "AWS DMS follows the changes: dms_watch looks after it"
    if found is None:
        return f"nothing is loaded yet: run {run.config.name}.migrate first"
    if decided and decided[0].direction == "forward" and not run.config.cutover.rollback_window:
        return f"the target was handed over by the cutover {decided[0].run_id}: it follows the source no more"
    if under_way := [one.run_id for one in known if one.state.under_way]:
        return f"the cutover {under_way[0]} is under way: it applies the last changes itself"
    if found.state is SyncState.LOADING:
        return f"{run.config.name}.migrate is loading, or stopped on the way: syncs go on when it has caught up"
    return ""


def not_loaded(run: Run) -> str:
    """Why there is nothing to compare yet, or an empty text."""
    with Session.open(run.target) as target:
        if run.control.exists(target) and any(state.complete for state in load.tables(target, run.control)):
            return ""
    return f"nothing is loaded yet: run {run.config.name}.migrate first"


def close_compared(run: Run, states: Mapping[str, str]) -> dict[str, Any]:
    """End a sync by checksum. Raises: DataMismatchError if some unit was not compared."""
    if set(states.values()) == {"skipped"}:
        raise AirflowSkipException("there was nothing to compare")
    open_ones = outcomes.unfinished(states)
    with Session.open(run.target) as target:
        runs.finish_run(target, run.control, run.run_id, "failed" if open_ones else "success")
        runs.forget_syncs(target, run.control, _KEPT_DAYS)
    if open_ones:
        raise DataMismatchError(
            f"not compared: {', '.join(sorted(open_ones))}", remedy="see the log of the first task that failed"
        )
    return {"units": len(states) - 1}


@contextlib.contextmanager
def recorded(run: Run, phase: str) -> Iterator[dict[str, Any]]:
    """Record a phase of a sync as its run, and forget those of two weeks ago."""
    with run.sessions() as (source, target):
        runs.start_run(target, run.control, run.run_id, "sync", run.options_json(), versions(source, target))
        runs.forget_syncs(target, run.control, _KEPT_DAYS)
        state = "failed"
        try:
            with run.phase(target, phase) as summary:
                yield summary
            state = "success"
        finally:
            with Session.open(run.target) as fresh:
                runs.finish_run(fresh, run.control, run.run_id, state)


def sync_once(run: Run, acknowledged: str = "") -> SyncResult:
    """Catch up to where the source is now, or until the migration's time for a sync is over."""
    deadline = time.monotonic() + run.config.sync.max_seconds
    result = _follow(run, acknowledged=acknowledged, deadline=lambda: time.monotonic() >= deadline)
    if result.altered:
        _accept_definitions(run, result.altered)
    return result


def settle(run: Run) -> Callable[[], None] | None:
    """What brings the target up to the source's present position; None if the migration follows no changes."""
    if not run.config.follows_changes_natively:
        return dms_draining.settle(run) if followed_by_dms(run.config) else None

    def caught_up() -> None:
        _follow(run)

    return caught_up


def _follow(
    run: Run,
    *,
    acknowledged: str = "",
    during_load: bool = False,
    deadline: Callable[[], bool] = lambda: False,
) -> SyncResult:
    with Session.open(run.target) as target:
        style = row_style(run, target)
    context = SyncContext(
        run.source,
        run.target,
        run.config,
        run.run_id,
        style,
        ProgressLog(),
        acknowledged=acknowledged,
        during_load=during_load,
    )
    result = follow(context, None, deadline)
    _log.info(
        "Synced transactions=%(transactions)s row_changes=%(row_changes)s tables=%(tables)s reached=%(reached)s "
        "lag_seconds=%(lag_seconds)s lag_bytes=%(lag_bytes)s position=%(position)s",
        result.summary(),
    )
    return result


def check_stopped(run: Run, result: SyncResult) -> None:
    """Raises: DataMismatchError if tables are stopped: they need a person, while the others go on."""
    if result.stopped:
        names = ", ".join(map(str, result.stopped))
        raise DataMismatchError(
            f"{len(result.stopped)} tables are stopped, the others are up to date: {names}",
            remedy=f"the incidents say why; trigger {run.config.name}.sync with resync set to these tables",
        )


def _accept_definitions(run: Run, altered: tuple[TableName, ...]) -> None:
    """What was applied of DDL is the definition that the tables are verified by from now on."""
    with run.sessions() as (source, target):
        plan: MigrationPlan = run.plan(source)
        for planned in plan.tables:
            if planned.mapping.source in altered:
                table = planned.table
                load.save_table(
                    target,
                    run.control,
                    run.run_id,
                    planned.mapping,
                    fingerprint(planned),
                    table.row_estimate,
                    table.data_bytes,
                )
