"""How the stream behaves over time: big transactions, waiting, peers that vanish, metadata, compression."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator

import pytest

from aurora_migration.errors import ConfigurationError, MissingPrivilegeError, RetryableError, StatementError
from aurora_migration.model.change import End, RowChange
from aurora_migration.mysql.binlog.framing import CHECKSUM_CRC32, CHECKSUM_NONE, EventType, parse_event
from aurora_migration.mysql.binlog.payload import inner_events
from aurora_migration.mysql.binlog.reader import BinlogReader, until
from aurora_migration.mysql.binlog.stream import DumpStream, Replica
from aurora_migration.mysql.binlog.table_map import TableMap, parse_table_map
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.sql.quoting import raw
from tests.integration.binlog.following import Followed

pytestmark = pytest.mark.servers
HEARTBEATS = {EventType.HEARTBEAT, EventType.HEARTBEAT_V2}
ROWS = 200_000
MANY = f"WITH RECURSIVE t(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM t WHERE n < {ROWS - 1})"
FOLLOW = """
import json, resource, sys
from aurora_migration.model.change import End, RowChange
from aurora_migration.model.position import Position
from aurora_migration.mysql import catalog
from aurora_migration.mysql.binlog.reader import BinlogReader
from aurora_migration.mysql.binlog.stream import DumpStream, Replica
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
given = json.load(sys.stdin)
source = Endpoint("source", "127.0.0.1", given["port"], given["user"], given["password"])
with Session.open(source) as session:
    (table,) = catalog.tables(session, given["schema"])
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
before, peak_before = resource.getrusage(resource.RUSAGE_SELF), peak()
rows = total = 0
with DumpStream(source, Replica(7002, "memory"), Position(*given["start"])) as stream:
    for item in BinlogReader(stream, stream.start, lambda name: table if name == table.name else None):
        if isinstance(item, RowChange):
            rows += 1
            total += int(item.after[0])
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps([rows, total, peak() - peak_before, cpu]))
"""


def test_a_big_transaction_takes_little_memory(follow: Callable[[], Followed]) -> None:
    """200,000 rows in one transaction, read in a process of its own: under 24 MiB more than before it began."""
    db = follow()
    db.run("CREATE TABLE big (id INT PRIMARY KEY, v VARCHAR(100), w DECIMAL(10,2), x DATETIME)")
    db.mark()
    db.run(
        f"SET cte_max_recursion_depth = {ROWS}",
        f"INSERT INTO big {MANY} SELECT n, REPEAT('x', 80), 1.5, NOW() FROM t",
    )
    rows, total, grown, cpu = in_a_process(db)
    print(f"{ROWS / cpu:,.0f} rows a CPU second, {grown} KiB")
    assert (rows, total) == (ROWS, ROWS * (ROWS - 1) // 2)
    assert grown < 24 * 1024


def in_a_process(db: Followed) -> tuple[int, int, int, float]:
    given = {
        "port": db.reading.port,
        "user": db.reading.user,
        "password": db.reading.password,
        "schema": db.name,
        "start": [db.start.gtid_set, db.start.file, db.start.offset],
    }
    done = subprocess.run(
        [sys.executable, "-c", FOLLOW],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    rows, total, grown, cpu = json.loads(done.stdout)
    return rows, total, grown, cpu


def test_waiting_for_what_comes(follow: Callable[[], Followed]) -> None:
    """A stream that waits brings what is written later, and its deadline holds while nothing happens."""
    db = follow()
    db.run("CREATE TABLE a (id INT PRIMARY KEY)")
    db.mark()
    kinds = list[int]()

    def told(events: Iterable[bytes]) -> Iterator[bytes]:
        """The row is written once nothing has happened for a while."""
        for data in events:
            kinds.append(parse_event(data, CHECKSUM_CRC32).type)
            if sum(kind in HEARTBEATS for kind in kinds) == 2 and kinds[-1] in HEARTBEATS:
                db.run("INSERT INTO a VALUES (1)")
            yield data

    def idle_since() -> float:
        """A clock that goes by the events since the row."""
        return float(len(kinds) - kinds.index(EventType.XID)) if EventType.XID in kinds else 0.0

    with DumpStream(db.reading, Replica(7003, db.name), db.start, wait=True, heartbeat_seconds=0.2) as stream:
        stop = until(3.5, idle_since)
        found = list(BinlogReader(told(stream), stream.start, db.find(), stop=stop))
    assert [item.after for item in found if isinstance(item, RowChange)] == [(b"1",)]
    assert set(kinds[kinds.index(EventType.XID) + 1 :]) <= HEARTBEATS
    assert len(kinds) == kinds.index(EventType.XID) + 4, "it ends at its deadline"


def test_an_idle_source_ends_the_stream_at_once(follow: Callable[[], Followed]) -> None:
    """A heartbeat tells how much of the log was passed over; a stream that waited would bring more of them."""
    db = follow()
    db.mark()
    heartbeats = 0
    with DumpStream(db.reading, Replica(7009, db.name), db.start, heartbeat_seconds=30) as stream:
        for data in stream:
            heartbeats += parse_event(data, CHECKSUM_CRC32).type in HEARTBEATS
            assert heartbeats <= 1, "it waits"
    assert list(db.read()) == []


def test_a_source_that_dies_is_a_retryable_error(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run("CREATE TABLE a (id INT PRIMARY KEY)")
    db.mark()
    with DumpStream(db.reading, Replica(7004, db.name), db.start, wait=True) as stream:
        end_stream(db, stream)
        with pytest.raises(RetryableError):
            list(BinlogReader(stream, stream.start, db.find()))


def end_stream(db: Followed, stream: DumpStream) -> None:
    assert next(iter(stream)), "the source has begun to send"
    (row,) = db.session.query(
        raw(
            "SELECT ID AS id FROM performance_schema.processlist WHERE COMMAND LIKE 'Binlog Dump%%' AND ID = "
            f"{stream._session.connection.thread_id()}"
        )
    )
    db.run(f"KILL {row['id']}")


def test_the_same_replica_takes_over_from_itself(follow: Callable[[], Followed]) -> None:
    """A reader that was killed may have left a stream on the server: its successor ends it."""
    db = follow()
    replica = Replica(7005, db.name)
    with DumpStream(db.reading, replica, db.start, wait=True) as old:
        assert next(iter(old))
        with DumpStream(db.reading, replica, db.start) as new:
            assert next(iter(new))
        with pytest.raises(StatementError, match="two readers use server id 7005"):
            list(old)


def test_without_the_privilege(follow: Callable[[], Followed]) -> None:
    db = follow()
    user = f"u_{db.name[:20]}"
    db.run(f"CREATE USER {user} IDENTIFIED BY 'Some-pass1'")
    weak = Endpoint("source", "127.0.0.1", db.reading.port, user, "Some-pass1")
    try:
        with (
            pytest.raises(MissingPrivilegeError, match="REPLICATION SLAVE"),
            DumpStream(weak, Replica(7006, db.name), db.start) as stream,
        ):
            list(stream)
    finally:
        db.run(f"DROP USER {user}")


def table_maps(db: Followed) -> list[TableMap]:
    found = []
    with DumpStream(db.reading, Replica(7007, db.name), db.start) as stream:
        for data in stream:
            event = parse_event(data, CHECKSUM_CRC32)
            if event.type == EventType.TABLE_MAP:
                found.append(parse_table_map(event.body))
    return found


DESCRIBED = """CREATE TABLE t (a INT UNSIGNED, b TINYINT, c VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_bin,
    y YEAR, d ENUM('x','é'), e SET('p','q'), f POINT, g GEOMETRY, h INT INVISIBLE, i VARCHAR(40), j VARBINARY(3),
    k DECIMAL(4,1), l DOUBLE UNSIGNED, PRIMARY KEY (h, i(5)))"""


def test_what_full_metadata_tells(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run("SET GLOBAL binlog_row_metadata = FULL", DESCRIBED, "INSERT INTO t (h, i) VALUES (1, 'x')")
    (found,) = table_maps(db)
    one = {column.name: column for column in found.columns}
    assert "".join(name or "?" for name in one) == "abcydefghijkl"
    signs = {name: column.unsigned for name, column in one.items() if column.unsigned is not None and name != "y"}
    assert signs == {"a": True, "b": False, "h": False, "k": False, "l": True}
    assert one["d"].members == (b"x", "é".encode())
    assert one["e"].members == (b"p", b"q")
    assert (one["c"].collation, one["j"].collation) == (47, 63)
    assert one["i"].collation == one["d"].collation == one["e"].collation
    assert (one["f"].geometry, one["g"].geometry) == (1, 0)
    assert [column.name for column in found.columns if column.visible is False] == ["h"]
    assert found.primary_key == ((8, 0), (9, 5))


def test_what_minimal_metadata_tells(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run("SET GLOBAL binlog_row_metadata = MINIMAL", DESCRIBED, "INSERT INTO t (h, i) VALUES (1, 'x')")
    (found,) = table_maps(db)
    assert {column.name for column in found.columns} == {None}
    assert [found.columns[at].unsigned for at in (0, 1)] == [True, False]
    assert [found.columns[at].collation for at in (2, 10)] == [47, 63]
    assert [found.columns[at].geometry for at in (6, 7)] == [1, 0]


def write_compressed(db: Followed) -> None:
    db.run("CREATE TABLE a (id INT PRIMARY KEY, v LONGTEXT)")
    db.mark()
    db.run("SET SESSION binlog_transaction_compression = ON")
    db.run(
        "INSERT INTO a VALUES (1, 'x'), (2, REPEAT('y', 3000000))",
        "BEGIN",
        "UPDATE a SET v = 'z'",
        "DELETE FROM a",
    )
    db.run("COMMIT", "SET SESSION binlog_transaction_compression = OFF")


def test_compressed_transactions(follow: Callable[[], Followed]) -> None:
    db = follow()
    write_compressed(db)
    payloads = 0
    with DumpStream(db.reading, Replica(7008, db.name), db.start) as stream:
        for data in stream:
            payloads += data[4] == EventType.TRANSACTION_PAYLOAD
    assert payloads == 2
    found = list(db.read())
    assert [(item.kind.value, item.before, item.after) for item in found if isinstance(item, RowChange)] == [
        ("insert", None, (b"1", b"x")),
        ("insert", None, (b"2", b"y" * 3000000)),
        ("update", (b"1", b"x"), (b"1", b"z")),
        ("update", (b"2", b"y" * 3000000), (b"2", b"z")),
        ("delete", (b"1", b"z"), None),
        ("delete", (b"2", b"z"), None),
    ]
    first = next(item for item in found if isinstance(item, End))
    for by_gtid in (True, False):
        assert list(db.read(first.position, by_gtid=by_gtid)) == found[found.index(first) + 1 :]


def test_compressed_transactions_without_the_package(
    follow: Callable[[], Followed], monkeypatch: pytest.MonkeyPatch
) -> None:
    db = follow()
    write_compressed(db)
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(ConfigurationError, match="`zstandard` is not installed"):
        list(db.read())


def test_a_payload_that_is_not_compressed() -> None:
    event = (5).to_bytes(4, "little") + bytes([3]) + bytes(4) + (19).to_bytes(4, "little") + bytes(6)
    body = bytes([2, 3, 0xFC, 255, 0, 0]) + event
    (inner,) = inner_events(body)
    assert parse_event(inner, CHECKSUM_NONE).type == EventType.STOP
