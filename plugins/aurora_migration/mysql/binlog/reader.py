"""Follows the binlog: from raw events to transactions in the values of `model.change`.

Rows are yielded as they come, so memory is one event. Tables that ``tables`` answers None for are passed over
without decoding. A definition is asked for at the first event of a table, and again after any DDL. The position
of an `End` is the only one to go on from; a transaction that the source never finished ends as rolled back and
leaves the position where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from aurora_migration.errors import BinlogError
from aurora_migration.model.change import Begin, BinlogItem, End, Outcome, StatementKind
from aurora_migration.model.gtid import Gtid, GtidSet
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.model.table import Table
from aurora_migration.mysql.binlog.columns import decoders
from aurora_migration.mysql.binlog.framing import (
    CHECKSUM_CRC32,
    CHECKSUM_NONE,
    Event,
    EventType,
    checksum_of_format,
    parse_event,
)
from aurora_migration.mysql.binlog.gtid_events import decode_set, gtid_event, tagged_gtid_event
from aurora_migration.mysql.binlog.payload import inner_events
from aurora_migration.mysql.binlog.query_event import is_begin, query_event
from aurora_migration.mysql.binlog.rows import RowDecoder
from aurora_migration.mysql.binlog.table_map import ID_BYTES, parse_table_map, table_id
from aurora_migration.sql.statement_kind import rows_follow

_FORMAT = int(EventType.FORMAT_DESCRIPTION)
_ELSEWHERE = frozenset(
    {EventType.ROTATE, EventType.HEARTBEAT, EventType.HEARTBEAT_V2}
)  # their offset is not a place
_NO_TABLE = 0xFFFFFF  # the id of a row event that only ends a statement
_FINISHED = {
    StatementKind.COMMIT: Outcome.COMMITTED,
    StatementKind.ROLLBACK: Outcome.ROLLED_BACK,
}
_PASSED_OVER = frozenset(
    {
        EventType.STOP,
        EventType.INTVAR,
        EventType.APPEND_BLOCK,
        EventType.DELETE_FILE,
        EventType.RAND,
        EventType.USER_VAR,
        EventType.BEGIN_LOAD_QUERY,
        EventType.HEARTBEAT,
        EventType.HEARTBEAT_V2,
        EventType.IGNORABLE,
        EventType.ROWS_QUERY,
        EventType.TRANSACTION_CONTEXT,
        EventType.VIEW_CHANGE,
    }
)
_REFUSED = {
    EventType.INCIDENT: ("the source lost events (an incident event)", "load again from a new position"),
    EventType.PARTIAL_UPDATE_ROWS: (
        "a partial JSON update has no full image",
        "SET GLOBAL binlog_row_value_options = '' on the source, and load again",
    ),
    EventType.WRITE_ROWS_V1: ("row events of MySQL 5.5 or MariaDB", "use a source of MySQL 8.0 or later"),
    EventType.UPDATE_ROWS_V1: ("row events of MySQL 5.5 or MariaDB", "use a source of MySQL 8.0 or later"),
    EventType.DELETE_ROWS_V1: ("row events of MySQL 5.5 or MariaDB", "use a source of MySQL 8.0 or later"),
}
_ROWS = frozenset({EventType.WRITE_ROWS, EventType.UPDATE_ROWS, EventType.DELETE_ROWS})
FindTable = Callable[[TableName], Table | None]


class BinlogReader:
    """Iterate once. ``events`` are raw events from ``start`` on, `stream.DumpStream` or a recording of one."""

    def __init__(
        self,
        events: Iterable[bytes],
        start: Position,
        tables: FindTable,
        *,
        by_gtid: bool = False,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """``stop`` is asked between transactions only. ``by_gtid`` says that an empty start set is a known one."""
        self._events = events
        self._find = tables
        self._stop = stop
        self._checksum = CHECKSUM_CRC32  # what we asked for: it holds until the file says what it has
        self._gtids = GtidSet.parse(start.gtid_set)
        self._gtids_known = by_gtid or bool(self._gtids)
        self._file, self._offset = start.file, start.offset
        self._position: Position | End = start
        self._begun: Begin | None = None  # the transaction that is being read
        self._open = False  # whether it has several events
        self._maps: dict[int, RowDecoder | None] = {}
        self._decoders: dict[bytes, RowDecoder | None] = {}
        self._handlers: dict[int, Callable[[Event], Iterable[BinlogItem]]] = {
            EventType.FORMAT_DESCRIPTION: self._format,
            EventType.ROTATE: self._rotate,
            EventType.PREVIOUS_GTIDS: self._previous_gtids,
            EventType.GTID: self._gtid,
            EventType.GTID_TAGGED: self._gtid,
            EventType.ANONYMOUS_GTID: self._gtid,
            EventType.QUERY: self._query,
            EventType.EXECUTE_LOAD_QUERY: self._query,
            EventType.TABLE_MAP: self._table_map,
            EventType.XID: self._xid,
            EventType.XA_PREPARE: self._xa_prepare,
            EventType.TRANSACTION_PAYLOAD: self._payload,
            **dict.fromkeys(_ROWS, self._rows),
        }

    @property
    def position(self) -> Position:
        """Where to go on from: after the last complete transaction, or at the start of a file after it."""
        at = self._position
        return at.position if isinstance(at, End) else at

    @property
    def place(self) -> tuple[str, int]:
        """File and offset behind the event that was read last."""
        return self._file, self._offset

    def __iter__(self) -> Iterator[BinlogItem]:
        """Raises: BinlogError, SchemaMismatchError, UnsupportedTableError, and what the stream raises.

        If the events end within a transaction there is no `End` for it: what was yielded of it does not count.
        """
        for data in self._events:
            event = parse_event(data, self._checksum)
            if event.type == _FORMAT:
                self._checksum = checksum_of_format(data)
            if event.end and event.type not in _ELSEWHERE:
                self._advance(event.end)
            yield from self._items(event)
            if self._begun is None and self._stop():
                return

    def _items(self, event: Event) -> Iterable[BinlogItem]:
        handler = self._handlers.get(event.type)
        if handler:
            return handler(event)
        if event.type in _REFUSED:
            words, remedy = _REFUSED[EventType(event.type)]
            raise BinlogError(words, subject=self._where(), remedy=remedy)
        if event.type not in _PASSED_OVER and not event.ignorable:
            raise BinlogError(f"an event of an unknown kind ({event.type})", subject=self._where())
        return ()

    def _advance(self, end: int) -> None:
        """Follow the file's offset; events carry its low 32 bits only."""
        high = self._offset & ~0xFFFFFFFF
        if end < self._offset & 0xFFFFFFFF:
            high += 1 << 32
        self._offset = high | end

    def _format(self, _: Event) -> Iterable[BinlogItem]:
        self._maps.clear()
        return self._abandoned()

    def _rotate(self, event: Event) -> Iterable[BinlogItem]:
        items = self._abandoned()
        self._file, self._offset = event.body[8:].decode("utf-8"), int.from_bytes(event.body[:8], "little")
        self._position = Position(self._gtid_text(), self._file, self._offset)
        return items

    def _previous_gtids(self, event: Event) -> Iterable[BinlogItem]:
        self._gtids = self._gtids.union(decode_set(event.body))
        self._gtids_known = True
        self._position = Position(self._gtid_text(), self._file, self._offset)
        return ()

    def _gtid(self, event: Event) -> Iterable[BinlogItem]:
        abandoned = self._abandoned()
        gtid: Gtid | None
        gtid, committed_at = (tagged_gtid_event if event.type == EventType.GTID_TAGGED else gtid_event)(event.body)
        if event.type == EventType.ANONYMOUS_GTID:
            gtid = None
        self._begun = Begin(gtid, committed_at)
        return (*abandoned, self._begun)

    def _query(self, event: Event) -> Iterable[BinlogItem]:
        if self._begun and is_begin(event.body):  # most of the statements there are
            self._open = True
            return ()
        found = query_event(event.body, load=event.type == EventType.EXECUTE_LOAD_QUERY)
        begin = self._implied_begin(event)
        if found.kind is StatementKind.BEGIN:
            self._open = True
            return begin
        if found.kind in _FINISHED:
            return (*begin, self._end(_FINISHED[found.kind]))
        if found.kind is StatementKind.XA and found.text.upper().startswith("XA START"):
            self._open = True
        elif found.kind is StatementKind.DDL:
            self._decoders.clear()
            self._open = self._open or rows_follow(found.text)
        if self._open:
            return (*begin, found)
        return (*begin, found, self._end(Outcome.COMMITTED))

    def _table_map(self, event: Event) -> Iterable[BinlogItem]:
        key = event.body[ID_BYTES:]
        if key not in self._decoders:
            mapped = parse_table_map(event.body)
            table = self._find(mapped.name)
            self._decoders[key] = RowDecoder(table, decoders(mapped, table)) if table else None
        self._maps[table_id(event.body)] = self._decoders[key]
        return ()

    def _rows(self, event: Event) -> Iterable[BinlogItem]:
        number = table_id(event.body)
        if number not in self._maps:
            if number == _NO_TABLE:
                return ()
            raise BinlogError(f"rows of a table {number} that was not described", subject=self._where())
        decoder = self._maps[number]
        return decoder.changes(event.type, event.body) if decoder else ()

    def _xid(self, _: Event) -> Iterable[BinlogItem]:
        return (self._end(Outcome.COMMITTED),)

    def _xa_prepare(self, event: Event) -> Iterable[BinlogItem]:
        return (self._end(Outcome.COMMITTED if event.body[0] else Outcome.PREPARED),)  # 1: one phase

    def _payload(self, event: Event) -> Iterator[BinlogItem]:
        for data in inner_events(event.body):
            yield from self._items(parse_event(data, CHECKSUM_NONE))

    def _implied_begin(self, event: Event) -> tuple[Begin, ...]:
        """A transaction of a server too old for GTID events begins with its first statement."""
        if self._begun:
            return ()
        self._begun = Begin(None, event.timestamp * 1_000_000)
        return (self._begun,)

    def _end(self, outcome: Outcome) -> End:
        begun = self._begun
        if begun is None:
            raise BinlogError("a transaction ends that has not begun", subject=self._where())
        if begun.gtid and self._gtids_known:
            self._gtids = self._gtids.add(begun.gtid)
        self._begun, self._open = None, False
        end = End(outcome, begun.gtid, begun.committed_at, self._known(), self._file, self._offset)
        self._position = end
        return end

    def _abandoned(self) -> tuple[End, ...]:
        """The end of a transaction that the source began to write and never finished, as in a crash."""
        begun, self._begun, self._open = self._begun, None, False
        if begun is None:
            return ()
        at = self._position
        return (End(Outcome.ROLLED_BACK, begun.gtid, begun.committed_at, self._known(), at.file, at.offset),)

    def _known(self) -> GtidSet:
        """The executed set, or an empty one where it is not known: a part of it must not pass for the whole."""
        return self._gtids if self._gtids_known else GtidSet()

    def _gtid_text(self) -> str:
        return str(self._known())

    def _where(self) -> str:
        return f"{self._file}:{self._offset}"


def until(seconds: float, clock: Callable[[], float] = time.monotonic) -> Callable[[], bool]:
    """A ``stop`` that is true once ``seconds`` have passed."""
    deadline = clock() + seconds
    return lambda: clock() >= deadline
