"""One connection to one server, as the oracle wants it: fenced settings, text for the catalog, raw bytes for
rows.

A catalog session decodes UTF-8. A row session asks the server to send column bytes untouched
(`character_set_results = NULL`), so a value is compared in its own character set and nothing is converted on
the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from MySQLdb import _mysql

Row = tuple[bytes | None, ...]

FENCES = (
    "SET SESSION time_zone = '+00:00', sql_mode = '', net_write_timeout = 3600, net_read_timeout = 3600,"
    " max_execution_time = 0"
)
# Each is set only where the server knows it: the cached table statistics (8.0) hide a fresh AUTO_INCREMENT,
# and a generated invisible primary key (8.0.30) must be seen to be compared.
OPTIONAL_FENCES = {
    "information_schema_stats_expiry": "0",
    "show_gipk_in_create_table_and_information_schema": "ON",
}


@dataclass(frozen=True, slots=True)
class ServerParams:
    """Where a server is and who asks; the password never appears in its text form."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    ssl_mode: str | None = None


def quoted(*parts: str) -> str:
    """An identifier, or a dotted path of them, in MySQL's quotes."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


class Session:
    """A read-only client of one server; close it, or use it in a `with`."""

    def __init__(self, server: ServerParams, *, raw: bool = False) -> None:
        """Connect and set the fences; `raw` asks for column bytes as stored.

        Raises:
            MySQLdb.OperationalError: the server is not reachable or refuses the login.
        """
        options: dict[str, Any] = {"ssl_mode": server.ssl_mode} if server.ssl_mode else {}
        self._connection = _mysql.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            connect_timeout=20,
            **options,
        )
        self._connection.set_character_set("utf8mb4")
        self._execute(FENCES)
        for name, value in OPTIONAL_FENCES.items():
            if self.rows(f"SHOW VARIABLES LIKE '{name}'"):
                self._execute(f"SET SESSION {name} = {value}")
        self._execute("SET SESSION TRANSACTION READ ONLY")
        if raw:
            self._execute("SET SESSION character_set_results = NULL")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _execute(self, statement: str) -> None:
        self._connection.query(statement.encode())

    def literal(self, value: str) -> str:
        """A string in quotes, escaped for this connection."""
        return str(self._connection.string_literal(value.encode()).decode())

    def rows(self, statement: str) -> list[tuple[str | None, ...]]:
        """All rows of a small result, decoded; a byte that is not UTF-8 stays recognisable."""
        self._execute(statement)
        result = self._connection.store_result()
        fetched = result.fetch_row(maxrows=0, how=0)
        return [
            tuple(None if value is None else value.decode("utf-8", "surrogateescape") for value in row)
            for row in fetched
        ]

    def stream(self, statement: str, batch_rows: int) -> Iterator[Sequence[Row]]:
        """Rows as the server sends them, `batch_rows` at a time; memory holds one batch."""
        self._execute(statement)
        result = self._connection.use_result()
        finished = False
        try:
            while batch := result.fetch_row(maxrows=batch_rows, how=0):
                yield batch
            finished = True
        finally:
            if not finished:
                result.discard()
