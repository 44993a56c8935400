"""Several session variables by one statement: all where the server takes all, else those that it has."""

from __future__ import annotations

import pytest

from aurora_migration.errors import MigrationError, StatementError
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.servers import Pair
from tests.fresh_databases import endpoint

pytestmark = pytest.mark.servers

STATE = raw("SELECT @@SESSION.max_execution_time AS time, @@SESSION.sql_notes AS notes")


@pytest.mark.parametrize("other", ["no_such_variable", "bulk_insert_buffer_size", "innodb_buffer_pool_size"])
def test_what_the_server_does_not_take_keeps_nothing_else_from_being_set(server_pair: Pair, other: str) -> None:
    """Unknown, not allowed to Aurora's administrator, not a session's."""
    values: dict[str, str | int] = {"max_execution_time": 7, other: 1, "sql_notes": 0}
    with Session.open(endpoint("target", server_pair.target_login)) as session:
        with pytest.raises(MigrationError):
            session.set_variables(values)
        assert session.query(STATE) == [{"time": 0, "notes": 1}]
        session.try_variables(values)
        assert session.query(STATE) == [{"time": 7, "notes": 0}]


def test_a_wrong_value_is_an_error(server_pair: Pair) -> None:
    with (
        Session.open(endpoint("target", server_pair.target_login)) as session,
        pytest.raises(StatementError, match="sql_mode"),
    ):
        session.try_variables({"sql_notes": 0, "sql_mode": "NO_SUCH_MODE"})
