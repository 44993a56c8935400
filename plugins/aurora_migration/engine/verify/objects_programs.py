"""Compares views, routines, triggers and events: the context they run in, and their text token by token.

Definer and event state are facts of their own and are taken out of the text. Names that the migration changes may
stand in a text in either form: a token pair (source name, target name) counts as equal, and is reported once as
changed on purpose. Everything else in a body has to be the same, comments included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from aurora_migration.engine.verify.objects_compare import (
    change,
    compare_facts,
    cut_to_change,
    differs,
    extra,
    missing,
)
from aurora_migration.engine.verify.objects_facts import Facts
from aurora_migration.engine.verify.objects_rules import (
    BROKEN_VIEW,
    DEFINER,
    EVENT_DISABLED,
    RENAME,
    TRIGGER_DEFERRED,
)
from aurora_migration.engine.verify.objects_text import name_of, tokens
from aurora_migration.model.config import DefinersConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.program import Event, Program, Routine, Trigger, View
from aurora_migration.model.report import Difference

_STATE: Final = frozenset({"ENABLE", "DISABLE", "ON", "SLAVE", "REPLICA"})


class ProgramComparison:
    """Compares programs; ``names`` are pairs of unquoted names, old and new, that the migration changes.

    ``on_target`` names a table or view there, and ``schema_on_target`` a schema. ``deferred`` says that triggers
    come with the cutover, since they would fire on the changes that are applied until then.
    """

    def __init__(
        self,
        definers: DefinersConfig,
        names: AbstractSet[tuple[str, str]],
        on_target: Callable[[TableName], TableName],
        schema_on_target: Callable[[str], str],
        *,
        deferred: bool = False,
    ) -> None:
        self._deferred = deferred
        self._definers = definers
        self._names = names
        self._on_target = on_target
        self._schema_on_target = schema_on_target

    def compare(self, ours: Mapping[str, Program], theirs: Mapping[str, Program]) -> list[Difference]:
        """``ours`` and ``theirs`` by the label that the program has (or should have) on the target."""
        found: list[Difference] = []
        for label in dict.fromkeys([*ours, *theirs]):
            one, other = ours.get(label), theirs.get(label)
            if other is None:
                assert one is not None
                found.append(self._gone(label, one))
            elif one is None:
                found.append(extra(label))
            else:
                found += self._compare_one(label, one, other)
        return found

    def _compare_one(self, label: str, ours: Program, theirs: Program) -> list[Difference]:
        def explain(_: str, fact: str, one: str | None, other: str | None) -> str:
            return self._explain(ours, fact, one, other)

        found = compare_facts(
            "program", label, facts(ours) | self._uses(ours), facts(theirs) | _used(theirs), explain
        )
        if isinstance(ours, View) and ours.hidden:
            return [*found, differs(label, f"not comparable, the source does not show its text: {ours.hidden}")]
        if isinstance(ours, View) and ours.broken and not ours.create:
            return found
        one, other = body(ours), body(theirs)
        if one == other:
            return found
        if len(one) == len(other) and all(self._same(a, b) for a, b in zip(one, other, strict=True)):
            return [*found, differs(label, "names follow the renames of the migration", RENAME)]
        left, right = cut_to_change(" ".join(one), " ".join(other))
        return [*found, differs(label, change("text", left, right))]

    def _gone(self, label: str, program: Program) -> Difference:
        if isinstance(program, View) and program.broken:
            return missing(label, f"broken on the source, so not made: {program.broken}", BROKEN_VIEW)
        if isinstance(program, View) and program.hidden:
            return missing(label, f"the source does not show its text, so not made: {program.hidden}")
        if isinstance(program, Trigger) and self._deferred:
            return missing(label, "is created at the cutover", TRIGGER_DEFERRED)
        return missing(label)

    def _uses(self, program: Program) -> Facts:
        """What a source view has to use on the target: a text in which names may change does not tell."""
        if not isinstance(program, View):
            return {}
        tables = {self._on_target(name) for name in program.tables}
        routines = {TableName(self._schema_on_target(name.schema), name.name) for name in program.routines}
        return _use_facts(tables, routines)

    def _same(self, one: str, other: str) -> bool:
        return one == other or (name_of(one), name_of(other)) in self._names

    def _explain(self, ours: Program, fact: str, one: str | None, other: str | None) -> str:
        if fact == "definer":
            mapped = self._definers.map.get(one or "") if self._definers.policy == "map" else None
            return DEFINER if mapped is not None and mapped == other else ""
        if fact == "security" and self._definers.policy == "invoker":
            return DEFINER if (one, other) == ("DEFINER", "INVOKER") else ""
        if fact == "status" and isinstance(ours, Event):
            return EVENT_DISABLED if other == "DISABLED" else ""
        if fact == "table":
            return RENAME if (one, other) in self._names else ""
        return ""


def facts(program: Program) -> Facts:
    """What a program is beside its text."""
    shared: Facts = {
        "definer": program.definer,
        "security": program.security,
        "sql_mode": program.sql_mode,
        "character_set_client": _modern(program.character_set_client),
        "collation_connection": _modern(program.collation_connection),
        "database collation": _modern(program.database_collation),
    }
    return shared | _own_facts(program)


def _used(program: Program) -> Facts:
    return _use_facts(program.tables, program.routines) if isinstance(program, View) else {}


def _use_facts(tables: Iterable[TableName], routines: Iterable[TableName]) -> Facts:
    return {"reads": ", ".join(map(str, sorted(tables))), "calls": ", ".join(map(str, sorted(routines)))}


def _own_facts(program: Program) -> Facts:
    if isinstance(program, View):
        return {
            "check option": program.check_option,
            "algorithm": program.algorithm,
            "updatable": "yes" if program.updatable else "no",
            "broken": "yes" if program.broken else "no",
        }
    if isinstance(program, Routine):
        return {
            "returns": program.returns,
            "parameters": ", ".join(program.parameters),
            "deterministic": "yes" if program.deterministic else "no",
            "data access": program.data_access,
            "language": program.written_in,
            "comment": program.comment,
        }
    if isinstance(program, Trigger):
        return {
            "table": program.table.name,
            "timing": program.timing,
            "event": program.event,
            "order": str(program.action_order),
        }
    assert isinstance(program, Event)
    return {
        "status": program.status,
        "time zone": program.time_zone,
        "at": program.execute_at,
        "every": " ".join(filter(None, (program.interval_value, program.interval_field))),
        "starts": program.starts,
        "ends": program.ends,
        "on completion": program.on_completion,
        "comment": program.comment,
    }


def body(program: Program) -> tuple[str, ...]:
    """The program's text as tokens, less its definer and security, and for an event less its state."""
    words = list(tokens(program.create, program.sql_mode))
    if "DEFINER" in words[:6]:
        start = words.index("DEFINER")
        del words[start : start + 5]  # DEFINER = user @ host
    if program.security == "INVOKER" or isinstance(program, View):
        start = next(i for i in range(len(words)) if words[i : i + 2] == ["SQL", "SECURITY"])
        del words[start : start + 3]
    if isinstance(program, Event):
        state = words.index("PRESERVE", words.index("COMPLETION")) + 1
        while words[state] in _STATE:
            del words[state]
    return tuple(words)


def _modern(name: str) -> str:
    """8.0 writes utf8 where later servers write utf8mb3."""
    return f"utf8mb3{name[4:]}" if name == "utf8" or name.startswith("utf8_") else name
