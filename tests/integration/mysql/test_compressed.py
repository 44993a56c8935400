"""The compressed protocol, towards either end: long answers, long streams, many commands, odd bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from aurora_migration.errors import RetryableError
from aurora_migration.mysql.catalog import tables
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import load_data, prepare
from aurora_migration.sql.quoting import parameter, qualified, raw
from aurora_migration.sql.row_text import RowStyle, row_text
from local.servers import Pair
from tests.fresh_databases import Databases, create_like_source, endpoint, root

pytestmark = pytest.mark.servers

STATE = raw("SELECT VARIABLE_VALUE FROM performance_schema.session_status WHERE VARIABLE_NAME = 'Compression'")
LONG = raw(
    "SELECT SHA2(a.n * 1000 + b.n, 512) AS text FROM (WITH RECURSIVE n AS (SELECT 1 AS n UNION ALL SELECT n + 1 "
    "FROM n WHERE n < 900) SELECT n FROM n) AS a JOIN (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) AS b"
)


@pytest.fixture(params=[SslMode.REQUIRED, SslMode.DISABLED])
def end(request: pytest.FixtureRequest, server_pair: Pair) -> Endpoint:
    return replace(root(server_pair, "source"), ssl_mode=request.param, compress=True)


def test_both_connections_are_compressed_if_asked_for(end: Endpoint) -> None:
    for compress, word in ((True, "ON"), (False, "OFF")):
        one = replace(end, compress=compress)
        with Session.open(one) as session, RowReader(one) as reader:
            assert session.scalar(STATE) == word
            assert [*reader.text_rows(STATE, 1)] == [[word.encode()]]


def test_answers_are_those_of_a_plain_connection(end: Endpoint) -> None:
    with Session.open(end) as session, Session.open(replace(end, compress=False)) as plain:
        assert session.query(LONG) == plain.query(LONG)
        for number in range(300):  # more than the number of a packet can count
            assert session.scalar(raw(f"SELECT {number}")) == number


@pytest.mark.parametrize("size", [0, 1, 49, 50, 51, 1 << 20, (1 << 20) + 1, 12_000_000])
def test_statements_of_any_length_arrive(size: int, end: Endpoint) -> None:
    """From 16 MiB on MySQL divides packets; what cannot be compressed goes as it is."""
    text = os.urandom(size // 2).hex()
    with Session.open(end) as session:
        sql = raw(f"SELECT SHA2('{text}', 256) = SHA2(") + parameter("text") + raw(", 256)")
        assert session.scalar(sql, {"text": text}) == 1


@pytest.fixture
def filled(databases: Callable[..., Databases]) -> Databases:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, word VARCHAR(200), b LONGBLOB)",
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 700)"
        " SELECT i, REPEAT('é''', i MOD 90), RANDOM_BYTES(MOD(i * 37, 1024)) FROM n",
        "INSERT INTO t VALUES (701, 'long', REPEAT('0123456789', 500000))",
    )
    create_like_source(made, ["t"])
    return made


def test_a_table_goes_from_one_compressed_connection_to_another(filled: Databases) -> None:
    """A row a packet: more packets in one command than their number can count."""
    (table,) = tables(filled.source, filled.name)
    text = raw("SELECT ") + row_text(table, RowStyle.LOAD_DATA) + raw(" FROM ") + qualified(table.name)
    source, target = (replace(end, compress=True) for end in ends(filled))
    with Session.open(target, local_infile=True) as session, RowReader(source) as reader:
        prepare(session)
        assert load_data(session, table, reader.text_rows(text, 1 << 20)).rows == 701
        query = raw("SELECT COUNT(*), SUM(CRC32(CONCAT(id, word, HEX(b)))) AS s FROM ") + qualified(table.name)
        assert session.query(query) == filled.source.query(query)


def test_a_stream_that_breaks_leaves_the_session_usable(filled: Databases) -> None:
    def blocks() -> Iterator[list[bytes]]:
        yield [b"1,'a','b'"]
        raise ZeroDivisionError

    (table,) = tables(filled.source, filled.name)
    with Session.open(replace(ends(filled)[1], compress=True), local_infile=True) as session:
        prepare(session)
        with pytest.raises(ZeroDivisionError), session.transaction():
            load_data(session, table, blocks())
        assert session.scalar(raw("SELECT COUNT(*) FROM ") + qualified(table.name)) == 0


def test_a_connection_that_ends_is_an_error_to_try_again(end: Endpoint) -> None:
    with Session.open(end) as session, Session.open(end) as other:
        other.execute(raw(f"KILL {session.scalar(raw('SELECT CONNECTION_ID()'))}"))
        with pytest.raises(RetryableError):
            session.scalar(raw("SELECT 1"))


def ends(made: Databases) -> tuple[Endpoint, Endpoint]:
    return endpoint("source", made.pair.source_login), endpoint("target", made.pair.target_login)
