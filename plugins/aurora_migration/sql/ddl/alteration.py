"""What an ALTER TABLE or CREATE INDEX does: nothing, an addition that may be made elsewhere too, or more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aurora_migration.sql.ddl.change import Change, clauses
from aurora_migration.sql.ddl.column_text import UnsafeError, read_column
from aurora_migration.sql.ddl.key_text import START, read_key
from aurora_migration.sql.ddl.lexer import split
from aurora_migration.sql.ddl.reading import Reading, Run, UnreadableError, joined


@dataclass(frozen=True, slots=True)
class Additions:
    """Columns and indexes that one statement adds; a key is None where the server chooses its name.

    ``text`` is what follows the table's name in an ALTER TABLE that does the same.
    """

    columns: tuple[str, ...]
    keys: tuple[str | None, ...]
    text: str


_HOW: Final = ("ALGORITHM", "LOCK")
_KEPT_UP: Final = ("ANALYZE", "CHECK", "OPTIMIZE", "REBUILD", "REPAIR")


def alters_nothing(change: Change) -> bool:
    """Whether an ALTER leaves definition and rows as they are: a table's rebuilds, or says how to.

    So does the counter: it is carried over at the cutover, whatever it was before. ENGINE=InnoDB is what the
    target has in any case. Events are disabled there until the cutover, which reads their state on the source.
    """
    if change.verb == "ALTER EVENT":
        state = Reading(change.rest, "")
        plain = len(change.head) == 2  # ALTER EVENT; a DEFINER would be changed too
        return plain and bool(state.take_any("ENABLE", "DISABLE")) and state.done
    if change.verb != "ALTER TABLE":
        return False
    whole = Reading(change.rest, "")
    if whole.take_any(*_KEPT_UP) and whole.take("PARTITION"):  # stands alone; its commas are between names
        return True
    try:
        return all(_is_idle(clause) for clause in clauses(change.rest))
    except UnreadableError:
        return False


def _is_idle(clause: Run) -> bool:
    r = Reading(clause, "")
    if r.take_any(*_HOW, "AUTO_INCREMENT"):
        r.take_symbol("=")
        r.next()
    elif r.take("ENGINE"):
        r.take_symbol("=")
        token = r.next()
        return r.done and token.value.upper() == "INNODB"
    else:
        _ = (
            r.take("FORCE")
            or r.take("ENABLE", "KEYS")
            or r.take("DISABLE", "KEYS")
            or r.take("WITH", "VALIDATION")
            or r.take("WITHOUT", "VALIDATION")
        )
    return r.done


def read_additions(change: Change) -> Additions:
    """What is added, if that is all. Raises: UnreadableError, UnsafeError with the reason."""
    if change.verb == "CREATE INDEX":
        return _created_index(change)
    columns: list[str] = []
    keys: list[str | None] = []
    texts = []
    for clause in clauses(change.rest):
        r = Reading(clause, "")
        if r.take_any(*_HOW):
            continue
        if not r.take("ADD") or r.at("PARTITION"):
            raise UnsafeError("it does more than add columns and indexes")
        _addition(r, columns, keys)
        texts.append(joined(clause))
    if not texts:
        raise UnsafeError("it does more than add columns and indexes")
    if None in keys and len(columns) + len(keys) > 1:
        raise UnsafeError("the server chooses the name of one of several things that it adds")
    return Additions(tuple(columns), tuple(keys), ", ".join(texts))


def _addition(r: Reading, columns: list[str], keys: list[str | None]) -> None:
    """One ADD clause, behind ADD."""
    named = r.take("COLUMN")
    if r.at_symbol("("):
        for element in split(r.parenthesis()):
            inner = Reading(element, "")
            _element(inner, columns, keys)
            inner.end()
    elif named:
        columns.append(read_column(r, filled=True))
        _place(r)
    else:
        _element(r, columns, keys)
        _place(r)
    r.end()


def _element(r: Reading, columns: list[str], keys: list[str | None]) -> None:
    if not r.at(*START):
        columns.append(read_column(r, filled=True))
        return
    key = read_key(r)
    if key is None or key.primary:
        raise UnsafeError(f"it adds a {'constraint' if key is None else 'primary key'}")
    keys.append(key.name)


def _place(r: Reading) -> None:
    if not r.take("FIRST") and r.take("AFTER"):
        r.identifier()


def _created_index(change: Change) -> Additions:
    """The index after CREATE, then its options, without ON table; and how to build it, which is left out."""
    kind = joined(change.head[1:])
    r = Reading((*change.head[1:], *change.rest), "")
    key = read_key(r)
    if key is None or key.name is None:
        raise UnreadableError("the index has no name")
    body = r.cut[len(change.head) - 1 : r.index]
    while r.take_any(*_HOW):
        r.take_symbol("=")
        r.next()
    r.end()
    return Additions((), (key.name,), f"ADD {kind} {joined(body)}")
