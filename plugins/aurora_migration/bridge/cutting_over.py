"""A cutover as its tasks do it. Each step reads the recorded state first, so any task may be cleared or die.

Nothing is changed on a server before it is recorded what is about to be. Up to the hand-over every failure ends in
`release`, which lets the source take writes again; from the hand-over on everything leads to an open target.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from aurora_migration.bridge import cutover_verifying, going_back
from aurora_migration.bridge.cutover_draining import apply_the_rest, check_still
from aurora_migration.bridge.cutover_scene import Scene, scene
from aurora_migration.bridge.endpoints import endpoint
from aurora_migration.bridge.run import Run
from aurora_migration.engine.cutover import opening, write_block
from aurora_migration.engine.schema import create_all_triggers
from aurora_migration.engine.verify.repair import drop_triggers
from aurora_migration.errors import ConfigurationError, DataMismatchError, OutcomeUnknownError, RetryableError
from aurora_migration.model.cutover import Cutover, CutoverState, closed_accounts
from aurora_migration.model.names import TableName
from aurora_migration.mysql import programs
from aurora_migration.mysql.session import Session
from aurora_migration.store import cutovers, sync

_log = logging.getLogger(__name__)


def block(run: Run, approved_by: str) -> dict[str, Any]:
    """Block writes on the source and prove it.

    Raises: StillWrittenError, MissingPrivilegeError, RetryableError.
    """
    with scene(run) as here:
        found = here.cutover()
        _check_open(found)
        if found.state is CutoverState.READY:
            cutovers.approve(here.record, run.control, run.run_id, approved_by)
            changes = write_block.intended(here.sides)
            earlier = cutovers.all_of(here.record, run.control)
            closed = closed_accounts(earlier, run.options.direction) | set(changes.target_accounts)
            changes = replace(changes, target_accounts=tuple(sorted(closed)))
            cutovers.save_changes(here.record, run.control, run.run_id, changes)
            found = replace(here.move(found, CutoverState.BLOCKING), changes=changes)
        proofs = found.reason.split("; ") if found.state is CutoverState.BLOCKED else []
        if found.state is CutoverState.BLOCKING:
            write_block.block(here.sides, found.changes)
            probe = here.way.config.cutover.probe_connection
            table = here.plan.tables[0].mapping.source if here.plan.tables else None
            proofs = write_block.prove(
                here.sides, found.changes, endpoint("probe", probe) if probe else None, table
            )
            found = here.move(found, CutoverState.BLOCKED, "; ".join(proofs))
        return {"state": str(found.state), "accounts": len(found.changes.source_accounts), "proofs": proofs}


def drain_and_verify(run: Run) -> dict[str, Any]:
    """Apply what is left and compare. Raises: DataMismatchError, RetryableError and what a sync raises."""
    with scene(run) as here:
        found = here.cutover()
        _check_open(found)
        if found.state is not CutoverState.BLOCKED:
            return {"state": str(found.state)}
        result = apply_the_rest(here)
        counts = cutover_verifying.verify_rows(run, here.forward_plan, here.record, _changed(here))
        check_still(here)
        here.move(
            found, CutoverState.VERIFIED, f"{counts['rows']} rows equal, {counts['by_checksum']} by checksum"
        )
        return {"state": str(CutoverState.VERIFIED), **result.summary(), **counts}


def hand_over(run: Run) -> dict[str, Any]:
    """Make the target complete, decide for it, and open it. Raises: OutcomeUnknownError, RetryableError."""
    if opened := _open_alone(run):
        return opened
    with scene(run) as here:
        found = here.cutover()
        _check_open(found)
        if found.state is CutoverState.VERIFIED:
            check_still(here)
            raised = opening.raise_counters(here.plan, here.source, here.target)
            findings = create_all_triggers(here.plan, here.source, here.target)
            if findings:
                raise DataMismatchError(f"triggers could not be made: {'; '.join(map(str, findings))}", findings)
            _log.info("Target complete counters_raised=%s", raised)
            if here.back is not None:
                going_back.begin_following(here.back, here.forward_plan)
            found = _decide(here, found)
        if not found.state.decided:
            raise ConfigurationError(
                f"is {found.state}",
                subject=f"cutover {run.run_id}",
                remedy="clear move_writes and what follows",
            )
        return _open_and_follow_back(here, found)


def release(run: Run) -> dict[str, Any]:
    """Let the source take writes again unless the target has been decided for; then open the target.

    Raises: RetryableError.
    """
    with Session.open(run.target) as target:
        found = cutovers.find(target, run.control, run.run_id) if run.control.exists(target) else None
    if found is None or found.state.ended:
        return {"state": str(found.state) if found else "not begun"}
    if opened := _open_alone(run):
        return opened
    with scene(run) as here:
        found = here.cutover()
        if found.state.ended:
            return {"state": str(found.state)}
        return _open_and_follow_back(here, found) if found.state.decided else _release(here, found)


def release_unfinished(run: Run) -> None:
    """Bring an earlier cutover to its end, whose tasks have all died. Raises: RetryableError."""
    with Session.open(run.target) as target:
        if not run.control.exists(target):
            return
        open_ones = [one for one in cutovers.all_of(target, run.control) if not one.state.ended]
    for one in open_ones:
        if one.run_id != run.run_id:
            _log.warning("An earlier cutover is brought to its end run_id=%s state=%s", one.run_id, one.state)
            options = replace(run.options, direction=one.direction)
            release(replace(run, run_id=one.run_id, options=options))


def _release(here: Scene, found: Cutover) -> dict[str, Any]:
    before = found.state
    if before is not CutoverState.READY:  # until then nothing was changed that could be undone
        if before is not CutoverState.RELEASING:
            found = here.move(found, CutoverState.RELEASING, found.reason)
        if before in {CutoverState.VERIFIED, CutoverState.RELEASING}:  # first: they would fire on what is applied
            _drop_triggers(here.target, {planned.target for planned in here.plan.tables})
        write_block.undo(here.sides, found.changes, found.policy)
    here.move(found, CutoverState.RELEASED, found.reason)
    _log.warning(
        "Cutover undone, the source takes writes; application accounts stay locked on the target accounts=%s",
        len(found.changes.target_accounts),
    )
    return {"state": str(CutoverState.RELEASED)}


def _drop_triggers(session: Session, tables: Collection[TableName]) -> None:
    for schema in sorted({table.schema for table in tables}):
        for table in {trigger.table for trigger in programs.triggers(session, schema)} & set(tables):
            drop_triggers(session, table)


def _decide(here: Scene, found: Cutover) -> Cutover:
    """The point of no return. A lost acknowledgement is cleared up by reading what is recorded."""
    try:
        return here.move(found, CutoverState.HANDED_OVER, "verified")
    except RetryableError:
        try:
            with Session.open(here.run.target) as fresh:
                now = cutovers.find(fresh, here.run.control, here.run.run_id)
        except RetryableError as error:
            raise OutcomeUnknownError(
                "the target does not say whether it was handed over",
                subject=f"cutover {here.run.run_id}",
                remedy=f"read state in {here.run.control.schema}.cutovers: handed-over means that the target has "
                "it, verified that it has not; the task release does, as soon as the target answers",
            ) from error
        if now is None or now.state is not CutoverState.HANDED_OVER:
            raise
        return now


def _open_alone(run: Run) -> dict[str, Any]:
    """Open a target that was decided for without the source, which may be gone; empty where that is not so.

    With a way back the old source has to be made ready first, so it is needed there.
    """
    if run.options.direction == "back" or run.config.cutover.rollback_window:
        return {}
    with Session.open(run.target) as target:
        found = cutovers.find(target, run.control, run.run_id)
        if found is None or not found.state.decided:
            return {}
        return _open(run, target, target, found)


def _open_and_follow_back(here: Scene, found: Cutover) -> dict[str, Any]:
    if here.back is not None:  # from here on the side that was the source follows, and its triggers would fire
        _drop_triggers(here.sides.source, {planned.mapping.source for planned in here.plan.tables})
    return _open(here.run, here.record, here.target, found)


def _open(run: Run, record: Session, target: Session, found: Cutover) -> dict[str, Any]:
    """Let applications in, then events run. Every step may be repeated."""
    write_block.open_target(target, found.changes)
    events = opening.enable_events(target, _events_to_run(run, record, found))
    if found.state is CutoverState.HANDED_OVER:
        _log.info("Cutover state=%s", CutoverState.OPEN)
        cutovers.move(record, run.control, found, CutoverState.OPEN, found.reason)
    done = cutovers.find(record, run.control, run.run_id)
    seconds = done.downtime_seconds if done else None
    _log.info("Target open events=%s write_downtime_seconds=%s", events, seconds)
    return {"state": str(CutoverState.OPEN), "events": events, "write_downtime_seconds": seconds}


def _events_to_run(run: Run, record: Session, found: Cutover) -> Iterable[TableName]:
    """The events of the side that is opened, which ran on the other until writes were blocked."""
    if run.options.direction == "forward":
        names = found.changes.source_events
        return [TableName(run.config.target_schema(name.schema), name.name) for name in names]
    before = {
        name
        for one in cutovers.all_of(record, run.control)
        if one.state.decided and one.direction == "forward"
        for name in one.changes.source_events
    }
    return sorted(before)


def _changed(here: Scene) -> frozenset[TableName] | None:
    """On the way back: the tables, by their names on the source, that the applications changed on the target."""
    if here.run.options.direction == "forward":
        return None
    since = max(one.started_at for one in cutovers.all_of(here.record, here.run.control) if one.state.decided)
    names = sync.changed_tables(here.target, here.way.control, since)
    back = {planned.target: planned.mapping.source for planned in here.forward_plan.tables}
    return frozenset(back[name] for name in names if name in back)


def _check_open(found: Cutover) -> None:
    if found.state in {CutoverState.RELEASED, CutoverState.RELEASING}:
        raise ConfigurationError(
            "was undone: the source takes writes", subject=f"cutover {found.run_id}", remedy="start a new run"
        )
