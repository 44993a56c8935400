"""One sync: reads the source's binlog from the checkpoint and applies it, until a position or a deadline.

One process at a time holds the migration's apply lock on the target; should two believe that they hold it, the
checkpoint lets only one of them commit. A lost connection or a lock that another session holds is tried again from
the checkpoint. A table that is not what strict changes expect is stopped with an incident, and the others go on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from aurora_migration.engine.cdc.applying import Applier, ApplyContext
from aurora_migration.engine.cdc.ddl import DdlJudgement
from aurora_migration.engine.cdc.ddl_apply import apply_ddl
from aurora_migration.engine.cdc.definitions import Definitions
from aurora_migration.engine.cdc.lag import has_reached, lag_of, source_position
from aurora_migration.engine.cdc.statements import Statements
from aurora_migration.engine.cdc.tally import Tally
from aurora_migration.engine.cdc.writing import StrayRowsError
from aurora_migration.errors import ConfigurationError, PositionLostError, RetryableError
from aurora_migration.model.change import Begin, BinlogItem, End, RowChange, Statement
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.model.progress import Progress
from aurora_migration.model.sync import Checkpoint, SyncResult, SyncState, TableMode, TableSync, order, place_of
from aurora_migration.model.sync_identity import replica_id, replica_name
from aurora_migration.mysql.binlog.reader import BinlogReader
from aurora_migration.mysql.binlog.stream import DumpStream, Replica
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.position import ServerFacts, read_facts
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import prepare
from aurora_migration.sql.library import statement
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import sync
from aurora_migration.store.control import Control
from aurora_migration.store.incidents import save_incident

_log = logging.getLogger(__name__)
_ATTEMPTS: Final = 6  # without any progress between them
_FIRST_DELAY_SECONDS: Final = 0.5
_LOCK_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class SyncContext:
    """What a sync needs. ``during_load`` is true for the catch-up of a full load only."""

    source: Endpoint
    target: Endpoint
    config: MigrationConfig
    run_id: str
    style: RowStyle
    on_progress: Callable[[Progress], None]
    acknowledged: str = ""
    during_load: bool = False
    sleep: Callable[[float], None] = time.sleep

    @property
    def control(self) -> Control:
        return Control(self.config.control_schema, self.config.name)


def follow(context: SyncContext, goal: Position | None, deadline: Callable[[], bool]) -> SyncResult:
    """Apply until ``goal`` (None: where the source is now) or until ``deadline()`` is true.

    Raises: SyncPausedError, PositionLostError, BinlogError, SchemaMismatchError, ConfigurationError,
    RetryableError.
    """
    tally = Tally(context.on_progress)
    done, attempt = -1, 0
    while True:
        try:
            return _follow(context, goal, deadline, tally)
        except RetryableError as error:
            attempt = attempt + 1 if done == tally.transactions else 1
            done = tally.transactions
            if attempt >= _ATTEMPTS or deadline():
                raise
            delay = _FIRST_DELAY_SECONDS * 2**attempt
            _log.warning(
                "Sync is tried again from its checkpoint attempt=%s of=%s seconds=%s error=%s What to do: "
                "nothing, unless all attempts fail",
                attempt,
                _ATTEMPTS,
                delay,
                error,
            )
            context.sleep(delay)


def take_apply_lock(target: Session, migration: str, seconds: int = _LOCK_SECONDS) -> None:
    """Be the one process that moves the checkpoint, until this session ends. Raises: RetryableError."""
    values = {"name": f"mysql-to-aurora.{migration}", "seconds": seconds}
    if target.scalar(statement("cdc/apply_lock"), values) != 1:
        raise RetryableError("another process is applying its changes", subject=f"migration {migration}")


def _follow(context: SyncContext, goal: Position | None, deadline: Callable[[], bool], tally: Tally) -> SyncResult:
    with (
        Session.open(context.source) as source,
        Session.open(context.target, local_infile=context.style is RowStyle.LOAD_DATA) as target,
        Session.open(context.target) as looking,
    ):
        prepare(target)
        target.set_variable("foreign_key_checks", 0)  # which has to succeed: cascades are in the binlog as rows
        target.set_variable("unique_checks", 1)  # 0 may leave entries of unique indexes unchecked
        take_apply_lock(target, context.config.name)
        facts, asked_at = read_facts(source), tally.wall()
        aim = goal or source_position(source)
        altered: set[TableName] = set()
        while True:
            checkpoint = _checkpoint(context, target, facts)
            modes = sync.tables(target, context.control)
            if has_reached(checkpoint, aim):
                break
            sweep = _Sweep(context, source, target, looking, tally, modes, checkpoint, facts)
            finished = sweep.run(aim, deadline)
            altered |= sweep.statements.altered
            if finished:
                checkpoint = sweep.applier.checkpoint
                break
        lag = lag_of(source, checkpoint, facts, tally, asked_at if has_reached(checkpoint, aim) else None)
    stopped = tuple(name for name, mode in modes.items() if mode.mode is TableMode.STOPPED)
    return SyncResult(
        checkpoint.position,
        has_reached(checkpoint, aim),
        tally.transactions,
        dict(tally.row_changes),
        tally.seconds,
        *lag,
        stopped,
        tuple(sorted(altered)),
    )


def _checkpoint(context: SyncContext, target: Session, facts: ServerFacts) -> Checkpoint:
    name = context.config.name
    found = sync.checkpoint(target, context.control) if context.control.exists(target) else None
    if found is None:
        raise ConfigurationError(
            "its changes are not followed yet", subject=f"migration {name}", remedy=f"run {name}.migrate first"
        )
    if found.state is SyncState.LOADING and not context.during_load:
        raise RetryableError("a full load is going on", subject=f"migration {name}")
    if not found.by_gtid and found.source_uuid != facts.uuid:
        raise PositionLostError(
            "the source is another server now, and without GTIDs a position means nothing to it",
            subject=f"migration {name}",
            remedy=f"trigger {name}.sync with resync *: it compares all chunks and rewrites rows that differ",
        )
    return found


class _Sweep:
    """Reads and applies once, from a checkpoint on. ``target`` may be busy writing while ``looking`` is asked."""

    def __init__(
        self,
        context: SyncContext,
        source: Session,
        target: Session,
        looking: Session,
        tally: Tally,
        modes: dict[TableName, TableSync],
        checkpoint: Checkpoint,
        facts: ServerFacts,
    ) -> None:
        self._context, self._target, self._checkpoint = context, target, checkpoint
        self._source, self._modes = source, modes
        control, rows = context.control, context.config.sync.transaction_rows
        self._definitions = Definitions(looking, context.config, modes)
        apply = ApplyContext(target, control, context.run_id, context.style, rows, modes, self._definitions, tally)
        self.applier = Applier(apply, checkpoint, same_server=facts.uuid == checkpoint.source_uuid)
        self.statements = Statements(
            self.applier,
            looking,
            control,
            context.config,
            modes,
            self._definitions,
            context.acknowledged,
            self._ddl,
        )

    def run(self, aim: Position, deadline: Callable[[], bool]) -> bool:
        """False if a table had to be stopped: then the rest is to be read again from the checkpoint."""
        applier, goal = self.applier, order(place_of(aim))

        def stop() -> bool:
            place = applier.place
            return (place is not None and order(place) >= goal) or deadline()

        config, checkpoint = self._context.config, self._checkpoint
        replica = Replica(replica_id(config), replica_name(config))
        start, by_gtid = checkpoint.position, checkpoint.by_gtid
        with DumpStream(self._context.source, replica, start, by_gtid=by_gtid) as stream:
            reader = BinlogReader(stream, start, self._definitions.find, by_gtid=by_gtid, stop=stop)
            try:
                self._take(reader, reader)
                applier.finish(reader.position)
            except StrayRowsError as error:
                self._stop_table(error)
                return False
            finally:
                applier.close()
        return True

    def _take(self, items: Iterable[BinlogItem], reader: BinlogReader) -> None:
        applier = self.applier
        for item in items:
            if isinstance(item, RowChange):
                applier.change(item)
            elif isinstance(item, End):
                applier.end(item)
            elif isinstance(item, Begin):
                applier.begin(item, reader.place)
            else:
                self.statements.take(item)

    def _stop_table(self, error: StrayRowsError) -> None:
        """Record the incident; the table's changes are passed over from the checkpoint on."""
        keys = self.applier.abandon(error.table)
        words = [error.words, *keys, f"in front of {self.applier.checkpoint.position}"]
        _log.error("Table stopped table=%s incident=%s", error.table, "; ".join(words[:4]))
        with self._target.transaction():
            sync.save_table(self._target, self._context.control, TableSync(error.table, TableMode.STOPPED))
            save_incident(
                self._target, self._context.control, self._context.run_id, str(error.table), "stopped", words, ()
            )

    def _ddl(self, found: DdlJudgement, statement: Statement) -> None:
        with Session.open(self._context.target) as session:
            apply_ddl(found, statement, self._context.config, self._source, session)
