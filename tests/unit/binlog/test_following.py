"""The reader over recorded events: damage, crashes of the source, and offsets beyond 4 GiB."""

from __future__ import annotations

import pytest

from aurora_migration.errors import BinlogError, ConfigurationError
from aurora_migration.model.change import BinlogItem, End, Outcome
from aurora_migration.model.gtid import Gtid
from aurora_migration.model.position import Position
from aurora_migration.mysql.binlog.framing import EventType, parse_event
from aurora_migration.mysql.binlog.reader import BinlogReader, until
from tests.unit.binlog.recorded import UUID, event, format_description, gtid, query, rotate, xid

START = Position(f"{UUID}:1-4", "b.1", 100)
HEAD = [rotate("b.1", 100), format_description()]
ONE = [gtid(5, 150), query("BEGIN", 200), xid(300)]


def read(*events: bytes, start: Position = START) -> list[BinlogItem]:
    return list(BinlogReader(events, start, lambda _: None))


def test_a_transaction() -> None:
    _begin, end = read(*HEAD, *ONE)
    assert end == End(Outcome.COMMITTED, Gtid(UUID, 5), 50, end.gtid_set, "b.1", 300)  # type: ignore[union-attr]
    assert isinstance(end, End)
    assert end.position == Position(f"{UUID}:1-5", "b.1", 300)


@pytest.mark.parametrize("at", [0, 4, 10, 15, 25, -5, -1])
def test_a_changed_byte_is_found(at: int) -> None:
    damaged = bytearray(ONE[1])
    damaged[at] ^= 0x01
    with pytest.raises(BinlogError):
        read(*HEAD, ONE[0], bytes(damaged), ONE[2])


def test_a_damaged_event_is_named() -> None:
    damaged = ONE[1][:-1] + bytes([ONE[1][-1] ^ 0xFF])
    with pytest.raises(BinlogError, match="event 2 that ends at 200 does not fit its checksum"):
        read(*HEAD, ONE[0], damaged)


def test_a_cut_event_is_found() -> None:
    for length in (0, 10, len(ONE[1]) - 1):
        with pytest.raises(BinlogError):
            read(*HEAD, ONE[1][:length])


def test_a_checksum_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(BinlogError, match="unknown kind"):
        read(rotate("b.1"), format_description(checksum=2))


def test_files_with_and_without_checksums_may_follow_each_other() -> None:
    bare = [data[:-4] for data in ONE]
    bare = [data[:9] + (len(data)).to_bytes(4, "little") + data[13:] for data in bare]
    after = [gtid(6, 150), query("BEGIN", 200), xid(300)]
    rotation = rotate("b.3")[:-4]
    rotation = rotation[:9] + len(rotation).to_bytes(4, "little") + rotation[13:]
    found = read(rotate("b.2"), format_description(0), *bare, rotation, format_description(1), *after)
    assert [(one.file, one.offset) for one in found if isinstance(one, End)] == [("b.2", 300), ("b.3", 300)]


def test_a_transaction_that_the_source_never_finished() -> None:
    """After a crash the next file begins without the end of it: it did not happen, and the position stays."""
    found = read(*HEAD, *ONE, gtid(6, 350), query("BEGIN", 400), rotate("b.2"), format_description(), gtid(6, 50))
    cut = found[3]
    assert isinstance(cut, End)
    assert cut.outcome is Outcome.ROLLED_BACK
    assert cut.position == Position(f"{UUID}:1-5", "b.1", 300)
    assert len(found) == 5


def test_offsets_go_on_beyond_four_gibibytes() -> None:
    start = Position(f"{UUID}:1-4", "b.1", (1 << 32) - 200)
    high = [gtid(5, (1 << 32) - 100), query("BEGIN", 40), xid(300), gtid(6, 350), query("BEGIN", 400), xid(500)]
    found = read(rotate("b.1", start.offset), format_description(), *high, start=start)
    assert [one.offset for one in found if isinstance(one, End)] == [(1 << 32) + 300, (1 << 32) + 500]


def test_the_position_moves_to_a_new_file_between_transactions() -> None:
    reader = BinlogReader([*HEAD, *ONE, rotate("b.2")], START, lambda _: None)
    list(reader)
    assert reader.position == Position(f"{UUID}:1-5", "b.2", 4)


def test_stopping_only_between_transactions() -> None:
    asked = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    found = list(BinlogReader([*HEAD, *ONE, *ONE], START, lambda _: None, stop=stop))
    assert [type(one).__name__ for one in found] == ["Begin", "End"]


def test_until() -> None:
    now = [10.0]
    stop = until(5, lambda: now[0])
    assert not stop()
    now[0] = 15.0
    assert stop()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (EventType.INCIDENT, "lost events"),
        (EventType.WRITE_ROWS_V1, "MariaDB"),
        (EventType.PARTIAL_UPDATE_ROWS, "partial JSON"),
        (77, "unknown kind"),
        (162, "unknown kind"),
    ],
)
def test_what_cannot_be_followed_is_refused(kind: int, words: str) -> None:
    with pytest.raises(BinlogError, match=words):
        read(*HEAD, event(kind, b""))


def test_what_may_be_ignored_is() -> None:
    ignorable = [
        event(77, b"", flags=0x80),
        event(EventType.HEARTBEAT, b"b.1", end=900),
        event(EventType.ROWS_QUERY, b"x"),
    ]
    assert read(*HEAD, *ignorable, *ONE) == read(*HEAD, *ONE)


def test_rows_of_a_table_that_was_not_described() -> None:
    with pytest.raises(BinlogError, match="not described"):
        read(*HEAD, *ONE[:2], event(EventType.WRITE_ROWS, bytes([7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0])))


def test_a_payload_of_an_unknown_compression() -> None:
    with pytest.raises(BinlogError, match="unknown way"):
        read(*HEAD, event(EventType.TRANSACTION_PAYLOAD, bytes([2, 1, 9, 0])))


def test_a_payload_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    with pytest.raises(ConfigurationError, match="zstandard"):
        read(*HEAD, event(EventType.TRANSACTION_PAYLOAD, bytes([2, 1, 0, 0])))


def test_parse_event_gives_the_body_without_the_checksum() -> None:
    assert parse_event(event(EventType.XID, b"12345678", end=5), 1).body == b"12345678"
