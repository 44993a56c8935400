"""Every error this package raises, on one page.

    MigrationError
    ├── ConfigurationError          the migration file or a connection is wrong: fail now
    ├── RetryableError              connection lost, deadlock, lock timeout, read-only target: try again
    ├── FatalError                  trying again cannot help
    │   ├── PreflightError          blockers found; carries all findings
    │   ├── SchemaMismatchError     a target object differs from what the plan needs
    │   ├── UnsupportedTableError   a table that cannot be moved as asked
    │   ├── MissingPrivilegeError   an account lacks a privilege
    │   ├── RowsRejectedError       the target refused or changed rows of a chunk
    │   ├── PositionLostError       the recorded position is gone from the source
    │   ├── SyncPausedError         DDL on the source waits for a person; nothing is lost meanwhile
    │   ├── BinlogError             an event of the source's binlog cannot be read or trusted
    │   ├── DataMismatchError       verification found differences; carries the report
    │   └── StatementError          any other error of a MySQL server
    └── OutcomeUnknownError         acknowledgement lost on a statement that must not be repeated

Classes are cut by what the caller should do, not by where the error arose. Each carries the object it is
about and a remedy, pickles, and never holds a password, a hash or a row value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class MigrationError(Exception):
    """Base of the tree: a message, the object it is about, and what to do."""

    def __init__(self, message: str, *, subject: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.subject}: {self.message}" if self.subject else self.message
        return f"{text} What to do: {self.remedy}" if self.remedy else text

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, dict(self.__dict__))


def _rebuild(cls: type[MigrationError], args: tuple[Any, ...], state: dict[str, Any]) -> MigrationError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(MigrationError):
    """The migration file, a parameter or a connection is wrong."""


class RetryableError(MigrationError):
    """The same work may succeed if it is tried again."""


class FatalError(MigrationError):
    """Trying again cannot help: something has to be changed first."""


class PreflightError(FatalError):
    """Preflight found blockers; ``findings`` holds every finding, blockers first."""

    def __init__(self, message: str, findings: Sequence[Any], *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.findings = tuple(findings)


class SchemaMismatchError(FatalError):
    """An object on the target is not what the plan needs it to be."""


class UnsupportedTableError(FatalError):
    """A table cannot be moved the way the migration asks for."""


class MissingPrivilegeError(FatalError):
    """An account lacks a privilege; the remedy names the GRANT."""


class RowsRejectedError(FatalError):
    """The target refused, cut, changed or skipped rows of a chunk; the chunk was rolled back."""


class PositionLostError(FatalError):
    """The recorded binlog position is no longer on the source."""


class SyncPausedError(FatalError):
    """DDL on the source has to be dealt with by a person; the position is kept in front of it."""


class BinlogError(FatalError):
    """An event of the source's binlog is damaged, or of a form that cannot be followed exactly."""


class DataMismatchError(FatalError):
    """Verification found differences; ``report`` is the whole verification report."""

    def __init__(self, message: str, report: Any = None, *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.report = report


class StatementError(FatalError):
    """A MySQL server refused a statement; ``errno`` is its error number."""

    def __init__(self, message: str, *, errno: int = 0, subject: str = "", remedy: str = "") -> None:
        super().__init__(message, subject=subject, remedy=remedy)
        self.errno = errno


class OutcomeUnknownError(MigrationError):
    """The acknowledgement of a statement that must not be repeated was lost: a human decides."""
