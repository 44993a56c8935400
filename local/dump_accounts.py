"""The accounts of a dump, created on the server after its objects.

After, because mysqldump writes accounts in an order that MySQL itself refuses (a user before its default role,
a view on a view before its definer's grants), while objects whose definer does not exist yet are accepted.
Accounts that keep the local server usable are never touched.
"""

import re
from collections.abc import Mapping, Sequence

from pymysql.connections import Connection
from pymysql.cursors import Cursor
from pymysql.err import MySQLError

from local import LocalError

# Where the tables of a dumped `mysql` database are put, instead of over the server's own.
SCRATCH = "mysql_of_the_dump"

PROTECTED = frozenset(
    {
        ("root", "localhost"),
        ("root", "127.0.0.1"),
        ("migrator", "%"),
        ("mysql.sys", "localhost"),
        ("mysql.session", "localhost"),
        ("mysql.infoschema", "localhost"),
    }
)

# The tables that hold accounts, with the columns that name whose row it is.
GRANT_TABLES: Mapping[str, str] = {
    "user": "User, Host",
    "db": "User, Host",
    "tables_priv": "User, Host",
    "columns_priv": "User, Host",
    "procs_priv": "User, Host",
    "proxies_priv": "User, Host",
    "global_grants": "USER, HOST",
    "role_edges": "TO_USER, TO_HOST",
    "default_roles": "USER, HOST",
    "password_history": "User, Host",
}

_NAME = r"(?:`(?:[^`]|``)+`|'(?:[^'\\]|\\.|'')+'|\"[^\"]+\"|[\w$]+)"
_ACCOUNT = rf"({_NAME})(?:@({_NAME}))?"
CREATE = re.compile(rf"(CREATE\s+(?:USER|ROLE))\s+(?:IF\s+NOT\s+EXISTS\s+)?({_ACCOUNT})", re.IGNORECASE)
GRANTED_TO = re.compile(rf"\bTO\s+({_ACCOUNT})(?:\s+WITH[\w\s]+)?\s*;?\s*$", re.IGNORECASE)
ALTERED = re.compile(rf"(?:ALTER\s+USER|SET\s+DEFAULT\s+ROLE.*\bTO)\s+({_ACCOUNT})", re.IGNORECASE)

NO_SUCH_AUTHORIZATION_ID = 3162  # the role comes later in the dump


def create_accounts(connection: "Connection[Cursor]", account_statements: Sequence[str]) -> None:
    """Make the accounts that the dump's grant tables (in `SCRATCH`) and its account statements describe.

    Raises:
        LocalError: MySQL refused an account, for example one whose authentication plugin this version lacks.
    """
    with connection.cursor() as cursor:
        _copy_grant_tables(cursor)
        ours = [statement.rstrip().rstrip(";") for statement in account_statements if not _is_protected(statement)]
        created = [statement for statement in ours if CREATE.match(statement)]
        for statement in created:
            _drop(cursor, statement)  # all before the first is made: dropping a role takes it from its members
        while created:
            waiting = [statement for statement in created if not _create(cursor, statement, may_wait=True)]
            if len(waiting) == len(created):
                _create(cursor, waiting[0], may_wait=False)
            created = waiting
        for statement in ours:
            if not CREATE.match(statement):
                _run(cursor, statement)


def _create(cursor: Cursor, statement: str, may_wait: bool) -> bool:
    """Create one account; False where a role of its is not there yet."""
    try:
        cursor.execute(statement)
    except MySQLError as error:
        if may_wait and error.args[0] == NO_SUCH_AUTHORIZATION_ID:
            return False
        raise _refused(statement, error) from error
    return True


def _drop(cursor: Cursor, statement: str) -> None:
    account = CREATE.match(statement)
    if account is not None:
        _run(cursor, f"DROP {account[1].split()[-1]} IF EXISTS {account[2]}")


def _run(cursor: Cursor, statement: str) -> None:
    try:
        cursor.execute(statement)
    except MySQLError as error:
        raise _refused(statement, error) from error


def _refused(statement: str, error: MySQLError) -> LocalError:
    """Names the account and never the statement, which holds password hashes."""
    named = CREATE.match(statement) or ALTERED.match(statement) or GRANTED_TO.search(statement)
    account = named[2] if named and named.re is CREATE else named[1] if named else "an account"
    return LocalError(
        f"the dump's account {account} was refused by the local source: {error.args[0]}: {error.args[1]}. "
        "If its authentication plugin is missing, set MYSQLD to a MySQL of the version that the dump came from."
    )


def _is_protected(statement: str) -> bool:
    found = CREATE.match(statement)
    user, host = (found[3], found[4]) if found else (None, None)
    if found is None:
        other = ALTERED.match(statement) or GRANTED_TO.search(statement)
        user, host = (other[2], other[3]) if other else (None, None)
    return (_plain(user), _plain(host) or "%") in PROTECTED


def _plain(name: str | None) -> str:
    if name is None:
        return ""
    quote = name[0]
    return name[1:-1].replace(quote * 2, quote) if quote in "`'\"" else name


def _copy_grant_tables(cursor: Cursor) -> None:
    """Copy the rows of the dumped grant tables, by the columns that both versions have, then make them count."""
    protected = ", ".join(["(%s, %s)"] * len(PROTECTED))
    values = [part for account in sorted(PROTECTED) for part in account]
    copied = False
    for table, account in GRANT_TABLES.items():
        cursor.execute(
            "SELECT own.COLUMN_NAME FROM information_schema.COLUMNS own JOIN information_schema.COLUMNS dumped"
            " USING (TABLE_NAME, COLUMN_NAME) WHERE own.TABLE_SCHEMA = 'mysql' AND dumped.TABLE_SCHEMA = %s"
            " AND own.TABLE_NAME = %s",
            (SCRATCH, table),
        )
        columns = ", ".join(f"`{row[0]}`" for row in cursor.fetchall())
        if columns:
            copied = True
            cursor.execute(
                f"REPLACE INTO mysql.{table} ({columns}) SELECT {columns} FROM {SCRATCH}.{table}"
                f" WHERE ({account}) NOT IN ({protected})",
                values,
            )
    if copied:
        cursor.execute("FLUSH PRIVILEGES")
    cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
