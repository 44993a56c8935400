"""A schema's own definition: its defaults, and what Aurora does not take over.

Only the default charset and collation travel. Encryption is the cluster's business on Aurora, and a schema that is
READ ONLY could not be loaded (https://dev.mysql.com/doc/refman/8.4/en/alter-database.html).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.rule import AppliedRule
from aurora_migration.sql.ddl.lexer import tokens
from aurora_migration.sql.quoting import Fragment, raw

_NAME: Final = re.compile(r"\w+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class DatabaseDefinition:
    """Defaults of a schema; ``collation`` is None where it is the charset's own."""

    charset: str
    collation: str | None
    encrypted: bool = False
    read_only: bool = False

    @property
    def defaults(self) -> Fragment:
        """The clause for CREATE DATABASE and ALTER DATABASE."""
        text = f"DEFAULT CHARACTER SET {_checked(self.charset)}"
        if self.collation is not None:
            text += f" COLLATE {_checked(self.collation)}"
        return raw(text)

    def same_defaults(self, other: DatabaseDefinition) -> bool:
        """Whether both give new tables the same charset and collation."""
        return _modern(self.charset) == _modern(other.charset) and _modern(self.collation) == _modern(
            other.collation
        )


def parse_database(text: str) -> DatabaseDefinition:
    """Read SHOW CREATE DATABASE. Raises: UnsupportedTableError if it names no charset."""
    cut = tokens(text)
    charset = collation = None
    encrypted = False
    for index in range(1, len(cut) - 1):
        if cut[index].word("SET") and cut[index - 1].word("CHARACTER"):
            charset = cut[index + 1].value
        elif cut[index].word("COLLATE"):
            collation = cut[index + 1].value
        elif cut[index].symbol("=") and cut[index - 1].word("ENCRYPTION"):
            encrypted = cut[index + 1].value == "Y"
    if charset is None:
        raise UnsupportedTableError(f"cannot read the server's SHOW CREATE DATABASE: {text[:120]!r}")
    # a plain comment at the very end, so that older servers skip it
    return DatabaseDefinition(charset, collation, encrypted, text.rstrip().endswith("/* READ ONLY = 1 */"))


def database_rules(definition: DatabaseDefinition, target: str) -> tuple[AppliedRule, ...]:
    """What of a source schema's definition its target goes without."""
    rules = []
    if definition.encrypted:
        rules.append(AppliedRule("encryption", f"database {target}", "ENCRYPTION='Y' left out"))
    if definition.read_only:
        rules.append(AppliedRule("read-only", f"database {target}", "READ ONLY = 1 left out"))
    return tuple(rules)


def of_collation(collation: str) -> Fragment:
    """The clause that makes ``collation`` and its charset the defaults."""
    return raw(f"DEFAULT COLLATE {_checked(collation)}")


def _checked(name: str) -> str:
    if not _NAME.match(name):
        raise UnsupportedTableError("is not the name of a charset or collation", subject=repr(name))
    return name


def _modern(name: str | None) -> str | None:
    """8.0 writes utf8 where later servers write utf8mb3."""
    if name is not None and (name == "utf8" or name.startswith("utf8_")):
        return f"utf8mb3{name[4:]}"
    return name
