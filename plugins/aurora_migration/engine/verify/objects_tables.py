"""Compares the planned tables of one schema with their targets: facts of the catalog first, then SHOW CREATE.

The text is the second net: it holds what information_schema does not tell, such as a FULLTEXT parser or a storage
hint. An object that the facts already found is not reported again from the text. A table that is missing is one
difference, not one for each of its columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aurora_migration.engine.verify import objects_facts as facts
from aurora_migration.engine.verify.objects_compare import (
    change,
    compare_facts,
    compare_order,
    cut_to_change,
    differs,
    extra,
    missing,
)
from aurora_migration.engine.verify.objects_facts import Facts
from aurora_migration.engine.verify.objects_rules import FOREIGN_KEY, TableRules, Words, expected_name
from aurora_migration.engine.verify.objects_text import TableText, table_text
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.report import Difference
from aurora_migration.mysql.ddl import relation_exists
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.text import decoded, unconverted
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import qualified

OnTarget = Callable[[TableName], TableName]

_TOLD: Final = frozenset({"ENGINE", "AUTO_INCREMENT", "DEFAULT CHARSET", "COLLATE", "COMMENT"})


@dataclass(frozen=True, slots=True)
class Pair:
    """One table on both sides, the rules that may have changed it, the options the facts compared."""

    mapping: TableMapping
    rules: TableRules
    told: frozenset[str]

    @property
    def label(self) -> str:
        return str(self.mapping.target)


def compare_tables(
    source: Session, target: Session, tables: list[PlannedTable], on_target: OnTarget, *, deferred: bool = False
) -> list[Difference]:
    """Compare tables of one source schema; ``on_target`` names a source table there.

    ``deferred`` says that counters are raised at the cutover, since the source goes on counting until then.
    """
    if not tables:
        return []
    ours = facts.tables(source, tables[0].mapping.source.schema)
    theirs = {name: facts.tables(target, name) for name in sorted({p.target.schema for p in tables})}
    found: list[Difference] = []
    pairs: list[Pair] = []
    for planned in tables:
        mapping = planned.mapping
        one = ours.get(mapping.source.name)
        other = theirs[mapping.target.schema].get(mapping.target.name)
        if one is None:
            continue  # dropped from the source since the plan was made
        if other is None:
            found.append(missing(f"table {mapping.target}"))
            continue
        pair = _pair(planned, one, other, deferred=deferred)
        pairs.append(pair)
        found += _compare_table(pair, one, other)
    for kind in facts.KINDS:
        found += _compare_kind(source, target, pairs, kind, on_target)
    known = {difference.subject for difference in found if not difference.explained}
    with unconverted(source), unconverted(target):
        for pair in pairs:
            texts = _show_create(source, pair.mapping.source), _show_create(target, pair.mapping.target)
            found += _compare_counters(pair, *texts)
            found += [d for d in _compare_text(pair, *texts) if d.subject not in known]
    return found


def _pair(planned: PlannedTable, ours: Facts, theirs: Facts, *, deferred: bool) -> Pair:
    counter = next((c.name for c in planned.table.columns if "auto_increment" in c.extra), None)
    told = frozenset(fact.removeprefix("option ").upper() for fact in [*ours, *theirs])
    rules = TableRules(ours["engine"] or "", theirs["engine"] or "", counter, deferred=deferred)
    return Pair(planned.mapping, rules, told)


def _compare_table(pair: Pair, ours: Facts, theirs: Facts) -> list[Difference]:
    return compare_facts("table", f"table {pair.label}", ours, theirs, pair.rules.explain)


def _compare_counters(pair: Pair, ours: TableText, theirs: TableText) -> list[Difference]:
    """By SHOW CREATE, which opens the table: of a closed one the catalog tells the last number, not the next."""
    if pair.rules.counter is None:
        return []
    counter, other = (text.options.get("AUTO_INCREMENT", "1") for text in (ours, theirs))
    if int(other) >= int(counter):
        return []
    detail = change("AUTO_INCREMENT", counter, other)
    words = f"{detail}: numbers would be given out again"
    return [differs(f"table {pair.label}", words, pair.rules.counter_rule)]


def _compare_kind(
    source: Session, target: Session, pairs: list[Pair], kind: str, on_target: OnTarget
) -> list[Difference]:
    if not pairs:
        return []
    ours = facts.KINDS[kind](source, pairs[0].mapping.source.schema)
    schemas = sorted({pair.mapping.target.schema for pair in pairs})
    theirs = {schema: facts.KINDS[kind](target, schema) for schema in schemas}
    found: list[Difference] = []
    for pair in pairs:
        here = {
            expected_name(kind, name, pair.mapping): member
            for name, member in ours.get(pair.mapping.source.name, {}).items()
        }
        there = theirs[pair.mapping.target.schema].get(pair.mapping.target.name, {})
        if kind == "foreign key":
            for member in here.values():
                parent = on_target(_parent(member))
                member |= {"parent schema": parent.schema, "parent table": parent.name}
            found += _missing_parents(pair, here, there, target)
        found += _compare_members(pair, kind, here, there)
    return found


def _missing_parents(
    pair: Pair, ours: dict[str, Facts], theirs: dict[str, Facts], target: Session
) -> list[Difference]:
    """Foreign keys left out because the table they name is not on the target; takes them out of ``ours``."""
    found = []
    for name in [name for name in ours if name not in theirs]:
        parent = _parent(ours[name])
        if not relation_exists(target, parent):
            del ours[name]
            detail = f"left out: its parent {parent} is not on the target"
            found.append(missing(f"foreign key {pair.label}.{name}", detail, FOREIGN_KEY))
    return found


def _parent(member: Facts) -> TableName:
    return TableName(member["parent schema"] or "", member["parent table"] or "")


def _compare_members(pair: Pair, kind: str, ours: dict[str, Facts], theirs: dict[str, Facts]) -> list[Difference]:
    found: list[Difference] = []
    if kind == "partition" and bool(ours) != bool(theirs):
        one, other = _scheme(ours), _scheme(theirs)
        return [differs(f"table {pair.label}", change("partitioning", one, other))]
    for name in dict.fromkeys([*ours, *theirs]):
        subject = f"{kind} {pair.label}.{name}"
        if name not in theirs:
            found.append(missing(subject, f"not on the target: {_described(ours[name])}"))
        elif name not in ours:
            rule = pair.rules.extra_index(theirs[name]) if kind == "index" else ""
            found.append(extra(subject, f"not on the source: {_described(theirs[name])}", rule))
        else:
            found += compare_facts(kind, subject, ours[name], theirs[name], pair.rules.explain)
    if kind in {"column", "partition"}:
        found += compare_order(f"{kind}s {pair.label}", ours, theirs)
    return found


def _compare_text(pair: Pair, ours: TableText, theirs: TableText) -> list[Difference]:
    found: list[Difference] = []
    for (kind, old), definition in ours.definitions.items():
        name = expected_name(kind, old, pair.mapping)
        other = theirs.definitions.get((kind, name))
        if other is None or kind == "foreign key":
            continue  # a missing one is the facts' to tell, and so is all there is to a foreign key
        if name != old:
            definition = (definition[0], other[1], *definition[2:])  # CONSTRAINT name …
        found += _compare_words(pair, f"{kind} {pair.label}.{name}", definition, other)
    found += _compare_words(pair, f"partitioning {pair.label}", ours.partitioning, theirs.partitioning)
    told = pair.told | _TOLD
    options = _options(ours, told), _options(theirs, told)
    found += compare_facts("text", f"options {pair.label}", *options, pair.rules.explain)
    if ("index", "PRIMARY") not in ours.definitions:
        found += compare_order(f"indexes {pair.label}", _unique(ours), _unique(theirs))
    return found


def _compare_words(pair: Pair, subject: str, ours: Words, theirs: Words) -> list[Difference]:
    rule = pair.rules.definition(ours, theirs)
    if rule == "":
        return []
    one, other = cut_to_change(" ".join(ours), " ".join(theirs))
    return [differs(subject, change("definition", one, other), rule or "")]


def _unique(text: TableText) -> list[str]:
    """Unique indexes in order: without a primary key the first with no nullable column orders the rows."""
    return [name for (kind, name), words in text.definitions.items() if kind == "index" and words[0] == "UNIQUE"]


def _options(text: TableText, told: frozenset[str]) -> Facts:
    return {name: value for name, value in text.options.items() if name not in told}


def _show_create(session: Session, name: TableName) -> TableText:
    row = decoded(session.query(statement("schema/show_create_table", table=qualified(name))))[0]
    return table_text(row["Create Table"])


def _described(member: Facts) -> str:
    return ", ".join(f"{fact} {value}" for fact, value in member.items() if value)[:300]


def _scheme(members: dict[str, Facts]) -> str | None:
    first = next(iter(members.values()), None)
    return None if first is None else first["by"]
