"""Finds the schema and table names that a view or a program's body mentions, and rewrites them where that is safe.

Works on tokens of the original text, so that nothing but the names themselves changes. A name is rewritten only
where its place leaves one meaning: after FROM, JOIN, INTO and the like, as a qualifier of three parts, before an
argument list, or as a qualifier that no alias, column or variable of the text can be. Any other mention is a
*doubt*; a text with a doubt must not be rewritten at all, which the caller reports.

A general SQL parser is no help here: those at hand drop version comments, know no sql_mode and take a program's
body for one opaque command. Once a view is created the server says what it reads; the caller compares that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aurora_migration.model.names import TableName
from aurora_migration.sql.ddl.edits import Edit
from aurora_migration.sql.ddl.lexer import Kind, Token
from aurora_migration.sql.ddl.mentions import Mention, Place, mentions
from aurora_migration.sql.ddl.names import NameMap
from aurora_migration.sql.quoting import identifier


@dataclass(slots=True)
class References:
    """The edits that carry a text over to the target's names, and why it may be unsafe to make them."""

    edits: list[Edit] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def references(cut: Sequence[Token], home: str | None, names: NameMap) -> References:
    """Look through ``cut``; unqualified tables are those of the schema ``home`` (None: there are none)."""
    found = References()
    if names.unchanged:
        return found
    search = _Search(tuple(mentions(cut)), home, names)
    for mention in search.mentions:
        search.judge(mention, found)
    return found


class _Search:
    """One text, and what its names can mean beside schemas and tables."""

    def __init__(self, found_mentions: tuple[Mention, ...], home: str | None, names: NameMap) -> None:
        self.mentions = found_mentions
        self.home = home
        self.names = names
        self.schemas = tuple({*names.schemas, *(table.schema for table in names.tables)})
        self.no_qualifiers = {
            part.value.casefold()
            for mention in found_mentions
            for index, part in enumerate(mention.parts)
            if index > 0 or len(mention.parts) == 1
        }
        in_place = (self._moved(mention) for mention in found_mentions if mention.place is Place.TABLE)
        self.used = {moved for moved in in_place if moved is not None}

    def judge(self, mention: Mention, found: References) -> None:
        parts = mention.parts
        schema = self._schema(parts[0]) if len(parts) > 1 else None
        if schema is not None and self._surely_qualifies(mention):
            self._edit_qualified(mention, schema, found)
        elif self.home is None:
            return  # the server names the schema of every table in a view: this is an alias
        elif schema is not None:
            found.doubts.append(f"{_shown(mention)} may be schema {schema} or an alias of that name")
        elif len(parts) == 1 and mention.place is Place.TABLE:
            self._edit_bare_table(mention, found)
        elif len(parts) == 2 and self._is_moved_name(parts[0]):
            self._edit_qualifier(mention, found)
        elif len(parts) == 1 and self._is_moved_name(parts[0]):
            found.doubts.append(f"{_shown(mention)} may be a renamed table or something else of that name")

    def _surely_qualifies(self, mention: Mention) -> bool:
        if len(mention.parts) == 3 or mention.place is not Place.OTHER:
            return True
        return self.home is not None and mention.parts[0].value.casefold() not in self.no_qualifiers

    def _edit_qualified(self, mention: Mention, schema: str, found: References) -> None:
        old = TableName(schema, mention.parts[1].value)
        new = self._target(old)
        if mention.place in {Place.ROUTINE, Place.CALL} or self._is_alias(mention, old):
            new = self.names.program(old)  # no table, or an alias of one, which the server qualifies as well
        _replace(mention.parts[0], old.schema, new.schema, found)
        _replace(mention.parts[1], old.name, new.name, found)

    def _is_alias(self, mention: Mention, old: TableName) -> bool:
        """Whether three parts name an alias: the renamed table that it could be is not read in this text."""
        used = any(t.schema == old.schema and self.names.same(t.name, old.name) for t in self.used)
        return len(mention.parts) == 3 and not used

    def _edit_bare_table(self, mention: Mention, found: References) -> None:
        moved = self._moved(mention)
        if moved is None or self.home is None:
            return
        new = self.names.tables[moved]
        text = identifier(new.name).plain
        if new.schema != self.names.schema(self.home):
            text = f"{identifier(new.schema).plain}.{text}"
        found.edits.append(Edit(mention.parts[0].start, mention.parts[0].end, text))

    def _edit_qualifier(self, mention: Mention, found: References) -> None:
        """``orders.id`` where the table orders is renamed: the qualifier is too, unless several are called so."""
        name = mention.parts[0]
        candidates = [moved for moved in self.used if self.names.same(moved.name, name.value)]
        others = [
            m
            for m in self.mentions
            if m.place is Place.TABLE and self.names.same(m.parts[-1].value, name.value) and self._moved(m) is None
        ]
        if len(candidates) != 1 or others:
            if candidates:
                found.doubts.append(f"{_shown(mention)} may belong to several tables of that name")
            return
        _replace(name, candidates[0].name, self.names.tables[candidates[0]].name, found)

    def _schema(self, token: Token) -> str | None:
        return next((schema for schema in self.schemas if self.names.same(schema, token.value)), None)

    def _is_moved_name(self, token: Token) -> bool:
        """Whether this is the bare name of a renamed table that the text can mean without a schema."""
        tables = {t for t in self.names.tables if t.schema == self.home} | self.used
        return any(self.names.same(table.name, token.value) for table in tables)

    def _moved(self, mention: Mention) -> TableName | None:
        """The renamed table that a mention in the place of a table means."""
        parts = mention.parts
        schema = self.home if len(parts) == 1 else self._schema(parts[0])
        if schema is None or len(parts) > 2:
            return None
        name = parts[-1].value
        return next((t for t in self.names.tables if t.schema == schema and self.names.same(t.name, name)), None)

    def _target(self, old: TableName) -> TableName:
        for source, target in self.names.tables.items():
            if source.schema == old.schema and self.names.same(source.name, old.name):
                return target
        return self.names.program(old)


def names_in_strings(cut: Sequence[Token], names: NameMap) -> tuple[str, ...]:
    """Changed names that occur as words inside string literals: SQL that a program builds is not looked into."""
    changed = {*names.schemas, *(table.name for table in names.tables)}
    strings = [token.value for token in cut if token.kind is Kind.STRING]
    return tuple(sorted(name for name in changed if any(_has_word(text, name) for text in strings)))


def _has_word(text: str, name: str) -> bool:
    at = text.find(name)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(name) : at + len(name) + 1]
        if not _joins(before) and not _joins(after):
            return True
        at = text.find(name, at + 1)
    return False


def _joins(character: str) -> bool:
    return bool(character) and (character.isalnum() or character in "_$")


def _replace(token: Token, old: str, new: str, found: References) -> None:
    if new != old:
        found.edits.append(Edit(token.start, token.end, identifier(new).plain))


def _shown(mention: Mention) -> str:
    return ".".join(part.text for part in mention.parts)
