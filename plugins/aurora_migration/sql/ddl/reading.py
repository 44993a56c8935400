"""Reads a statement of the binlog word by word, and gives up where a word is not the one expected.

The statement has run on the source, so it is right; what this grammar does not know is a reason to stop, never to
guess. Version comments are opened, since the binlog keeps only those that the source has executed: the server
blanks the others before it writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aurora_migration.model.names import TableName
from aurora_migration.sql.ddl.lexer import Kind, Token, closing, tokens

Run = Sequence[Token]
_OPEN_QUOTES: Final = ("'", '"', "\x60", "\\")


class UnreadableError(ValueError):
    """A statement, or a part of it, that this grammar does not know; the text says what of it."""


def statement_tokens(text: str, sql_mode: str) -> Run:
    """The tokens of a statement. Raises: UnreadableError for text that was not cut or decoded with certainty."""
    cut = [token for token in tokens(text, sql_mode) if token.kind not in {Kind.OPEN, Kind.CLOSE}]
    while cut and cut[-1].symbol(";"):
        cut.pop()
    for token in cut:
        if token.kind is Kind.SYMBOL and token.text in _OPEN_QUOTES:
            raise UnreadableError("a quote has no partner")
        if "�" in token.text or any("\ud800" <= character <= "\udfff" for character in token.text):
            raise UnreadableError("it holds characters that its character set does not tell")
    return cut


def joined(run: Run) -> str:
    """The text of a run of tokens without comments and needless blanks."""
    pieces: list[str] = []
    for index, token in enumerate(run):
        if index and run[index - 1].end != token.start:
            pieces.append(" ")
        pieces.append(token.text)
    return "".join(pieces)


def shown(token: Token) -> str:
    """A token for people: never a value."""
    return "a string" if token.kind is Kind.STRING else token.text[:40]


class Reading:
    """A place in a run of tokens; ``schema`` is the one of unqualified names."""

    def __init__(self, cut: Run, schema: str) -> None:
        self.cut = cut
        self.schema = schema
        self.index = 0

    @property
    def rest(self) -> Run:
        return self.cut[self.index :]

    @property
    def done(self) -> bool:
        return self.index >= len(self.cut)

    def at(self, *words: str) -> bool:
        """Whether the next token is one of these keywords."""
        return not self.done and self.cut[self.index].word(*words)

    def at_symbol(self, character: str) -> bool:
        return not self.done and self.cut[self.index].symbol(character)

    def take(self, *words: str) -> bool:
        """Go past these keywords if they are next, all and in this order; tell whether they were."""
        there = self.cut[self.index : self.index + len(words)]
        found = len(there) == len(words) and all(
            token.word(word) for token, word in zip(there, words, strict=True)
        )
        if found:
            self.index += len(words)
        return found

    def take_any(self, *words: str) -> str:
        """Go past one of these keywords and return it in capitals; empty if none of them is next."""
        if not self.at(*words):
            return ""
        self.index += 1
        return self.cut[self.index - 1].text.upper()

    def take_symbol(self, character: str) -> bool:
        found = self.at_symbol(character)
        self.index += found
        return found

    def next(self) -> Token:
        """Go past any one token. Raises: UnreadableError at the end."""
        if self.done:
            raise UnreadableError("it ends too early")
        self.index += 1
        return self.cut[self.index - 1]

    def need(self, *words: str) -> None:
        """Go past these keywords. Raises: UnreadableError if they are not next."""
        if not self.take(*words):
            raise UnreadableError(f"{' '.join(words)} is expected {self.place()}")

    def parenthesis(self) -> Run:
        """Go past a parenthesis and return what is in it. Raises: UnreadableError."""
        end = closing(self.cut, self.index) if self.at_symbol("(") else None
        if end is None:
            raise UnreadableError(f"a parenthesis is expected {self.place()}")
        inside = self.cut[self.index + 1 : end]
        self.index = end + 1
        return inside

    def string(self) -> Token:
        """Go past a string. Raises: UnreadableError."""
        token = self.next()
        if token.kind is not Kind.STRING:
            raise UnreadableError(f"a string is expected {self.place()}")
        return token

    def identifier(self) -> str:
        """Go past one name. Raises: UnreadableError."""
        token = self.next()
        if not token.named or not token.value:
            raise UnreadableError(f"a name is expected {self.place()}")
        return token.value

    def name(self) -> TableName:
        """Go past a name that may have a schema before it. Raises: UnreadableError, also if no schema is known."""
        first = self.identifier()
        if self.take_symbol("."):
            return TableName(first, self.identifier())
        if not self.schema:
            raise UnreadableError(f"{first} has no schema")
        return TableName(self.schema, first)

    def end(self) -> None:
        """Raises: UnreadableError unless all has been read."""
        if not self.done:
            raise UnreadableError(f"{shown(self.cut[self.index])} is not known {self.place()}")

    def place(self) -> str:
        before = self.cut[: self.index][-1:]
        return (
            f"after {before[0].text[:40] if before[0].kind is not Kind.STRING else 'a string'}"
            if before
            else "first"
        )
