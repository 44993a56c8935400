"""What exists and how it is defined, read from `information_schema` on both sides and compared as sets of
facts.

A fact is an object's name and a row of the catalog about it. Database names inside definitions are renamed
before the comparison. Left out on purpose, because a right migration may change them: storage engine, row
format, definers, the enabled state of events (they stay off until cutover) and an AUTO_INCREMENT that is
ahead on the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local.oracle.inventory import COUNTERS, INVENTORY, OF_TABLES
from local.oracle.session import Session, quoted

SYSTEM = ("mysql", "information_schema", "performance_schema", "sys")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same: what kind of object, which one, and what was seen."""

    kind: str
    name: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.detail}"


Facts = dict[str, tuple[str | None, ...]]


def base_tables(session: Session, database: str) -> list[str]:
    """The names of a database's base tables, sorted."""
    rows = session.rows(
        "SELECT TABLE_NAME FROM information_schema.TABLES"
        f" WHERE TABLE_SCHEMA = {session.literal(database)} AND TABLE_TYPE = 'BASE TABLE'"
    )
    return sorted(str(row[0]) for row in rows)


def user_databases(session: Session) -> list[str]:
    """Every database that is not the server's own, sorted."""
    rows = session.rows("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA")
    return sorted(str(row[0]) for row in rows if row[0] not in SYSTEM)


def read_facts(session: Session, query: str, database: str, renames: Mapping[str, str]) -> Facts:
    """The catalog's rows by object name, with database names as the target has them."""
    rows = session.rows(query.format(schema=session.literal(database)))
    return {str(row[0]): tuple(renamed(value, renames) for value in row[1:]) for row in rows}


def renamed(text: str | None, renames: Mapping[str, str]) -> str | None:
    """A definition with each database name replaced, alone or quoted before a dot."""
    if text is None or not renames:
        return text
    if text in renames:
        return renames[text]
    for old, new in renames.items():
        text = text.replace(quoted(old) + ".", quoted(new) + ".")
    return text


def compare_structure(
    source: Session, target: Session, databases: Mapping[str, str], without: frozenset[str] = frozenset()
) -> list[Difference]:
    """Every difference between what the two servers hold of these databases.

    `without` names source tables ("database.table") that were left out of the migration.
    """
    changed = {old: new for old, new in databases.items() if old != new}
    differences: list[Difference] = []
    for old, new in databases.items():
        for kind, query in INVENTORY.items():
            ours = read_facts(source, query, old, changed)
            theirs = read_facts(target, query, new, {})
            skip = tuple(name.partition(".")[2] for name in without if name.startswith(old + "."))
            ours = {name: fact for name, fact in ours.items() if not belongs(kind, name, skip)}
            differences += compare_facts(kind, new, ours, theirs)
        differences += compare_counters(source, target, old, new)
    return differences


def belongs(kind: str, name: str, tables: tuple[str, ...]) -> bool:
    """True when a fact is about one of these tables."""
    if kind == "table":
        return name in tables
    return kind in OF_TABLES and any(name.startswith(table + ".") for table in tables)


def compare_facts(kind: str, database: str, ours: Facts, theirs: Facts) -> list[Difference]:
    """Objects that are missing, extra, or defined otherwise."""
    differences: list[Difference] = []
    for name in sorted(ours.keys() | theirs.keys()):
        full = f"{database}.{name}" if name else database
        if name not in theirs:
            differences.append(Difference(kind, full, "missing on the target"))
        elif name not in ours:
            differences.append(Difference(kind, full, "only on the target"))
        elif ours[name] != theirs[name]:
            pairs = [
                f"{one!r} -> {two!r}" for one, two in zip(ours[name], theirs[name], strict=True) if one != two
            ]
            differences.append(Difference(kind, full, "; ".join(pairs)))
    return differences


def compare_counters(source: Session, target: Session, old: str, new: str) -> list[Difference]:
    """Tables whose next AUTO_INCREMENT on the target lies below the source's: it would be given out twice."""
    ours = read_facts(source, COUNTERS, old, {})
    theirs = read_facts(target, COUNTERS, new, {})
    return [
        Difference("counter", f"{new}.{name}", f"AUTO_INCREMENT {ours[name][0]} -> {theirs[name][0]}")
        for name in sorted(ours.keys() & theirs.keys())
        if int(theirs[name][0] or 0) < int(ours[name][0] or 0)
    ]
