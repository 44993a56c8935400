"""Judges the statements of the source's binlog: which may be passed over, which applied, which must stop the sync.

Pure: nothing is read from a server. What cannot be read with certainty is taken to touch whatever it may touch.
A statement is applied (policy ``apply-safe``) only if its words alone make the same change on the target as they
made on the source, for rows that are there as well; everything else on a selected object pauses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aurora_migration.engine.cdc.ddl_scope import Scope, possibly_selected, schemas_named, scope_of
from aurora_migration.errors import BinlogError
from aurora_migration.model.change import Statement, StatementKind
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.config_sync import DdlPolicy
from aurora_migration.model.names import TableName
from aurora_migration.sql.ddl.alteration import alters_nothing, read_additions
from aurora_migration.sql.ddl.change import Change, ObjectKind, Touched
from aurora_migration.sql.ddl.change_reader import read_change
from aurora_migration.sql.ddl.column_text import UnsafeError
from aurora_migration.sql.ddl.created_table import LikeTable, read_created
from aurora_migration.sql.ddl.masking import MAX_SHOWN, masked, masked_run
from aurora_migration.sql.ddl.reading import UnreadableError
from aurora_migration.sql.ddl.sql_mode import mode_names


class DdlAction(StrEnum):
    """What to do about a statement."""

    PASS = "pass"
    APPLY = "apply"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class DdlJudgement:
    """``table`` is the source table concerned, if one; ``words`` say what was done, ``remedy`` what to do."""

    action: DdlAction
    table: TableName | None
    words: str
    remedy: str = ""


_PASSED: Final = frozenset({StatementKind.ACCOUNT, StatementKind.MAINTENANCE})
_APPLIED: Final = frozenset({"ALTER TABLE", "CREATE INDEX", "CREATE TABLE"})
_BY_HAND: Final = "make the same change on the target by hand"


def judge(statement: Statement, config: MigrationConfig, policy: DdlPolicy) -> DdlJudgement:
    """What to do about a statement that is not of a transaction's frame. Raises: BinlogError as `refuse_dml`."""
    mode = mode_names(statement.sql_mode)
    if statement.kind is StatementKind.DML:
        refuse_dml(statement, config)
    if statement.kind is StatementKind.DML or statement.kind in _PASSED:
        return DdlJudgement(DdlAction.PASS, None, masked(statement.text, mode, numbers=True))
    try:
        change = read_change(statement.text, statement.schema, mode)
    except UnreadableError as doubt:
        return _unreadable(statement, config, mode, str(doubt))
    touched = [one for one in change.objects if scope_of(one, config) is not Scope.OUTSIDE]
    words = _words(change)
    if change.temporary or not touched or alters_nothing(change):
        return DdlJudgement(DdlAction.PASS, None, words)
    table = touched[0].name if len(touched) == 1 and touched[0].kind is ObjectKind.TABLE else None
    reason = "" if policy == "pause" else _reason_to_pause(change, statement, touched, config)
    if policy == "apply-safe" and not reason:
        return DdlJudgement(DdlAction.APPLY, table, words)
    return DdlJudgement(DdlAction.PAUSE, table, words, _remedy(change, touched, config, reason))


def refuse_dml(statement: Statement, config: MigrationConfig) -> None:
    """Let pass the text of a row change that touches nothing selected.

    Raises: BinlogError for any other one: its effect on the rows cannot be told from its words, and neither can
    what triggers and functions did beside it.
    """
    if statement.schemas and not any(possibly_selected(schema, config) for schema in statement.schemas):
        return
    if statement.schemas == () and not _mentions_selected(statement, config):
        return
    raise BinlogError(
        "rows were changed by a statement that the binlog holds as text: "
        + masked(statement.text, mode_names(statement.sql_mode), numbers=True),
        subject=f"schema {', '.join(statement.schemas or ()) or statement.schema or '?'} on the source",
        remedy="set binlog_format=ROW on the source, globally and for the session that wrote it, then bring the "
        "tables it wrote to up to date by a checksum sync",
    )


def _unreadable(statement: Statement, config: MigrationConfig, mode: str, doubt: str) -> DdlJudgement:
    words = masked(statement.text, mode)
    outside = bool(statement.schemas) and not any(possibly_selected(s, config) for s in statement.schemas or ())
    named = _mentions_selected(statement, config)
    if not words or ((outside or statement.schemas == ()) and not named):
        return DdlJudgement(DdlAction.PASS, None, words)
    remedy = f"the statement cannot be read with certainty ({doubt}): if it changes a selected object, {_BY_HAND}"
    return DdlJudgement(DdlAction.PAUSE, None, words, f"{remedy}; {_go_on(config)}")


def _mentions_selected(statement: Statement, config: MigrationConfig) -> bool:
    """Whether the default schema or any word of the text may be a schema of the selection."""
    if statement.schema and possibly_selected(statement.schema, config):
        return True
    mode = mode_names(statement.sql_mode)
    return any(possibly_selected(word, config) for word in schemas_named(statement.text, mode))


def _reason_to_pause(change: Change, statement: Statement, touched: list[Touched], config: MigrationConfig) -> str:
    """Why a statement is not one of those that are applied; empty if it is."""
    if statement.sql_mode is None:
        return "the sql_mode that it ran under is not known"
    if len(change.objects) != 1 or change.verb not in _APPLIED:
        return "only ADD COLUMN, ADD INDEX and CREATE TABLE are applied"
    if scope_of(touched[0], config) is not Scope.SELECTED:
        return "it writes the name in other case than the selection"
    try:
        if change.verb != "CREATE TABLE":
            read_additions(change)
            return ""
        created = read_created(change, statement.schema)
    except (UnreadableError, UnsafeError) as doubt:
        return str(doubt)
    if isinstance(created, LikeTable):
        original = Touched(ObjectKind.TABLE, created.original)
        if scope_of(original, config) is not Scope.SELECTED:
            return f"its original {created.original} is not of the selection"
    return ""


def _words(change: Change) -> str:
    """What was done to what. Programs are named only, their text is long and not ours to show."""
    names = [str(one) for one in change.objects]
    if change.verb == "RENAME TABLE":
        pairs = zip(names[::2], names[1::2], strict=True)
        text = f"RENAME TABLE {', '.join(f'{old} TO {new}' for old, new in pairs)}"
    elif change.verb in {"CREATE INDEX", "DROP INDEX"}:
        text = f"{change.verb} {change.rest[0].text} ON {names[0]} {masked_run(change.rest[1:])}"
    elif change.verb in {"ALTER TABLE", "CREATE TABLE", "CREATE DATABASE", "ALTER DATABASE"}:
        text = f"{change.verb} {names[0]} {masked_run(change.rest)}"
    else:
        on = next((f" ON {one.on}" for one in change.objects if one.on is not None), "")
        text = f"{change.verb} {', '.join(names)}{on}"
    text = text.strip()
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def _remedy(change: Change, touched: list[Touched], config: MigrationConfig, reason: str) -> str:
    why = f"it is not applied by itself, since {reason}; " if reason else ""
    return f"{why}{_what_to_do(change, touched, config)}; {_go_on(config)}"


def _what_to_do(change: Change, touched: list[Touched], config: MigrationConfig) -> str:
    if all(one.kind is ObjectKind.TRIGGER for one in touched):
        return "change nothing on the target: its triggers are made at the cutover, as the source has them then"
    into = _into_selection(change, touched)
    if into:
        return f"start a new migrate run for {', '.join(into)}, whose rows have not been followed so far"
    renamed = [
        f"{one} is {there} there"
        for one in touched
        if one.kind in {ObjectKind.TABLE, ObjectKind.VIEW} and (there := config.target_name(one.name)) != one.name
    ]
    names = f" ({', '.join(renamed)})" if renamed else ""
    if change.verb == "CREATE TABLE":
        return f"{_BY_HAND}{names}, or start a new migrate run for the table"
    return f"{_BY_HAND}{names}"


def _into_selection(change: Change, touched: list[Touched]) -> list[str]:
    """New names of tables that were outside the selection."""
    if change.verb == "RENAME TABLE":
        pairs = zip(change.objects[::2], change.objects[1::2], strict=True)
    elif change.verb == "ALTER TABLE" and len(change.objects) == 2:
        pairs = zip(change.objects[:1], change.objects[1:], strict=True)
    else:
        return []
    return [str(new) for old, new in pairs if new in touched and old not in touched]


def _go_on(config: MigrationConfig) -> str:
    return f"then trigger {config.name}.sync with acknowledge_ddl set to the position that is shown with this"
