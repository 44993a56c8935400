"""A login to a server: where to connect, and as whom."""

from dataclasses import dataclass, field

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor


@dataclass(frozen=True, slots=True)
class Login:
    """An account on a server that listens on TCP; the password stays out of its text form."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def connect(self) -> "Connection[Cursor]":
        """Return a connection in autocommit mode; the caller closes it.

        Raises:
            pymysql.err.OperationalError: no server there, or it refuses the account.
        """
        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            charset="utf8mb4",
            autocommit=True,
        )

    def is_accepted(self) -> bool:
        """Whether the server lets this account in with this password."""
        try:
            self.connect().close()
        except pymysql.err.OperationalError:
            return False
        return True
