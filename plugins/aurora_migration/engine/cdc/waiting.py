"""Changes that wait to be written: merged by table, under the definition they were made with.

It writes into the target transaction that ``begin`` opens and knows nothing of commits. A table whose definition
changes is written under the old one first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from aurora_migration.engine.cdc.definitions import Definitions
from aurora_migration.engine.cdc.net import ImpossibleChangeError, KeyedChanges, NetChanges, net_changes
from aurora_migration.engine.cdc.writing import StrayRowsError, TableWriter
from aurora_migration.model.change import RowChange
from aurora_migration.model.names import TableName
from aurora_migration.model.sync import TableMode, TableSync
from aurora_migration.mysql.session import Session
from aurora_migration.sql.row_text import RowStyle


class WaitingChanges:
    """What is merged and not yet written; ``counts`` goes on over writes. Not for two threads."""

    def __init__(
        self, session: Session, style: RowStyle, modes: Mapping[TableName, TableSync], definitions: Definitions,
        begin: Callable[[], None],
    ) -> None:  # fmt: skip
        self.count = 0
        self.counts: dict[TableName, int] = {}
        self._session = session
        self._style = style
        self._modes = modes
        self._definitions = definitions
        self._begin = begin
        self._writers: dict[TableName, TableWriter] = {}
        self._nets: dict[TableName, NetChanges] = {}

    def add(self, changes: Iterable[RowChange]) -> None:
        """Merge changes, by the mode of their table. Raises: StrayRowsError, RetryableError."""
        for change in changes:
            name = change.table.name
            mode = self._modes[name].mode
            if mode is TableMode.SKIP or mode is TableMode.STOPPED:
                continue
            net = self._nets.get(name)
            if net is None or net.table is not change.table:
                net = self._new_net(change, strict=mode is TableMode.STRICT)
            try:
                net.add(change)
            except ImpossibleChangeError as error:
                raise StrayRowsError(name, str(error)) from error
            self.count += 1
            self.counts[name] = self.counts.get(name, 0) + 1

    def take(self) -> Callable[[], None]:
        """What writes all that waits, which then waits no more. It raises: StrayRowsError, RetryableError."""
        parts = [(self._writer(net), net) for net in self._nets.values()]
        self.forget()
        return lambda: self._write(parts)

    def forget(self) -> None:
        """Drop what waits."""
        self._nets.clear()
        self.count = 0

    def stray_keys(self, table: TableName) -> Sequence[str]:
        """The keys by which a table differs after a StrayRowsError, as far as they are known."""
        net = self._nets.get(table)
        return self._writer(net).stray_keys(self._session, net) if isinstance(net, KeyedChanges) else ()

    def _new_net(self, change: RowChange, *, strict: bool) -> NetChanges:
        if change.table.name in self._nets:  # under an older definition
            self._begin()
            self.take()()
            self._writers.pop(change.table.name, None)
        net = net_changes(change.table, strict=strict)
        self._nets[change.table.name] = net
        return net

    def _write(self, parts: Sequence[tuple[TableWriter, NetChanges]]) -> None:
        for writer, net in parts:
            try:
                writer.write(self._session, net)
            except StrayRowsError:
                self._nets[net.table.name] = net  # what `stray_keys` names the keys of
                raise

    def _writer(self, net: NetChanges) -> TableWriter:
        name = net.table.name
        if name not in self._writers or self._writers[name].table is not net.table:
            self._writers[name] = TableWriter(net.table, self._definitions.target_name(name), self._style)
        return self._writers[name]
