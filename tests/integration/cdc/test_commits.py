"""Rows and checkpoint commit together or not at all, wherever a process dies, the log is cut off, or two meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from aurora_migration.engine.cdc import applying
from aurora_migration.engine.cdc.applying import Applier, ApplyContext
from aurora_migration.engine.cdc.definitions import Definitions
from aurora_migration.engine.cdc.tally import Tally
from aurora_migration.errors import RetryableError
from aurora_migration.model.change import Begin, BinlogItem, ChangeKind, End, Outcome, RowChange
from aurora_migration.model.gtid import GtidSet
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.model.sync import TableMode
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import prepare
from aurora_migration.sql.quoting import raw
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import sync
from tests.fresh_databases import Databases, endpoint
from tests.integration.cdc.applied import Applied

pytestmark = pytest.mark.servers
Make = Callable[..., Databases]
TABLE = ("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 0), (2, 0), (3, 0), (4, 0)")
ROWS = 2


@contextmanager
def applier(applied: Applied) -> Iterator[Applier]:
    """One that holds no lock, so that two can meet; its session ends as that of a process that dies.

    Its clock stands still: nothing is committed because a second has passed.
    """
    made = applied.made
    with (
        Session.open(endpoint("target", made.pair.target_login), local_infile=True) as target,
        Session.open(endpoint("target", made.pair.target_login)) as looking,
    ):
        prepare(target)
        modes = sync.tables(target, applied.control)
        definitions = Definitions(looking, applied.config, modes)
        tally = Tally(lambda _: None)
        style = RowStyle.LOAD_DATA
        context = ApplyContext(
            target, applied.control, "run", style, ROWS, modes, definitions, tally, clock=lambda: 0.0
        )
        found = Applier(context, applied.checkpoint(), same_server=True)
        yield found
        found.close()


def transaction(applied: Applied, ids: range, value: int, *, ended: bool = True) -> Iterator[BinlogItem]:
    """One that sets ``v`` of some rows from 0, behind the checkpoint."""
    start = applied.checkpoint().position
    with Session.open(endpoint("target", applied.made.pair.target_login)) as session:
        modes = sync.tables(session, applied.control)
        table = Definitions(session, applied.config, modes).find(TableName(applied.made.name, "t"))
    assert table is not None
    yield Begin(None, 1)
    for number in ids:
        key = str(number).encode()
        yield RowChange(ChangeKind.UPDATE, table, (key, b"0"), (key, str(value).encode()))
    if ended:
        yield End(Outcome.COMMITTED, None, 1, GtidSet.parse(start.gtid_set), start.file, start.offset + 100)


def feed(to: Applier, items: Iterator[BinlogItem]) -> None:
    for item in items:
        if isinstance(item, Begin):
            to.begin(item, ("binlog.000001", 4))
        elif isinstance(item, RowChange):
            to.change(item)
        elif isinstance(item, End):
            to.end(item)


def apply(applied: Applied, ids: range) -> None:
    with applier(applied) as one:
        feed(one, transaction(applied, ids, 7))
        one.commit()


def values(applied: Applied) -> list[int]:
    sql = raw(f"SELECT v FROM {applied.made.name}.t ORDER BY id")
    return [row["v"] for row in applied.made.target_root.query(sql)]


def test_what_a_transaction_began_that_the_log_does_not_end_is_not_committed(databases: Make) -> None:
    applied = Applied(databases(*TABLE), ["t"])
    before = applied.checkpoint()
    with applier(applied) as one:
        feed(one, transaction(applied, range(1, 5), 7, ended=False))
        # the log went on in a new file before it, so the place to go on from is another one than the checkpoint
        one.finish(Position(before.position.gtid_set, "binlog.999999", 4))
    assert values(applied) == [0, 0, 0, 0]
    with applier(applied) as again:
        feed(again, transaction(applied, range(1, 5), 7))
        again.commit()
    assert values(applied) == [7, 7, 7, 7]


@pytest.mark.parametrize("ids", [range(1, 2), range(1, 5)], ids=["waiting", "large"])
def test_dying_between_rows_and_checkpoint_leaves_neither(
    databases: Make, monkeypatch: pytest.MonkeyPatch, ids: range
) -> None:
    applied = Applied(databases(*TABLE), ["t"])
    before = applied.checkpoint()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(applying.sync, "move_checkpoint", dies)
        with pytest.raises(KeyboardInterrupt):
            apply(applied, ids)
    assert values(applied) == [0, 0, 0, 0]
    assert applied.checkpoint() == before


def test_of_two_that_apply_from_one_checkpoint_one_alone_commits(databases: Make) -> None:
    applied = Applied(databases(*TABLE), ["t"])
    with applier(applied) as first, applier(applied) as second:
        feed(first, transaction(applied, range(1, 2), 7))
        first.commit()
        feed(second, transaction(applied, range(3, 4), 9))
        with pytest.raises(RetryableError, match="another process has moved"):
            second.commit()
    assert values(applied) == [7, 0, 0, 0]


def test_a_missing_and_a_stray_row_do_not_make_up_for_each_other(databases: Make) -> None:
    made = databases(*TABLE)
    applied = Applied(made, ["t"])
    made.on_target("DELETE FROM t WHERE id = 2", "INSERT INTO t VALUES (9, 1)")
    made.on_source("BEGIN", "UPDATE t SET v = 5 WHERE id = 2", "INSERT INTO t VALUES (9, 9)", "COMMIT")
    result = applied.sync()
    assert result.stopped == (TableName(made.name, "t"),)
    assert applied.modes() == {"t": TableMode.STOPPED}
