"""One table from MySQL error numbers to this package's error classes; the default is fatal.

Numbers: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html and, from 2000, the client's.
The server's own words are kept, the statement never is: account statements hold password hashes.
"""

from __future__ import annotations

import re
from typing import Final

import pymysql.err
from MySQLdb import _exceptions as mysqlclient_errors

from aurora_migration.errors import (
    ConfigurationError,
    MigrationError,
    MissingPrivilegeError,
    RetryableError,
    StatementError,
)

DRIVER_ERRORS = (pymysql.err.Error, mysqlclient_errors.Error, ConnectionError, TimeoutError, EOFError)

CONNECTION_LOST = frozenset(
    {0, 1053, 1152, 1158, 1159, 1160, 1161, 1184, 2002, 2003, 2005, 2006, 2013, 2014, 2027, 2055}
)
_CONTENTION = frozenset({1040, 1203, 1205, 1213, 1226, 1317, 1637, 3024, 3100, 3169, 3572, 4031})
_READ_ONLY = frozenset({1792, 1836})
_PRIVILEGE = frozenset({1044, 1142, 1143, 1227, 1370, 1410, 3879})
_LOGIN = frozenset(
    {1045, 1130, 1251, 1524, 1698, 1820, 1862, 2026, 2049, 2054, 2059, 2061, 3118, 3159, 3955, 4052}
)

_TLS = 2026
# libmariadb's words for a connection that ended inside TLS, as against a handshake that failed
_TLS_LOST: Final = re.compile(r"eof|reset by peer|broken pipe|closed|shutdown", re.IGNORECASE)
_OPTION_PREVENTS = 1290
# of the options that 1290 may name, --secure-file-priv among them, these alone go away by themselves
_READ_ONLY_OPTION: Final = re.compile(r"--(super|innodb)?[-_]?read[-_]only\b")
_BINLOG_CREATE_NEEDS_SUPER = 1419
_REMEDY_BINLOG = (
    "set log_bin_trust_function_creators to 1 (on Aurora in the cluster parameter group), or switch the binlog off"
)
READ_ONLY_ERRORS: Final = _READ_ONLY | {_OPTION_PREVENTS}
_REMEDY_READ_ONLY = "the server is read-only now; after a failover the writer endpoint leads to the new writer"


def errno_of(error: BaseException) -> int:
    """The MySQL error number of a driver's error; 2013 for a socket error, 0 if it has none."""
    if isinstance(error, ConnectionError | TimeoutError | EOFError):
        return 2013
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0


def translate(error: BaseException, subject: str) -> MigrationError:
    """The error of this package that a driver's error stands for; ``subject`` says on what."""
    number = errno_of(error)
    words = str(error.args[1]) if len(error.args) > 1 else str(error)
    text = f"MySQL error {number}: {words}"
    if number in _READ_ONLY or (number == _OPTION_PREVENTS and _READ_ONLY_OPTION.search(words)):
        return RetryableError(text, subject=subject, remedy=_REMEDY_READ_ONLY)
    if number in CONNECTION_LOST or number in _CONTENTION or (number == _TLS and _TLS_LOST.search(words)):
        return RetryableError(text, subject=subject)
    if number == _BINLOG_CREATE_NEEDS_SUPER:
        return MissingPrivilegeError(text, subject=subject, remedy=_REMEDY_BINLOG)
    if number in _PRIVILEGE:
        return MissingPrivilegeError(text, subject=subject, remedy="grant the privilege that the server names")
    if number in _LOGIN:
        return ConfigurationError(text, subject=subject, remedy="check user, password and TLS of the connection")
    return StatementError(text, errno=number, subject=subject)
