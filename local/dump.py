"""Loads a mysqldump file into the local source, so that people can try the migration with data of their own.

The file streams through the real `mysql` client and is never held in memory. On the way five things are changed,
each of which would break the local source or a second load: GTID and replication state is left out, the `mysql`
database goes to a scratch database, accounts wait until the objects exist, databases that the dump creates are
dropped first, and a dump without a database gets one named after the file.
"""

import gzip
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from local import LocalError
from local.dump_accounts import GRANT_TABLES, SCRATCH, create_accounts
from local.mysqld import Server

SYSTEM_DATABASES = frozenset({"mysql", "sys", "performance_schema", "information_schema"})

_NAME = rb"(?:`((?:[^`]|``)+)`|([\w$-]+))"
_CREATE_DATABASE = re.compile(
    rb"\s*CREATE\s+(?:DATABASE|SCHEMA)\s+(?:/\*!\d+\s+)?(?:IF\s+NOT\s+EXISTS\s*)?(?:\*/\s*)?" + _NAME,
    re.IGNORECASE,
)
_USE = re.compile(rb"\s*USE\s+" + _NAME + rb"\s*;\s*$", re.IGNORECASE)
_STATE = re.compile(
    rb"\s*(?:SET\s+@@GLOBAL\.GTID_PURGED|CHANGE\s+(?:MASTER|REPLICATION\s+SOURCE)|(?:START|STOP)\s+(?:SLAVE|REPLICA)\b)",
    re.IGNORECASE,
)
_DELIMITER = re.compile(rb"\s*DELIMITER\s+(\S+)", re.IGNORECASE)
_ACCOUNT = re.compile(
    rb"\s*(?:CREATE\s+(?:USER|ROLE)|ALTER\s+USER|GRANT|REVOKE|SET\s+DEFAULT\s+ROLE)\b.*;\s*$",
    re.IGNORECASE | re.DOTALL,
)
# our own creation of an account or a database drops the old one
_DROPPED = re.compile(
    rb"\s*(?:/\*!\d+\s+)?DROP\s+(?:USER|ROLE|DATABASE|SCHEMA)\b.*;\s*$", re.IGNORECASE | re.DOTALL
)
_OBJECT = re.compile(rb"\s*(?:/\*!\d+\s+)?(?:CREATE|DROP|INSERT|REPLACE|LOCK|ALTER|DELIMITER)\b", re.IGNORECASE)
_SYSTEM_TABLE = re.compile(
    rb"(?:/\*!\d+\s+)?(?:DROP\s+TABLE|CREATE\s+TABLE|LOCK\s+TABLES|ALTER\s+TABLE|(?:INSERT|REPLACE)(?:\s+IGNORE)?\s+INTO)\s+"
    rb"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?" + _NAME,
    re.IGNORECASE,
)
_SYSTEM_TABLESPACE = re.compile(rb"/\*!50100 TABLESPACE `mysql` \*/|TABLESPACE `mysql`")


def load_dump(path: Path, server: Server) -> list[str]:
    """Load the dump (`.sql`, or gzip by content) into the running `server`; return its databases, in order.

    Databases of the same names are replaced. Accounts come along, be they statements or a dumped `mysql` database.

    Raises:
        LocalError: the file cannot be read, holds no database, or MySQL refused a line of it (which is named).
    """
    text = DumpText(_database_name(path))
    with tempfile.TemporaryFile() as complaints, _prepared(server):
        client = subprocess.Popen(
            [
                *server.dist.client(server.defaults_file),
                "--binary-mode",
                "--default-character-set=utf8mb4",
                "--max-allowed-packet=1G",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        )
        assert client.stdin is not None
        failure = _feed(path, text, client.stdin)
        status = client.wait()
        complaints.seek(0)
        words = complaints.read().decode(errors="replace").strip()
    if failure is not None:
        raise failure
    if status != 0:
        raise LocalError(f"{path}: MySQL refused the dump: {words}")
    if not text.databases:
        raise LocalError(f"{path}: no database in this file: give one that mysqldump wrote")
    with server.connect() as connection:
        create_accounts(connection, text.account_statements)
    return text.databases


class DumpText:
    """Rewrites a dump line by line, keeping the number of lines, and collects what it found."""

    def __init__(self, fallback: str) -> None:
        self.databases: list[str] = []
        self.account_statements: list[str] = []
        self._fallback = fallback
        self._in_system = False
        self._in_grant_table = False
        self._in_state = False
        self._in_body = False

    def rewritten(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the lines for the client; `databases` and `account_statements` are complete after the last."""
        for line in lines:
            if found := _DELIMITER.match(line):
                self._in_body = found[1] != b";"
            if self._in_body:
                yield self._object(line)  # a routine's lines are its own, whatever they look like
            elif self._in_state or _STATE.match(line):
                self._in_state = not line.rstrip().endswith(b";")
                yield b"\n"
            elif found := _CREATE_DATABASE.match(line):
                yield self._creation(line, found)
            elif found := _USE.match(line):
                yield self._use(_text(found))
            elif _ACCOUNT.match(line):
                self.account_statements.append(line.decode())
                yield b"\n"
            elif _DROPPED.match(line):
                yield b"\n"
            elif self._in_system:
                yield self._system_line(line)
            else:
                yield self._object(line)

    def _system_line(self, line: bytes) -> bytes:
        """Of a system database only the tables that hold accounts are of use; settings and comments pass."""
        if found := _SYSTEM_TABLE.match(line):
            self._in_grant_table = _text(found) in GRANT_TABLES
        elif line.startswith((b"--", b"/*!", b"SET ", b"UNLOCK ")):
            return line
        return _SYSTEM_TABLESPACE.sub(b"", line) if self._in_grant_table else b"\n"

    def _object(self, line: bytes) -> bytes:
        """The line; before the first object of a dump that has named no database, one is made for it."""
        if self.databases or self._in_system or not _OBJECT.match(line):
            return line
        return self._fresh(self._fallback) + line

    def _creation(self, line: bytes, found: re.Match[bytes]) -> bytes:
        name = _text(found)
        if name in SYSTEM_DATABASES:
            return f"CREATE DATABASE IF NOT EXISTS {SCRATCH};\n".encode()
        if name in self.databases:
            return line
        self.databases.append(name)
        return f"DROP DATABASE IF EXISTS {_quoted(name)}; ".encode() + line

    def _use(self, name: str) -> bytes:
        self._in_system = name in SYSTEM_DATABASES
        if self._in_system:
            return f"CREATE DATABASE IF NOT EXISTS {SCRATCH}; USE {SCRATCH};\n".encode()
        if name in self.databases:
            return f"USE {_quoted(name)};\n".encode()
        self.databases.append(name)  # not created by the dump, so it may be there and be added to
        return f"CREATE DATABASE IF NOT EXISTS {_quoted(name)}; USE {_quoted(name)};\n".encode()

    def _fresh(self, name: str) -> bytes:
        self.databases.append(name)
        quoted = _quoted(name)
        return f"DROP DATABASE IF EXISTS {quoted}; CREATE DATABASE {quoted}; USE {quoted}; ".encode()


def _feed(path: Path, text: DumpText, client: IO[bytes]) -> LocalError | None:
    """Stream the file into the client and close it; an error is returned, so that the client can be waited for."""
    try:
        with _opened(path) as lines:
            for line in text.rewritten(lines):
                client.write(line)
    except BrokenPipeError:
        return None  # the client has given up: it says why
    except (OSError, EOFError) as error:
        return LocalError(f"{path}: this dump cannot be read: {error}")
    except UnicodeDecodeError as error:
        return LocalError(f"{path}: an account statement is not UTF-8: {error}")
    finally:
        with suppress(BrokenPipeError):
            client.close()
    return None


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[bytes]]:
    with path.open("rb") as plain:
        start = plain.read(4)
        plain.seek(0)
        if start.startswith(b"\x1f\x8b"):
            with gzip.open(plain) as unpacked:
                yield unpacked
        elif start.startswith((b"\x28\xb5\x2f\xfd", b"PK", b"BZh", b"\xfd7z")):
            raise OSError("it is compressed, and only .sql and .sql.gz are read: unpack it first")
        else:
            yield plain


@contextmanager
def _prepared(server: Server) -> Iterator[None]:
    """Let one statement be as long as MySQL allows at most: the dump's own server may have allowed it."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
        cursor.execute("SELECT @@GLOBAL.max_allowed_packet")
        row = cursor.fetchone()
        cursor.execute("SET GLOBAL max_allowed_packet = 1024 * 1024 * 1024")
        try:
            yield
        finally:
            cursor.execute("SET GLOBAL max_allowed_packet = %s", (row[0] if row else 64 << 20,))


def _database_name(path: Path) -> str:
    """The file's name up to the first dot, as mysqldump's users name their files."""
    name = path.name.partition(".")[0][:64].strip()
    return f"{name}_" if name in SYSTEM_DATABASES else name or "dump"


def _text(found: re.Match[bytes]) -> str:
    return (found[1].replace(b"``", b"`") if found[1] is not None else found[2]).decode()


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
