"""Makes on the target a change of definition that the source's binlog has, and that `ddl.judge` found safe.

DDL commits by itself, so a process may die between it and the checkpoint: a change that is there already, in the
same form, is passed over; one in another form is an error, never repaired. The words are the client's own, under
its sql_mode; only names, and the options that Aurora does without, are changed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from aurora_migration.engine.cdc.ddl import DdlAction, DdlJudgement
from aurora_migration.engine.cdc.ddl_trial import (
    Trial,
    contradictions,
    definition_or_none,
    relation_kind,
    ruled,
    run_as_written,
    trial_of,
)
from aurora_migration.errors import SchemaMismatchError
from aurora_migration.model.change import Statement
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.mysql.ddl import default_collation, relation_exists
from aurora_migration.mysql.session import SQL_MODE, Session
from aurora_migration.sql.ddl.alteration import Additions, read_additions
from aurora_migration.sql.ddl.change import Change
from aurora_migration.sql.ddl.change_reader import read_change
from aurora_migration.sql.ddl.created_table import CreatedTable, read_created
from aurora_migration.sql.ddl.lexer import Kind
from aurora_migration.sql.ddl.sql_mode import mode_names
from aurora_migration.sql.ddl.table import KeyClause, TableDefinition
from aurora_migration.sql.ddl.table_compare import PartDifference, PartKind, normal, table_differences
from aurora_migration.sql.library import statement as library
from aurora_migration.sql.quoting import identifier, join, qualified, raw, trusted

log = logging.getLogger(__name__)


def apply_ddl(
    judgement: DdlJudgement, statement: Statement, config: MigrationConfig, source: Session, target: Session
) -> None:
    """Make the change on the target, unless it is there. May be repeated; commits what is open on ``target``.

    Raises: SchemaMismatchError if it is there in another form, if the target refuses it, or if the source made
    something else of the same words.
    """
    if judgement.action is not DdlAction.APPLY:
        raise ValueError(f"not to be applied: {judgement.words}")
    mode = mode_names(statement.sql_mode)
    change = read_change(statement.text, statement.schema, mode)
    table = _Table(change, mode, config, source, target)
    if change.verb != "CREATE TABLE":
        table.add(read_additions(change))
        return
    created = read_created(change, statement.schema)
    if change.conditional and relation_exists(target, table.name):
        log.info("ddl is there already table=%s", table.name)
    elif isinstance(created, CreatedTable):
        table.create(created)
    else:
        table.create_like(created.original)


class _Table:
    """One table that changes: ``origin`` on the source is ``name`` on the target."""

    def __init__(
        self, change: Change, mode: str, config: MigrationConfig, source: Session, target: Session
    ) -> None:
        self.change = change
        self.mode = mode
        self.config = config
        self.source = source
        self.target = target
        self.origin = change.objects[0].name
        self.name = config.target_name(self.origin)
        self.subject = f"table {self.name} on the target"

    def add(self, additions: Additions) -> None:
        """Columns and indexes."""
        found = self._found()
        if found is None:
            raise self._mismatch("is missing")
        there = _present(additions, found, self.name)
        with trial_of(self.name, self.config, self.target) as trial:
            made = self._tried(trial, additions, found if there else None)
        if None in additions.keys and self._unnamed_is_there(made, found):
            log.info("ddl is there already table=%s", self.name)
            return
        self._check_source(_parts(made, additions, found), {PartKind.COLUMN, PartKind.INDEX})
        if there:
            self._check_same(_of_the_parts(additions, table_differences(made, found)))
            return
        self._run(self.name, additions)
        log.info("ddl applied table=%s columns=%s indexes=%s", self.name, additions.columns, additions.keys)

    def create(self, created: CreatedTable) -> None:
        """A table by the client's words."""
        collation = default_collation(self.target, self.name.schema)
        if collation is None:
            raise self._mismatch(f"there is no database {self.name.schema}")
        found = self._found()
        with trial_of(self.name, self.config, self.target) as trial:
            sql = trusted(created.create(qualified(trial.name).plain, collation))
            run_as_written(self.target, sql, self.mode, self.subject)
            made = trial.definition()
        columns = [column.name.lower() for column in made.columns]
        if columns != [name.lower() for name in created.columns]:
            raise self._mismatch(f"the target makes the columns {', '.join(columns)} of the source's statement")
        self._check_source(made, {PartKind.COLUMN, PartKind.INDEX, PartKind.OPTION})
        if found is not None:
            self._check_same(table_differences(made, found))
            return
        sql = trusted(created.create(qualified(self.name).plain, collation))
        run_as_written(self.target, sql, self.mode, self.subject)
        log.info("ddl applied table=%s created rules=%s", self.name, "; ".join(map(str, created.rules)))

    def create_like(self, original: TableName) -> None:
        """A table as another one is; that one must be complete, which it is not before its indexes are built."""
        here = self.config.target_name(original)
        model, at_source = definition_or_none(self.target, here), definition_or_none(self.source, original)
        if model is None or at_source is None:
            raise self._mismatch(f"its original {original} is not there any more", self._by_hand())
        lacks = [
            str(one)
            for one in table_differences(ruled(at_source, original, here), model)
            if one.part is not PartKind.FOREIGN_KEY
        ]
        if lacks:
            words = f"its original {here} is not as on the source: {'; '.join(lacks[:5])}"
            raise self._mismatch(words, self._by_hand())
        found = self._found()
        like = qualified(here)
        if found is None:
            self.target.execute(library("schema/create_table_like", table=qualified(self.name), original=like))
            log.info("ddl applied table=%s like=%s", self.name, here)
            return
        with trial_of(self.name, self.config, self.target) as trial:
            self.target.execute(library("schema/create_table_like", table=qualified(trial.name), original=like))
            self._check_same(table_differences(trial.definition(), found))

    def _found(self) -> TableDefinition | None:
        kind = relation_kind(self.target, self.name)
        if kind not in {None, "BASE TABLE"}:
            raise self._mismatch(f"there is a {kind} of that name", "drop or rename it on the target")
        return definition_or_none(self.target, self.name)

    def _tried(self, trial: Trial, additions: Additions, found: TableDefinition | None) -> TableDefinition:
        """The definition that the additions make; ``found`` if it has them, so that they are taken out before."""
        like, table = qualified(self.name), qualified(trial.name)
        self.target.execute(library("schema/create_table_like", table=table, original=like))
        if found is not None:
            keys = [raw("DROP INDEX ") + identifier(key) for key in additions.keys if key is not None]
            columns = [raw("DROP COLUMN ") + identifier(column) for column in additions.columns]
            changes = join([*keys, *columns], ", ")
            run_as_written(
                self.target, library("schema/alter_table", table=table, changes=changes), SQL_MODE, self.subject
            )
        self._run(trial.name, additions)
        return trial.definition()

    def _run(self, name: TableName, additions: Additions) -> None:
        sql = library("schema/alter_table", table=qualified(name), changes=trusted(additions.text))
        run_as_written(self.target, sql, self.mode, self.subject)

    def _unnamed_is_there(self, made: TableDefinition, found: TableDefinition) -> bool:
        """Whether an index whose name the server chooses is there: an equal one is, and the source has no second.

        The trial gave it the next free name. If the source has an equal one of that name, the other is older.
        """
        new = next(key for key in made.keys if found.key(key.name) is None)
        stem = re.sub(r"_\d+\Z", "", new.name.lower())
        equal = [
            key
            for key in found.keys
            if re.fullmatch(rf"{re.escape(stem)}(_\d+)?", key.name.lower()) and _same_but_name(key, new)
        ]
        now = definition_or_none(self.source, self.origin)
        second = ruled(now, self.origin, self.name).key(new.name) if now is not None else None
        return bool(equal) and (second is None or not _same_but_name(second, new))

    def _check_source(self, made: TableDefinition, parts: set[PartKind]) -> None:
        """Raise if the source has the same parts in another form: its words meant something else there."""
        now = definition_or_none(self.source, self.origin)
        if now is None:
            return
        found = contradictions(ruled(now, self.origin, self.name), made, parts)
        if found:
            words = "; ".join(map(str, found[:5]))
            raise self._mismatch(
                f"the statement makes something else here than the source has now: {words}",
                "if the source has changed it again since, or read it in another way (character set, collation, "
                f"time zone of the client), {self._by_hand()}",
            )

    def _check_same(self, differences: Iterable[PartDifference]) -> None:
        words = [str(one) for one in differences]
        if words:
            raise self._mismatch(f"the change is there in another form: {'; '.join(words[:5])}")
        log.info("ddl is there already table=%s", self.name)

    def _by_hand(self) -> str:
        return "make the change on the target by hand and acknowledge the statement"

    def _mismatch(self, words: str, remedy: str = "") -> SchemaMismatchError:
        default = "make the table as it was on the source after this statement, and acknowledge the statement"
        return SchemaMismatchError(words, subject=self.subject, remedy=remedy or default)


def _present(additions: Additions, found: TableDefinition, table: TableName) -> bool:
    """Whether what has a name is there, all of it. Raises: SchemaMismatchError if a part of it is."""
    columns = {column.name.lower() for column in found.columns}
    named = [name.lower() in columns for name in additions.columns]
    named += [found.key(key) is not None for key in additions.keys if key is not None]
    if any(named) and not all(named):
        names = ", ".join([*additions.columns, *(key for key in additions.keys if key is not None)])
        raise SchemaMismatchError(
            f"has some of {names}, which the source has added by one statement, and not all",
            subject=f"table {table} on the target",
            remedy="add or drop by hand what is missing or too much, and trigger the sync again",
        )
    return bool(named) and all(named)


def _of_the_parts(additions: Additions, differences: Iterable[PartDifference]) -> list[PartDifference]:
    """Those of the added columns and indexes, and of the order of columns."""
    wanted = {
        PartKind.COLUMN: {*map(str.lower, additions.columns), "order"},
        PartKind.INDEX: {key.lower() for key in additions.keys if key is not None},
    }
    return [one for one in differences if one.name.lower() in wanted.get(one.part, ())]


def _parts(made: TableDefinition, additions: Additions, found: TableDefinition) -> TableDefinition:
    """The added parts of a definition, with the charset that its columns refer to."""
    columns = {name.lower() for name in additions.columns}
    keys = {key.lower() for key in additions.keys if key is not None}
    return TableDefinition(
        tuple(column for column in made.columns if column.name.lower() in columns),
        tuple(
            key
            for key in made.keys
            if key.name.lower() in keys or (None in additions.keys and found.key(key.name) is None)
        ),
        (),
        (),
        tuple(option for option in made.options if option.name in {"DEFAULT CHARSET", "COLLATE"}),
    )


def _same_but_name(one: KeyClause, other: KeyClause) -> bool:
    return one.kind is other.kind and _without_name(one) == _without_name(other)


def _without_name(key: KeyClause) -> list[object]:
    """The words of an index but its name, which is the first of them that is a name."""
    words = list(normal(key.text))
    del words[next(index for index, (kind, _) in enumerate(words) if kind is Kind.NAME)]
    return [*words]
