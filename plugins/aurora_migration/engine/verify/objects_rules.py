"""Which named rule explains that a table on the target is not what it is on the source.

The names are those of `aurora_migration.sql.ddl`, which makes the changes; what each rule may change is said here
a second time on purpose, so that a rule that changes more than it should is found. A rule explains a change in one
direction only: what it removes, and what InnoDB puts in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

Words = tuple[str, ...]

ENGINE: Final = "engine"
ROW_FORMAT: Final = "row-format"
KEY_BLOCK_SIZE: Final = "key-block-size"
ENCRYPTION: Final = "encryption"
READ_ONLY: Final = "read-only"
BROKEN_VIEW: Final = "broken-view"
DEFINER: Final = "definer"
EVENT_DISABLED: Final = "event-disabled"
RENAME: Final = "rename"

# table option (as CREATE_OPTIONS or SHOW CREATE names it) → the rule that takes it away
_REMOVED: Final = {
    "row_format": ROW_FORMAT,
    "key_block_size": KEY_BLOCK_SIZE,
    "tablespace": "tablespace",
    "data directory": "directory",
    "index directory": "directory",
    "encryption": ENCRYPTION,
    "encrypt": ENCRYPTION,
    "compression": "compression",
    "connection": "connection",
    "autoextend_size": "autoextend-size",
    "secondary_engine": "secondary-engine",
    "secondary_engine_attribute": "secondary-engine",
    "engine_attribute": "engine-attribute",
    "union": ENGINE,
    "insert_method": ENGINE,
}
# words with a value inside definitions and partitions → the rule that takes them away
_PIECES: Final[Sequence[tuple[Words, str]]] = (
    (("KEY_BLOCK_SIZE", "="), KEY_BLOCK_SIZE),
    (("ENGINE", "="), ENGINE),
    (("USING",), ENGINE),
    (("DATA", "DIRECTORY", "="), "directory"),
    (("INDEX", "DIRECTORY", "="), "directory"),
    (("TABLESPACE", "="), "tablespace"),
    (("STORAGE",), "storage"),
    (("COLUMN_FORMAT",), "storage"),
    (("SECONDARY_ENGINE_ATTRIBUTE",), "secondary-engine"),
    (("ENGINE_ATTRIBUTE",), "engine-attribute"),
)


class TableRules:
    """The rules for one table, whose engine on either side decides what the engine rule may explain."""

    def __init__(self, source_engine: str, target_engine: str) -> None:
        self._engine_changed = source_engine != target_engine and target_engine == "InnoDB"

    def explain(self, kind: str, fact: str, ours: str | None, theirs: str | None) -> str:
        """The rule that explains one differing fact, or an empty text."""
        if kind == "table" and fact == "engine":
            return ENGINE if self._engine_changed else ""
        if kind == "index" and fact == "type":
            return ENGINE if self._engine_changed and (ours, theirs) == ("HASH", "BTREE") else ""
        if kind in {"table", "text"}:
            option = fact.removeprefix("option ").lower()
            rule = _REMOVED.get(option, "")
            gone = theirs is None or (rule == ROW_FORMAT and theirs == "DYNAMIC")
            return rule if gone and (rule != ENGINE or self._engine_changed) else ""
        return ""

    def definition(self, ours: Words, theirs: Words) -> str | None:
        """The rules, by comma, that make two definitions of a part equal; empty if they are, None if none do."""
        if ours == theirs:
            return ""
        used: list[str] = []
        for start, rule in _PIECES:
            if rule == ENGINE and not self._engine_changed:
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
    """The rule that explains a differing fact of a schema, or an empty text."""
    if fact == "encryption":
        return ENCRYPTION if (ours, theirs) == ("YES", "NO") else ""
    if fact == "options":
        return READ_ONLY if ours == "READ ONLY=1" and not theirs else ""
    return ""
