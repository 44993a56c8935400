"""A target that takes short packets only: rows arrive all the same, and what cannot arrive is told by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aurora_migration.errors import RowsRejectedError
from aurora_migration.model.config import LoadConfig
from aurora_migration.model.report import Verdict
from aurora_migration.sql.quoting import raw
from local.servers import Pair
from tests.fresh_databases import Databases, create_like_source
from tests.loads import load_all, verify_all

pytestmark = pytest.mark.servers

PACKET = 1 << 20
INSERT = LoadConfig(method="insert")


@pytest.fixture(params=[PACKET, 64 << 10], ids=["1 MiB", "64 KiB"])
def short(request: pytest.FixtureRequest, server_pair: Pair) -> Iterator[int]:
    """Sessions opened from now on may send the target no longer packet."""
    with server_pair.target.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@GLOBAL.max_allowed_packet")
        row = cursor.fetchone()
        assert row is not None
        cursor.execute(f"SET GLOBAL max_allowed_packet = {request.param}")
        try:
            yield request.param
        finally:
            cursor.execute(f"SET GLOBAL max_allowed_packet = {row[0]}")


def make(databases: Callable[..., Databases], *statements: str) -> Databases:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, word VARCHAR(200), b LONGBLOB)",
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
        " SELECT i, REPEAT('é''', i MOD 90), RANDOM_BYTES(MOD(i * 37, 1024)) FROM n",
        "INSERT INTO t SELECT id + 500, word, REPEAT(b, 10) FROM t",
        *statements,
    )
    create_like_source(made, ["t"])
    return made


def test_load_data_sends_packets_that_the_target_takes(short: int, databases: Callable[..., Databases]) -> None:
    """A value may be longer than a packet, even many times."""
    made = make(databases, "INSERT INTO t VALUES (1001, 'long', REPEAT('0123456789', 500000))")
    load_all(made)
    verdict = verify_all(made)["t"]
    assert (verdict.verdict, verdict.target_rows) == (Verdict.EQUAL, 1001)


def test_insert_batches_fit(short: int, databases: Callable[..., Databases]) -> None:
    made = make(databases)
    load_all(made, INSERT)
    verdict = verify_all(made)["t"]
    assert (verdict.verdict, verdict.target_rows) == (Verdict.EQUAL, 1000)


def test_a_row_just_below_the_packet_is_inserted(short: int, databases: Callable[..., Databases]) -> None:
    made = make(databases, f"INSERT INTO t VALUES (1001, 'long', REPEAT('x', {short // 2 - 400}))")
    load_all(made, INSERT)
    assert verify_all(made)["t"].verdict is Verdict.EQUAL


def test_a_row_longer_than_the_packet_is_rejected_by_name(short: int, databases: Callable[..., Databases]) -> None:
    """Sent to the server it would end the connection, which looks like a loss that a retry cures."""
    made = make(databases, f"INSERT INTO t VALUES (1001, 'long', REPEAT('x', {short}))")
    with pytest.raises(RowsRejectedError, match="max_allowed_packet") as refused:
        load_all(made, INSERT)
    assert refused.value.subject.startswith(f"{made.table('t')} range 1 ")
    assert "max_allowed_packet" in refused.value.remedy
    assert made.target_root.scalar(raw(f"SELECT COUNT(*) FROM `{made.name}`.t WHERE id = 1001")) == 0
