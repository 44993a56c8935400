"""One index as a client wrote it, in ALTER TABLE … ADD, CREATE TABLE and CREATE INDEX.

Grammar: https://dev.mysql.com/doc/refman/8.4/en/create-index.html. Options that place or pack an index, or need a
plugin, are refused: the target may not have them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aurora_migration.sql.ddl.column_text import UnsafeError
from aurora_migration.sql.ddl.reading import Reading, UnreadableError

START: Final = ("INDEX", "KEY", "UNIQUE", "FULLTEXT", "SPATIAL", "PRIMARY", "FOREIGN", "CHECK", "CONSTRAINT")
_PARSERS: Final = ("NGRAM", "MECAB")


@dataclass(frozen=True, slots=True)
class AddedKey:
    """An index; ``name`` is None where the server chooses one."""

    name: str | None
    primary: bool = False


def read_key(r: Reading) -> AddedKey | None:
    """Read an index, or a CHECK (None); ends behind its options. Raises: UnreadableError, UnsafeError."""
    symbol = None
    if r.take("CONSTRAINT") and not r.at("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"):
        symbol = r.identifier()
    if r.take("CHECK"):
        r.parenthesis()
        _ = r.take("ENFORCED") or r.take("NOT", "ENFORCED")
        return None
    if r.at("FOREIGN"):
        raise UnsafeError("it adds a foreign key")
    if r.take("PRIMARY", "KEY"):
        name: str | None = "PRIMARY"
    else:
        if not r.take_any("UNIQUE", "FULLTEXT", "SPATIAL"):
            symbol = None
            if not r.at("INDEX", "KEY"):
                raise UnreadableError(f"an index is expected {r.place()}")
        r.take_any("INDEX", "KEY")
        name = _name(r) or symbol
    _type(r)
    r.parenthesis()
    while _option(r):
        pass
    return AddedKey(name, name == "PRIMARY")


def _name(r: Reading) -> str | None:
    if r.at_symbol("(") or r.at("USING"):
        return None
    if r.at("TYPE") and not r.cut[r.index + 1 : r.index + 2][0].symbol("("):
        return None
    return r.identifier()


def _type(r: Reading) -> bool:
    if not r.take_any("USING", "TYPE"):
        return False
    if not r.take_any("BTREE", "HASH", "RTREE"):
        raise UnreadableError(f"a type of index is expected {r.place()}")
    return True


def _option(r: Reading) -> bool:
    if r.take("COMMENT"):
        r.string()
        return True
    if r.take("WITH", "PARSER"):
        parser = r.identifier()
        if parser.upper() not in _PARSERS:
            raise UnsafeError(f"its index needs the parser {parser}")
        return True
    if r.at("KEY_BLOCK_SIZE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE"):
        raise UnsafeError(f"its index has the option {r.next().text}")
    return bool(r.take_any("VISIBLE", "INVISIBLE")) or _type(r)
