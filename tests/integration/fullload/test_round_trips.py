"""A chunk takes few round trips, and what travels together is still done or undone as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from aurora_migration.errors import ConfigurationError, RetryableError, RowsRejectedError, StatementError
from aurora_migration.model.chunk import Chunk
from aurora_migration.mysql import catalog
from aurora_migration.mysql import session as session_module
from aurora_migration.mysql.connection import _Connection
from aurora_migration.mysql.reader import BLOCK_BYTES, RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import insert
from aurora_migration.sql.quoting import identifier, parameter, qualified, raw
from aurora_migration.store.chunks import recorded
from local.oracle import compare_databases
from tests.fresh_databases import Databases, create_like_source, endpoint
from tests.loads import control_of, load_all, prepare_load, record_units, run_load
from tests.patience import TRX_PAUSE, until

pytestmark = pytest.mark.servers
Make = Callable[..., Databases]

_ROWS = (
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT i, {value} FROM n"
)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How many commands were sent, by the server's port; each is a round trip."""
    sent: Counter[int] = Counter()
    send = _Connection._execute_command

    def counting(connection: Any, command: int, sql: Any) -> None:
        sent[connection.port] += 1
        send(connection, command, sql)

    monkeypatch.setattr(_Connection, "_execute_command", counting)
    return sent


@pytest.fixture
def target(databases: Make) -> Iterator[tuple[Databases, Session]]:
    """A table ``t`` of one key on the target, and a session that sends several statements at once."""
    made = databases()
    made.target_root.execute(raw("CREATE DATABASE ") + identifier(made.name))
    made.on_target("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    control_of(made).ensure(made.target)
    with Session.open(endpoint("target", made.pair.target_login), local_infile=True, several=True) as session:
        session.execute(raw("USE ") + identifier(made.name))
        yield made, session


def test_a_session_is_open_after_one_statement(databases: Make, commands: Counter[int]) -> None:
    login = databases().pair.source_login
    commands.clear()
    with Session.open(endpoint("source", login)):
        assert commands[login.port] == 1


def test_one_more_small_table_is_three_trips_to_the_target_and_two_to_the_source(
    databases: Make, commands: Counter[int]
) -> None:
    def trips(tables: int) -> tuple[int, int]:
        names = [f"t{number}" for number in range(tables)]
        made = databases(
            *(f"CREATE TABLE {name} (id INT PRIMARY KEY)" for name in names),
            *(f"INSERT INTO {name} VALUES (1), (2)" for name in names),
        )
        create_like_source(made, names)
        prepare_load(made)
        commands.clear()
        run_load(made, begun=False)
        assert compare_databases(*made.oracle_params(), [made.name]).equal
        return commands[made.pair.source_login.port], commands[made.pair.target_login.port]

    (few_source, few_target), (more_source, more_target) = trips(2), trips(7)
    assert more_target - few_target == 3 * 5  # BEGIN and claim, LOAD DATA, counts and COMMIT
    assert more_source - few_source == 5  # where the chunk ends; the reader's SELECT is not counted here


def test_a_table_with_statistics_begins_with_a_whole_chunk(databases: Make) -> None:
    made = databases(
        "SET SESSION cte_max_recursion_depth = 100000",
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200))",
        "INSERT INTO t " + _ROWS.format(rows=20_000, value="REPEAT('x', 190)"),
        "ANALYZE TABLE t",
    )
    create_like_source(made, ["t"])
    assert load_all(made).chunks == {"t": 1}


def test_chunks_that_were_looked_for_ahead_follow_one_another(databases: Make) -> None:
    made = databases(
        "SET SESSION cte_max_recursion_depth = 100000",
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200))",
        "INSERT INTO t " + _ROWS.format(rows=50_000, value="REPEAT('x', 1 + i MOD 190)"),
    )
    create_like_source(made, ["t"])
    assert load_all(made, chunk_bytes=400_000).chunks["t"] >= 8
    assert compare_databases(*made.oracle_params(), [made.name]).equal


def test_a_loss_between_claim_and_commit_leaves_neither_rows_nor_claim(
    databases: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)")
    create_like_source(made, ["t"])
    prepare_load(made)
    read = RowReader._texts

    def claims() -> list[dict[str, Any]]:
        sql = "SELECT p.ID AS id FROM information_schema.innodb_trx t JOIN performance_schema.processlist p"
        mine = raw(sql + " ON p.ID = t.trx_mysql_thread_id WHERE p.USER = ") + parameter("user")
        return made.target_root.query(mine, {"user": made.pair.target_login.user})

    def cut_off(reader: RowReader, average: int) -> Iterator[list[bytes]]:
        for block in read(reader, average):
            yield block
            for row in until(claims, "the transaction of the claim is seen", TRX_PAUSE):
                made.target_root.execute(raw(f"KILL {int(row['id'])}"))

    with monkeypatch.context() as patch:
        patch.setattr(RowReader, "_texts", cut_off)
        with pytest.raises(RetryableError):
            run_load(made)
    assert record_units(made) == 0
    assert _count(made) == 0
    run_load(made)
    assert record_units(made) == 1
    assert compare_databases(*made.oracle_params(), [made.name]).equal


def test_a_second_claim_waits_and_then_loads_nothing(target: tuple[Databases, Session]) -> None:
    made, session = target
    chunk = Chunk(made.table("t"), 1, 1, None, None)
    with recorded(session, control_of(made), "run", chunk) as counts:
        counts(3, 4)
    with pytest.raises(RetryableError, match="another process"), recorded(session, control_of(made), "run", chunk):
        pytest.fail("the claim was taken twice")
    assert session.scalar(raw("SELECT 1")) == 1


def test_rows_that_are_refused_take_the_claim_with_them(target: tuple[Databases, Session]) -> None:
    made, session = target
    chunk = Chunk(made.table("t"), 1, 2, None, None)
    with pytest.raises(RowsRejectedError), recorded(session, control_of(made), "run", chunk):
        raise RowsRejectedError("refused")
    rows = control_of(made).query(session, "chunks", schema=made.name, table="t", range=1)
    assert [row["number"] for row in rows] == []


def test_the_statement_that_fails_keeps_those_behind_it_from_running(target: tuple[Databases, Session]) -> None:
    made, session = target
    with pytest.raises(StatementError, match="Duplicate entry '1'") as caught:
        session.query_all(_inserts(2, 1, 3))
    assert caught.value.errno == 1062
    assert _count(made) == 2
    with pytest.raises(StatementError, match="Duplicate entry '1'"), session.transaction(*_inserts(4)) as last:
        last += _inserts(5, 1, 6)
    assert _count(made) == 2
    with session.transaction(*_inserts(7)) as last:
        last += _inserts(8)
    assert _count(made) == 4


def test_each_statement_of_several_has_its_own_rows(target: tuple[Databases, Session]) -> None:
    made, session = target
    asked = [(raw("SELECT ") + parameter("a") + raw(" AS a"), {"a": "1; SELECT 2"}), *_inserts(9)]
    asked.append((raw("SELECT id FROM t ORDER BY id"), {}))
    expected = [[{"a": "1; SELECT 2"}], [], [{"id": 1}, {"id": 9}]]
    assert session.query_all(asked) == expected
    assert made.target.query_all([asked[0]]) == expected[:1]  # a session that sends them one by one


def test_an_ordinary_session_runs_no_second_statement(databases: Make) -> None:
    with pytest.raises(StatementError, match="SQL syntax"):
        databases().target.execute(raw("SELECT 1; SELECT 2"))


def test_text_of_rows_is_never_a_second_statement(target: tuple[Databases, Session]) -> None:
    made, session = target
    chunk, table = Chunk(made.table("t"), 1, 1, None, None), catalog.tables(session, made.name)[0]
    hostile = [b"7); DELETE FROM t; INSERT INTO t VALUES (8"]
    with (
        pytest.raises(RowsRejectedError, match="SQL syntax"),
        recorded(session, control_of(made), "run", chunk),
    ):
        insert(session, table, [hostile])
    assert session.query(raw("SELECT id FROM t")) == [{"id": 1}]
    with recorded(session, control_of(made), "run", chunk) as counts:
        counts(insert(session, table, [[b"7"]]).rows, 1)
    assert _count(made) == 2


def test_what_was_asked_and_not_awaited_does_not_disturb(databases: Make) -> None:
    source = databases().source
    with source.asked(raw("SELECT 5 AS five"), {}) as answer:
        assert answer() == [{"five": 5}]
    with pytest.raises(ZeroDivisionError), source.asked(raw("SELECT 5 AS five"), {}):
        raise ZeroDivisionError
    with (
        pytest.raises(StatementError, match="nowhere"),
        source.asked(raw("SELECT * FROM nowhere.t"), {}) as answer,
    ):
        answer()
    assert source.scalar(raw("SELECT 6 AS six")) == 6


def test_rows_that_nobody_read_are_not_taken_for_those_of_the_next_statement(databases: Make) -> None:
    made = databases()
    with RowReader(endpoint("source", made.pair.source_login)) as reader:
        reader.text_rows(raw("SELECT 'old'"), 100)
        assert list(reader.text_rows(raw("SELECT 'new'"), 100)) == [[b"new"]]


def test_a_reader_that_connects_ahead_says_what_it_met_when_it_is_used(databases: Make) -> None:
    login = databases().pair.source_login
    with RowReader(endpoint("source", login), ahead=True) as reader:
        assert list(reader.text_rows(raw("SELECT 'a'"), 1)) == [[b"a"]]
    wrong = endpoint("source", replace(login, password="wrong"))
    with RowReader(wrong, ahead=True) as reader, pytest.raises(ConfigurationError, match="Access denied"):
        reader.text_rows(raw("SELECT 'a'"), 1)
    RowReader(wrong, ahead=True).close()


def test_a_session_of_a_server_that_lacks_a_variable_has_all_others(
    databases: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_WHERE_KNOWN", {"no_such_variable": 1, "max_execution_time": 7})
    with Session.open(endpoint("source", databases().pair.source_login)) as session:
        asked = raw("SELECT @@time_zone AS z, @@max_execution_time AS t, @@character_set_client AS c")
        assert session.query(asked) == [{"z": "+00:00", "t": 7, "c": "utf8mb4"}]


def test_a_block_is_small_whatever_statistics_say(databases: Make) -> None:
    made = databases(
        "SET SESSION cte_max_recursion_depth = 10000",
        "CREATE TABLE t (id INT PRIMARY KEY, b MEDIUMBLOB)",
        "INSERT INTO t " + _ROWS.format(rows=600, value="REPEAT('x', 100000)"),
    )
    with RowReader(endpoint("source", made.pair.source_login)) as reader:
        sizes = [
            sum(map(len, block))
            for block in reader.text_rows(raw("SELECT b FROM ") + qualified(made.table("t")), 1)
        ]
    assert sum(sizes) == 600 * 100_000
    assert max(sizes) < 8 * BLOCK_BYTES


def _inserts(*keys: int) -> Sequence[Any]:
    return [(raw(f"INSERT INTO t VALUES ({key})"), {}) for key in keys]


def _count(made: Databases) -> int:
    return int(made.target_root.scalar(raw("SELECT COUNT(*) AS n FROM ") + qualified(made.table("t"))))
