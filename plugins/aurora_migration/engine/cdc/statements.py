"""What the binlog holds as text: savepoints, XA commands, DDL (by policy), and DML that must not be there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from aurora_migration.engine.cdc.applying import Applier
from aurora_migration.engine.cdc.ddl import DdlAction, DdlJudgement, judge, refuse_dml
from aurora_migration.engine.cdc.ddl_conditional import changes_nothing
from aurora_migration.engine.cdc.definitions import Definitions
from aurora_migration.engine.cdc.transaction import savepoint_name, xa_command
from aurora_migration.errors import MissingPrivilegeError, SchemaMismatchError, SyncPausedError
from aurora_migration.model.change import Statement, StatementKind
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.sync import SyncState, TableMode, TableSync
from aurora_migration.mysql.session import Session
from aurora_migration.store import sync
from aurora_migration.store.control import Control

_log = logging.getLogger(__name__)
ApplyDdl = Callable[[DdlJudgement, Statement], None]


@dataclass(slots=True)
class Statements:
    """Handles each statement where it stands; ``acknowledged`` names a DDL statement that a person dealt with."""

    applier: Applier
    session: Session
    control: Control
    config: MigrationConfig
    modes: dict[TableName, TableSync]
    definitions: Definitions
    acknowledged: str
    apply_ddl: ApplyDdl
    altered: set[TableName] = field(default_factory=set)

    def take(self, statement: Statement) -> None:
        """Raises: SyncPausedError, BinlogError, SchemaMismatchError, RetryableError."""
        kind = statement.kind
        if kind is StatementKind.SAVEPOINT:
            self.applier.savepoint(savepoint_name(statement.text))
        elif kind is StatementKind.ROLLBACK_TO:
            self.applier.rollback_to(savepoint_name(statement.text))
        elif kind is StatementKind.XA:
            self._xa(statement)
        elif kind is StatementKind.DML:
            refuse_dml(statement, self.config)
        elif kind is not StatementKind.RELEASE:
            self._ddl(statement)

    def _xa(self, statement: Statement) -> None:
        verb, xid = xa_command(statement.text)
        if verb in {"START", "BEGIN"}:
            self.applier.transaction.xid = xid
        elif verb == "COMMIT":
            self.applier.commit_prepared(xid)
        elif verb == "ROLLBACK":
            self.applier.forget_prepared(xid)

    def _ddl(self, statement: Statement) -> None:
        found = judge(statement, self.config, self.config.sync.on_ddl)
        if found.action is DdlAction.PASS or changes_nothing(statement, self.config, self.session):
            return
        self.applier.commit()
        mark = self.applier.transaction.label()
        if mark != self.acknowledged:
            if found.action is DdlAction.PAUSE:
                self._pause(found.words, found.remedy, mark)
            self._apply(found, statement, mark)
        self.definitions.forget()
        if found.table is not None:
            self.altered.add(found.table)
            self._follow(found.table)

    def _apply(self, found: DdlJudgement, statement: Statement, mark: str) -> None:
        try:
            self.apply_ddl(found, statement)
        except (SchemaMismatchError, MissingPrivilegeError) as error:
            self._pause(f"{found.words} ({error.subject}: {error.message})", error.remedy, mark)
        _log.info("DDL applied position=%s what=%s", mark, found.words)

    def _pause(self, what: str, remedy: str, mark: str) -> NoReturn:
        words = f"{what} at {mark}"
        sync.set_state(self.session, self.control, SyncState.PAUSED, words)
        raise SyncPausedError(
            f"paused in front of DDL on the source: {words}; nothing is lost",
            subject=f"migration {self.config.name}",
            remedy=f"{remedy} The value for acknowledge_ddl is {mark}",
        )

    def _follow(self, table: TableName) -> None:
        """A table that was created by this statement is followed from here on."""
        if table not in self.modes and self.config.selects(table) and self.definitions.target_has(table):
            self.modes[table] = TableSync(table, TableMode.STRICT)
            sync.save_table(self.session, self.control, self.modes[table])
