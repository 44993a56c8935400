"""Applies source transactions to the target: merged in batches, rows and checkpoint in one target transaction.

A source transaction counts once its end has been read, so its changes wait in memory; one that grows too large for
that gets a target transaction of its own and is written piece by piece. A source transaction is never split over
two target transactions. A process that dies leaves the checkpoint where its last commit put it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from aurora_migration.engine.cdc.behind import Behind
from aurora_migration.engine.cdc.definitions import Definitions
from aurora_migration.engine.cdc.tally import Tally
from aurora_migration.engine.cdc.transaction import SourceTransaction
from aurora_migration.engine.cdc.waiting import WaitingChanges
from aurora_migration.model.change import Begin, End, Outcome, RowChange
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint, Place, SyncState, TableMode, TableSync, Until
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import identifier, raw
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import prepared, sync
from aurora_migration.store.control import Control

_BATCH_BYTES: Final = 16 << 20
_BATCH_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class ApplyContext:
    """What applying needs; ``session`` is set up for bulk writing and holds the migration's apply lock."""

    session: Session
    control: Control
    run_id: str
    style: RowStyle
    rows: int
    modes: dict[TableName, TableSync]
    definitions: Definitions
    tally: Tally
    clock: Callable[[], float] = time.monotonic


class Applier:
    """Takes what the reader yields, in order."""

    def __init__(self, context: ApplyContext, checkpoint: Checkpoint, *, same_server: bool) -> None:
        self.checkpoint = checkpoint
        self._context = context
        self._session = context.session
        self._same_server = same_server
        self._windows = {mode.until for mode in context.modes.values() if mode.until}
        self._waiting = WaitingChanges(
            context.session, context.style, context.modes, context.definitions, self._begin_on_target
        )
        self._waiting_bytes = 0
        self._read = SourceTransaction()
        self._last: End | None = None  # the newest transaction that the next commit covers
        self._transactions = 0
        self._open = False  # a target transaction
        self._alone = False  # it holds a single source transaction, which has not ended
        self._spooled = 0
        self._since = context.clock()
        self._behind = Behind()

    def close(self) -> None:
        """End what is being written; nothing of it is committed."""
        self._behind.close()

    @property
    def transaction(self) -> SourceTransaction:
        """What is being read."""
        return self._read

    @property
    def place(self) -> Place | None:
        """Where the newest transaction ends."""
        return (self._last.file, self._last.offset) if self._last else None

    def begin(self, item: Begin, place: Place) -> None:
        """A source transaction begins; ``place`` is behind the event that says so."""
        self._read = SourceTransaction.of(item, place if self._same_server else None)
        for until in [one for one in self._windows if not one.covers(item.gtid, self._read.begun_at)]:
            self._close(until)

    def change(self, item: RowChange) -> None:
        """A row changes."""
        read = self._read
        read.add(item)
        if len(read.changes) >= self._context.rows or read.size >= _BATCH_BYTES:
            self._spill()

    def end(self, item: End) -> None:
        """The source transaction is complete. Raises: StrayRowsError, RetryableError."""
        if item.outcome is Outcome.PREPARED:
            self._spool()
        elif item.outcome is Outcome.ROLLED_BACK:
            self._undo()
        elif self._spooled:
            self._spool()
            self.commit_prepared(self._read.xid)
        else:
            self._waiting_bytes += self._read.size
            self._waiting.add(self._read.take())
        self._spooled = 0
        self._last = item
        self._transactions += 1
        if self._alone or self._is_full():
            self.commit()

    def commit(self, at: Position | None = None) -> None:
        """Write what waits and move the checkpoint behind the newest transaction, or to ``at`` behind it.

        Raises: StrayRowsError, RetryableError.
        """
        position = at or (self._last.position if self._last else None)
        if position is None or (self._last is None and position == self.checkpoint.position):
            return
        self._begin_on_target()
        self._flush()
        committed_at = self._last.committed_at if self._last else self.checkpoint.committed_at
        state = SyncState.RUNNING if self.checkpoint.state is SyncState.PAUSED else self.checkpoint.state
        moved = replace(self.checkpoint, position=position, committed_at=committed_at, state=state, words="")
        control, written = self._context.control, self._waiting.counts
        sync.move_checkpoint(self._session, control, moved, self._transactions, sum(written.values()))
        sync.count_changes(self._session, control, written)
        self._context.tally.sample(self._session, control, self._context.run_id, moved)
        self._session.execute(raw("COMMIT"))
        self.checkpoint = replace(moved, moves=moved.moves + 1)
        self._context.tally.add(self._transactions, written)
        self._clear()

    def finish(self, at: Position) -> None:
        """Nothing more comes: commit what is complete and go to ``at``, where reading goes on.

        A large transaction that has not ended is in the open target transaction and is not committed: the log was
        cut off within it. Raises: StrayRowsError, RetryableError.
        """
        if not self._alone:
            self.commit(at)

    def savepoint(self, name: str) -> None:
        """The source sets a savepoint."""
        if not self._alone:
            self._read.mark(name)
            return
        self._waiting.add(self._read.take())
        self._flush()
        self._session.execute(raw("SAVEPOINT ") + identifier(name))

    def rollback_to(self, name: str) -> None:
        """The source undoes what came after a savepoint. Raises: StatementError if there is no such savepoint."""
        if self._read.undo_to(name):
            return
        self._behind.wait()
        self._read.take()
        self._forget()
        self._session.execute(raw("ROLLBACK TO SAVEPOINT ") + identifier(name))

    def commit_prepared(self, xid: str) -> None:
        """A prepared transaction is committed: its changes count from here on."""
        self._begin_on_target()
        for change in prepared.kept(self._session, self._context.control, xid, self._context.definitions.find):
            self._read.add(change)
            if len(self._read.changes) >= self._context.rows:
                self._waiting.add(self._read.take())
                self._flush()
        self._waiting.add(self._read.take())
        self.forget_prepared(xid)

    def forget_prepared(self, xid: str) -> None:
        """A prepared transaction is rolled back, or has been applied."""
        self._begin_on_target()
        prepared.forget(self._session, self._context.control, xid)

    def abandon(self, table: TableName) -> Sequence[str]:
        """Roll back after a StrayRowsError; the keys by which the table differs, as far as they are known."""
        self._behind.close()
        self._session.execute(raw("ROLLBACK"))
        return self._waiting.stray_keys(table)

    def _is_full(self) -> bool:
        if self._waiting.count >= self._context.rows or self._waiting_bytes >= _BATCH_BYTES:
            return True
        return self._context.clock() - self._since >= _BATCH_SECONDS

    def _spill(self) -> None:
        """The transaction grows too large to wait in memory: it gets a target transaction of its own."""
        if not self._alone:
            self.commit()
            self._begin_on_target()
            self._alone = True
        if self._read.xid:
            self._spool()
            return
        changes, start = self._read.changes, 0
        for name, end in self._read.savepoints.items():
            self._waiting.add(changes[start:end])
            self._flush()
            self._session.execute(raw("SAVEPOINT ") + identifier(name))
            start = end
        self._read.take()
        self._waiting.add(changes[start:])
        self._flush_behind()

    def _spool(self) -> None:
        """Keep the changes of an XA transaction that may yet be decided either way."""
        self._begin_on_target()
        changes = self._read.take()
        control = self._context.control
        self._spooled = prepared.keep(self._session, control, self._read.xid, self._spooled, changes)

    def _undo(self) -> None:
        self._read.take()
        if self._alone:
            self._behind.wait()
            self._session.execute(raw("ROLLBACK"))
            self._open = False
            self._forget()
            self._waiting.counts.clear()

    def _close(self, until: Until) -> None:
        """The passing mode of some tables ends in front of the transaction that begins."""
        self.commit()
        sync.end_passing_mode(self._session, self._context.control, until)
        for name, mode in self._context.modes.items():
            if mode.until == until:
                self._context.modes[name] = TableSync(name, TableMode.STRICT)
        self._windows.discard(until)

    def _begin_on_target(self) -> None:
        self._behind.wait()
        if not self._open:
            self._session.execute(raw("START TRANSACTION"))
            self._open = True

    def _flush(self) -> None:
        self._behind.wait()
        self._waiting.take()()
        self._waiting_bytes = 0

    def _flush_behind(self) -> None:
        """Write what waits while the rest of the transaction is read."""
        self._behind.start(self._waiting.take())
        self._waiting_bytes = 0

    def _forget(self) -> None:
        self._waiting.forget()
        self._waiting_bytes = 0

    def _clear(self) -> None:
        self._last, self._transactions, self._waiting.counts = None, 0, {}
        self._open = self._alone = False
        self._since = self._context.clock()
