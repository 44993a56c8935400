"""Reads which objects a DDL statement of the binlog touches.

Grammar: https://dev.mysql.com/doc/refman/8.4/en/sql-data-definition-statements.html and, for 9.x, its successors.
Statements about the server itself (tablespaces, plugins, loadable functions …) touch no object of a schema. A
statement that is not known is refused by `UnreadableError`, never taken for one that touches nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aurora_migration.model.names import TableName
from aurora_migration.sql.ddl.change import Change, ObjectKind, Touched, clauses
from aurora_migration.sql.ddl.reading import Reading, Run, UnreadableError, statement_tokens

_PROGRAMS: Final = ("PROCEDURE", "FUNCTION", "LIBRARY", "EVENT")
_OF_THE_SERVER: Final = (
    "SERVER",
    "TABLESPACE",
    "UNDO",
    "LOGFILE",
    "RESOURCE",
    "SPATIAL",
    "INSTANCE",
    "PREPARE",
    "PLUGIN",
    "COMPONENT",
)
_DATABASE_OPTIONS: Final = ("DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "ENCRYPTION", "READ")
_VIEW_WORDS: Final = ("MATERIALIZED", "JSON", "RELATIONAL", "DUALITY")


def read_change(text: str, schema: str, sql_mode: str) -> Change:
    """Read a statement whose unqualified names are of ``schema``. Raises: UnreadableError."""
    reading = Reading(statement_tokens(text, sql_mode), schema)
    verb = reading.take_any(*_VERBS)
    if not verb:
        raise UnreadableError("it begins with a word that is not known")
    return _VERBS[verb](reading)


def _create(r: Reading) -> Change:
    temporary = _modifiers(r)
    if (
        r.at("UNIQUE", "FULLTEXT", "SPATIAL")
        and r.cut[r.index + 1 : r.index + 2]
        and r.cut[r.index + 1].word("INDEX")
    ):
        r.next()
    if r.take("INDEX"):
        return _index(r, "CREATE INDEX")
    word = r.take_any("TABLE", "VIEW", "TRIGGER", "DATABASE", "SCHEMA", *_PROGRAMS, *_OF_THE_SERVER)
    if word in _OF_THE_SERVER:
        return _nothing(r, f"CREATE {word}")
    conditional = r.take("IF", "NOT", "EXISTS")
    start = r.index
    if word in {"DATABASE", "SCHEMA"}:
        return _database(r, "CREATE DATABASE", start, conditional)
    if word in {"TABLE", "VIEW", "TRIGGER", *_PROGRAMS}:
        name = r.name()
        if word == "FUNCTION" and any(token.word("SONAME") for token in r.rest):
            return _nothing(r, "CREATE FUNCTION")
        on = _trigger_table(r) if word == "TRIGGER" else None
        touched = Touched(ObjectKind(word.lower()), name, on)
        return Change(f"CREATE {word}", (touched,), r.cut[:start], r.rest, temporary, conditional)
    raise UnreadableError("what it creates is not known")


def _alter(r: Reading) -> Change:
    _modifiers(r)
    r.take("IGNORE")
    word = r.take_any("TABLE", "VIEW", "DATABASE", "SCHEMA", *_PROGRAMS, *_OF_THE_SERVER)
    if word in _OF_THE_SERVER:
        return _nothing(r, f"ALTER {word}")
    start = r.index
    if word in {"DATABASE", "SCHEMA"}:
        return _database(r, "ALTER DATABASE", start, conditional=False)
    if word not in {"TABLE", "VIEW", *_PROGRAMS}:
        raise UnreadableError("what it alters is not known")
    conditional = r.take("IF", "EXISTS")
    start = r.index
    kind = ObjectKind(word.lower())
    touched = [Touched(kind, r.name())]
    rest = r.rest
    if word == "TABLE":
        touched += [Touched(kind, name) for name in _other_tables(rest, r.schema)]
    elif word == "EVENT":
        touched += [Touched(kind, name) for name in _new_event_name(rest, r.schema)]
    return Change(f"ALTER {word}", tuple(touched), r.cut[:start], rest, conditional=conditional)


def _drop(r: Reading) -> Change:
    temporary = r.take("TEMPORARY")
    _view_words(r)
    word = r.take_any(
        "TABLE", "TABLES", "VIEW", "INDEX", "TRIGGER", "DATABASE", "SCHEMA", *_PROGRAMS, *_OF_THE_SERVER
    )
    if word in _OF_THE_SERVER:
        return _nothing(r, f"DROP {word}")
    if word == "INDEX":
        return _index(r, "DROP INDEX")
    conditional = r.take("IF", "EXISTS")
    start = r.index
    if word in {"DATABASE", "SCHEMA"}:
        return _database(r, "DROP DATABASE", start, conditional)
    if word in {"TRIGGER", *_PROGRAMS}:
        touched = [Touched(ObjectKind(word.lower()), r.name())]
    elif word in {"TABLE", "TABLES", "VIEW"}:
        word = word.removesuffix("S")
        touched = [Touched(ObjectKind(word.lower()), name) for name in _names(r)]
        r.take_any("RESTRICT", "CASCADE")
    else:
        raise UnreadableError("what it drops is not known")
    r.end()
    return Change(f"DROP {word}", tuple(touched), r.cut[:start], r.rest, temporary, conditional)


def _rename(r: Reading) -> Change:
    if not r.take_any("TABLE", "TABLES"):
        raise UnreadableError("what it renames is not known")
    start = r.index
    names = []
    while True:
        names.append(r.name())
        if not r.take_any("TO", "AS"):
            raise UnreadableError("a new name is missing")
        names.append(r.name())
        if not r.take_symbol(","):
            break
    r.end()
    touched = tuple(Touched(ObjectKind.TABLE, name) for name in names)
    return Change("RENAME TABLE", touched, r.cut[:start], r.cut[start:])


def _truncate(r: Reading) -> Change:
    r.take("TABLE")
    start = r.index
    touched = Touched(ObjectKind.TABLE, r.name())
    r.end()
    return Change("TRUNCATE TABLE", (touched,), r.cut[:start], r.rest)


def _install(r: Reading) -> Change:
    return _nothing(r, r.cut[0].text.upper())


_VERBS: Final[dict[str, Callable[[Reading], Change]]] = {
    "CREATE": _create,
    "ALTER": _alter,
    "DROP": _drop,
    "RENAME": _rename,
    "TRUNCATE": _truncate,
    "INSTALL": _install,
    "UNINSTALL": _install,
}


def _modifiers(r: Reading) -> bool:
    """Go past what stands before the kind of object; tell whether TEMPORARY was among it."""
    temporary = False
    while True:
        if r.take("OR", "REPLACE") or r.take("AGGREGATE") or r.take("EXTERNAL") or _view_words(r):
            continue
        if r.take("TEMPORARY"):
            temporary = True
        elif r.take("ALGORITHM"):
            r.take_symbol("=")
            r.next()
        elif r.take("SQL", "SECURITY"):
            r.next()
        elif r.take("DEFINER"):
            _definer(r)
        else:
            return temporary


def _definer(r: Reading) -> None:
    if not r.take_symbol("="):
        raise UnreadableError("a definer is missing")
    r.next()
    if r.take_symbol("@"):
        r.next()
    elif r.at_symbol("("):  # CURRENT_USER()
        r.parenthesis()


def _view_words(r: Reading) -> bool:
    return bool(r.take_any(*_VIEW_WORDS))


def _nothing(r: Reading, verb: str) -> Change:
    return Change(verb, (), r.cut[: r.index], r.rest)


def _database(r: Reading, verb: str, start: int, conditional: bool) -> Change:
    """The name may be left out of ALTER DATABASE."""
    if verb == "ALTER DATABASE" and (r.done or r.at(*_DATABASE_OPTIONS)) and not _qualifies(r):
        if not r.schema:
            raise UnreadableError("it names no database")
        name = r.schema
    else:
        name = r.identifier()
    return Change(
        verb, (Touched(ObjectKind.DATABASE, TableName(name, "")),), r.cut[:start], r.rest, conditional=conditional
    )


def _qualifies(r: Reading) -> bool:
    """Whether a word that looks like an option is a database's name: it is followed by an option."""
    after = r.cut[r.index + 1 : r.index + 2]
    return r.at("ENCRYPTION", "READ") and bool(after) and after[0].word(*_DATABASE_OPTIONS)


def _index(r: Reading, verb: str) -> Change:
    """CREATE … INDEX name [USING type] ON table, DROP INDEX name ON table; what is about the index is the rest."""
    start = r.index
    name = r.next()
    if not name.named:
        raise UnreadableError("the index has no name")
    using = r.index
    if r.take_any("USING", "TYPE"):
        r.next()
    before = r.cut[start : r.index] if r.index > using else (name,)
    r.need("ON")
    table = r.name()
    return Change(verb, (Touched(ObjectKind.TABLE, table),), r.cut[:start], (*before, *r.rest))


def _trigger_table(r: Reading) -> TableName:
    if not (r.take_any("BEFORE", "AFTER") and r.take_any("INSERT", "UPDATE", "DELETE")):
        raise UnreadableError("the trigger's moment is missing")
    r.need("ON")
    return r.name()


def _names(r: Reading) -> list[TableName]:
    names = [r.name()]
    while r.take_symbol(","):
        names.append(r.name())
    return names


def _other_tables(rest: Run, schema: str) -> list[TableName]:
    """Tables beside the first one that an ALTER TABLE touches: its new name, or the one a partition goes to."""
    found = []
    for clause in clauses(rest):
        r = Reading(clause, schema)
        if r.take("RENAME") and not r.at("COLUMN", "INDEX", "KEY"):
            if not r.take_any("TO", "AS"):
                r.take_symbol("=")
            found.append(r.name())
        elif r.take("EXCHANGE", "PARTITION"):
            r.identifier()
            r.need("WITH", "TABLE")
            found.append(r.name())
    return found


def _new_event_name(rest: Run, schema: str) -> list[TableName]:
    for index in range(len(rest) - 1):
        if rest[index].word("DO", "COMMENT"):
            break
        if rest[index].word("RENAME") and rest[index + 1].word("TO"):
            return [Reading(rest[index + 2 :], schema).name()]
    return []
