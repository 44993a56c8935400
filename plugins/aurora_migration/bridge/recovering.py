"""Back to strict changes from a stopped table, or from a binlog position that the source no longer has.

Tables are marked as stopped first, so that a process that dies here leaves them so. Then their rows are compared
with the live source and rewritten where they differ, while nobody applies changes. The changes between the
checkpoint and the end of that are applied by key, since the rewritten rows may or may not hold them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from aurora_migration.bridge import going_back
from aurora_migration.bridge.resyncing import resync_tables
from aurora_migration.bridge.run import Run
from aurora_migration.engine.cdc.following import take_apply_lock
from aurora_migration.engine.cdc.lag import source_position
from aurora_migration.errors import ConfigurationError
from aurora_migration.model.names import TableName
from aurora_migration.model.sync import Checkpoint, SyncState, TableMode, TableSync, Until
from aurora_migration.mysql.position import read_facts
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.snapshot import position_before_load
from aurora_migration.store import sync

_log = logging.getLogger(__name__)
ALL = "*"


def resync(run: Run) -> dict[str, Any]:
    """Compare and rewrite the tables that the run asks for; nothing if it asks for none.

    With ``*`` the checkpoint begins anew at the source's present position. Raises: ConfigurationError, and what
    `resync_tables` raises.
    """
    if not run.options.resync:
        return {}
    going_back.refuse_after_hand_over(run)
    with run.sessions() as (source, target):
        take_apply_lock(target, run.config.name)
        names = _wanted(run, sync.tables(target, run.control))
        _stop(run, names, source, target)
        counts = resync_tables(run, names)
        until = Until.of(source_position(source))
        with target.transaction():
            for name, mode in sync.tables(target, run.control).items():
                if name in names and mode.mode is TableMode.STOPPED:  # keyless ones have a position of their own
                    sync.save_table(target, run.control, TableSync(name, TableMode.OVERLAP, until))
    _log.info("Resynced tables=%s counts=%s", len(names), counts)
    return counts


def _wanted(run: Run, known: dict[TableName, TableSync]) -> Sequence[TableName]:
    if ALL in run.options.resync:
        return sorted(known)
    names = {str(name): name for name in known}
    unknown = sorted(set(run.options.resync) - set(names))
    if unknown:
        raise ConfigurationError(
            f"no table whose changes are followed: {', '.join(unknown)}",
            subject=f"migration {run.config.name}",
            remedy="name them schema.table, as on the source, or * for all",
        )
    return sorted(names[text] for text in set(run.options.resync))


def _stop(run: Run, names: Sequence[TableName], source: Session, target: Session) -> None:
    """Nobody applies changes to these tables from here on."""
    with target.transaction():
        for name in names:
            sync.save_table(target, run.control, TableSync(name, TableMode.STOPPED))
        if ALL in run.options.resync:
            facts = read_facts(source)
            position = position_before_load(source) or source_position(source)
            begin = Checkpoint(position, facts.by_gtid, facts.uuid, SyncState.RUNNING)
            sync.start_checkpoint(target, run.control, begin)
