"""The only place that writes a backtick.

A `Fragment` is SQL structure that is safe to put into a statement. It comes from here alone: from names
(`identifier`, `qualified`), from text this package wrote (`raw`), from text a server wrote (`trusted`), or from
values (`string_literal`, `hex_literal`). Since every statement is executed with driver parameters, a literal
``%`` inside a fragment is doubled; `Fragment.plain` undoes that for text shown to people or sent unformatted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aurora_migration.errors import ConfigurationError
from aurora_migration.model.names import TableName

MAX_IDENTIFIER_CHARACTERS: Final = 64  # https://dev.mysql.com/doc/refman/8.4/en/identifier-length.html


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of SQL that is already quoted; ``text`` has every literal percent sign doubled."""

    text: str

    @property
    def plain(self) -> str:
        """The SQL as the server sees it."""
        return self.text.replace("%%", "%")

    def __add__(self, other: Fragment) -> Fragment:
        return Fragment(self.text + other.text)


def raw(text: str) -> Fragment:
    """Structure written in this package's own source, with no name or value of a user in it."""
    return Fragment(text.replace("%", "%%"))


def trusted(text: str) -> Fragment:
    """Text that a MySQL server gave us, such as SHOW CREATE output. Call sites are pinned by a test."""
    return Fragment(text.replace("%", "%%"))


def identifier(name: str) -> Fragment:
    """Quote one name. Raises: ConfigurationError for names MySQL cannot hold (empty, NUL, over 64 characters)."""
    if not name or "\0" in name or len(name) > MAX_IDENTIFIER_CHARACTERS:
        raise ConfigurationError(
            "is not a possible MySQL name",
            subject=repr(name[:80]),
            remedy="names have 1 to 64 characters and no NUL",
        )
    return raw("`" + name.replace("`", "``") + "`")


def qualified(name: TableName) -> Fragment:
    """Quote a schema-qualified table name."""
    return identifier(name.schema) + Fragment(".") + identifier(name.name)


def parameter(name: str) -> Fragment:
    """A hole for a driver value. Raises: ConfigurationError if the name is not an identifier."""
    if not name.isidentifier():
        raise ConfigurationError("is not a parameter name", subject=repr(name))
    return Fragment(f"%({name})s")


def column_list(names: Iterable[str]) -> Fragment:
    """Quoted column names, separated by commas."""
    return join((identifier(name) for name in names), ", ")


def join(fragments: Iterable[Fragment], separator: str) -> Fragment:
    """Join fragments with a separator written in our own source."""
    return Fragment(raw(separator).text.join(fragment.text for fragment in fragments))


def string_literal(value: str) -> Fragment:
    """A utf8mb4 string literal that means the same under every sql_mode and connection charset."""
    return Fragment("_utf8mb4 X'" + value.encode("utf-8").hex() + "'")


def account(user: str, host: str) -> Fragment:
    """``'user'@'host'`` for account statements, whose grammar takes no hexadecimal literals.

    Valid while NO_BACKSLASH_ESCAPES is off, which every session of this package makes sure of.
    """
    return raw(f"{_quoted(user)}@{_quoted(host)}")


def quoted(value: str) -> Fragment:
    """An ordinary quoted string for grammar that takes only a string token (COMMENT, IDENTIFIED AS …)."""
    return raw(_quoted(value))


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
