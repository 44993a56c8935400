"""Which named rule explains that a table on the target is not what it is on the source.

The names are those of `aurora_migration.sql.ddl`, which makes the changes; what each rule may change is said here
a second time on purpose, so that a rule that changes more than it should is found. A rule explains a change in one
direction only: what it removes, and what InnoDB puts in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aurora_migration.engine.verify.objects_facts import Facts
from aurora_migration.model.names import TableMapping

Words = tuple[str, ...]

ENGINE: Final = "engine"
COUNTER_KEY: Final = "auto-increment-key"
FOREIGN_KEY: Final = "foreign-key"
RENAME: Final = "rename"
BROKEN_VIEW: Final = "broken-view"
DEFINER: Final = "definer"
EVENT_DISABLED: Final = "event-disabled"
TRIGGER_DEFERRED: Final = "trigger-deferred"
COUNTER_DEFERRED: Final = "counter-deferred"
_ROW_FORMAT: Final = "row-format"

# options of a table, as CREATE_OPTIONS or SHOW CREATE names them → the rule that leaves them out
_LEFT_OUT: Final = {
    "row format": _ROW_FORMAT,
    "key block size": "key-block-size",
    "tablespace": "tablespace",
    "data directory": "directory",
    "index directory": "directory",
    "encryption": "encryption",
    "compression": "compression",
    "connection": "connection",
    "autoextend size": "autoextend-size",
    "secondary engine": "secondary-engine",
    "secondary load": "secondary-engine",
    "secondary engine attribute": "secondary-engine",
    "engine attribute": "engine-attribute",
    "storage": "storage",
    "union": ENGINE,
    "insert method": ENGINE,
}
_OTHER_TYPES: Final = frozenset({("HASH", "BTREE"), ("SE_SPECIFIC", "BTREE")})  # of MEMORY and of ARCHIVE
_KEPT_FORMATS: Final = frozenset({"DEFAULT", "DYNAMIC", "COMPACT", "REDUNDANT"})
# words with a value inside definitions and partitions → the rule that takes them away
_PIECES: Final[Sequence[tuple[Words, str]]] = (
    (("KEY_BLOCK_SIZE", "="), "key-block-size"),
    (("ENGINE", "="), ENGINE),
    (("USING",), ENGINE),
    (("DATA", "DIRECTORY", "="), "directory"),
    (("INDEX", "DIRECTORY", "="), "directory"),
    (("TABLESPACE", "="), "tablespace"),
)


class TableRules:
    """The rules for one table, whose engine on either side decides what the engine rule may explain."""

    def __init__(
        self, source_engine: str, target_engine: str, counter: str | None = None, *, deferred: bool = False
    ) -> None:
        self.counter_rule = COUNTER_DEFERRED if deferred else ""
        self._converted = source_engine != target_engine and target_engine == "InnoDB"
        self.counter = counter

    def explain(self, kind: str, fact: str, ours: str | None, theirs: str | None) -> str:
        """The rule that explains one differing fact, or an empty text."""
        if kind == "table" and fact == "engine":
            return ENGINE if self._converted else ""
        if kind == "index" and fact == "type":
            return ENGINE if self._converted and (ours, theirs) in _OTHER_TYPES else ""
        option = fact.removeprefix("option ").lower().replace("_", " ")
        if kind not in {"table", "text"} or theirs is not None:
            return ""
        rule = _LEFT_OUT.get(option, "")
        return "" if rule == _ROW_FORMAT and ours in _KEPT_FORMATS else rule

    def extra_index(self, index: Facts) -> str:
        """The rule that explains an index the source has not: InnoDB needs one that starts with the counter."""
        wanted = self._converted and self.counter is not None and index["parts"] == self.counter
        return COUNTER_KEY if wanted and index["unique"] == "no" else ""

    def definition(self, ours: Words, theirs: Words) -> str | None:
        """The rules, by comma, that make two definitions of a part equal; empty if they are, None if none do."""
        if ours == theirs:
            return ""
        used: list[str] = []
        for start, rule in _PIECES:
            if rule == ENGINE and not self._converted:
                continue
            stripped = _without(ours, start)
            if stripped != ours and _without(theirs, start) in {theirs, stripped}:
                used.append(rule)
            ours, theirs = stripped, _without(theirs, start)
        return ", ".join(dict.fromkeys(used)) if ours == theirs and used else None


def _without(words: Words, start: Words) -> Words:
    """The words less each ``start`` and the value after it."""
    kept: list[str] = []
    index = 0
    while index < len(words):
        if words[index : index + len(start)] == start:
            index += len(start) + 1
        else:
            kept.append(words[index])
            index += 1
    return tuple(kept)


def database_rule(_: str, fact: str, ours: str | None, theirs: str | None) -> str:
    """The rule that explains one differing fact of a schema, or an empty text."""
    if fact == "encryption" and (ours, theirs) == ("YES", "NO"):
        return "encryption"
    return "read-only" if fact == "options" and (ours, theirs) == ("READ ONLY=1", "") else ""


def expected_name(kind: str, name: str, mapping: TableMapping) -> str:
    """What a constraint is called on the target: names the server made from the table's name follow the table."""
    infix = {"foreign key": "_ibfk_", "check": "_chk_"}.get(kind)
    if infix is None or mapping.source.name == mapping.target.name:
        return name
    number = name.removeprefix(f"{mapping.source.name}{infix}")
    followed = f"{mapping.target.name}{infix}{number}"
    return followed if number != name and number.isdigit() and len(followed) <= 64 else name
