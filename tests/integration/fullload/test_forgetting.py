"""What is recorded of tables is forgotten for exactly those, by one statement for all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.model.chunk import KeyRange, LoadUnit
from aurora_migration.model.names import TableName
from aurora_migration.model.sync import TableMode, TableSync
from aurora_migration.store import load, sync
from aurora_migration.store.chunks import chunks
from aurora_migration.store.control import Control
from tests.fresh_databases import Databases

pytestmark = pytest.mark.servers


def test_records_of_several_tables_go_and_those_of_others_stay(databases: Callable[..., Databases]) -> None:
    made = databases()
    control, other, target = (
        Control("aurora_migration", made.key),
        Control("aurora_migration", "other"),
        made.target,
    )
    control.ensure(target)
    names = [TableName("s", name) for name in ("kept", "One", "one", "t'\"`%s钥", "two")]
    parts = [KeyRange(name, number, None, None) for name in names for number in (0, 1)]
    for mine in (control, other):
        load.save_units(target, mine, [LoadUnit(1, "all", tuple(parts))])
        for part in parts:
            key = {"schema": part.table.schema, "table": part.table.name, "range": part.number}
            mine.execute(target, "claim_chunk", **key, number=1, lower=None, upper=None, run_id="run")
    for name in names:
        sync.save_table(target, control, TableSync(name, TableMode.STRICT, None))
    gone = names[2:4]
    load.forget_chunks(target, control, *gone)
    sync.forget_tables(target, control, gone)
    stay = {name for name in names if name not in gone}
    assert {part.table for part in load.ranges(target, control)} == stay
    assert {part.table for part in parts if chunks(target, control, part)} == stay
    assert set(sync.tables(target, control)) == stay
    assert {part.table for part in parts if chunks(target, other, part)} == set(names), "another migration's"
    load.forget_chunks(target, control)
    load.forget_chunks(target, other, *names)
    assert {part.table for part in load.ranges(target, control)} == stay
