"""A load unit reads the catalog and the recorded shapes of its own tables, and finds what the whole plan has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.engine.plan import build_part, build_plan, fingerprint
from aurora_migration.errors import RetryableError
from aurora_migration.model.chunk import Chunk, KeyRange, LoadUnit
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import RunOptions
from aurora_migration.sql.quoting import qualified, raw
from aurora_migration.store import load
from aurora_migration.store.chunks import recorded
from tests.fresh_databases import Databases, create_like_source
from tests.loads import control_of, load_all, run_load

pytestmark = pytest.mark.servers
Make = Callable[..., Databases]
ODD = "t`'\"% {0} .;☃"


def test_the_plan_of_some_tables_is_that_of_the_whole(databases: Make) -> None:
    quoted = ODD.replace("`", "``")
    made = databases(
        "CREATE TABLE a (id INT PRIMARY KEY, v VARCHAR(9), KEY (v)) PARTITION BY HASH (id) PARTITIONS 3",
        "CREATE TABLE b (x INT, y INT NOT NULL, UNIQUE KEY u (y))",
        f"CREATE TABLE `{quoted}` (id BINARY(16) PRIMARY KEY)",
    )
    config, everything = made.config(), RunOptions()
    whole = build_plan(config, everything, made.source)
    names = [made.table("a"), made.table(ODD)]
    part = build_part(config, everything, made.source, [*names, made.table("gone")])
    assert [planned.mapping.source for planned in part.tables] == sorted(names)
    for name in names:
        assert part.table(name) == whole.table(name)
    assert part.target_of(made.table("gone")) is None
    assert part.target_of(made.table("b")) is None
    only_b = RunOptions(tables=(f"{made.name}.b",))
    assert build_part(config, only_b, made.source, names).tables == ()
    excluded = made.config(selection=[{"include": f"{made.name}.*"}, {"exclude": f"{made.name}.a"}])
    assert build_part(excluded, everything, made.source, [made.table("a")]).tables == ()


def test_tables_and_units_are_kept_by_the_hundred_and_found_by_name(databases: Make) -> None:
    made = databases(f"CREATE TABLE `{ODD.replace('`', '``')}` (id INT PRIMARY KEY)", "CREATE TABLE A (id INT)")
    control = control_of(made)
    control.ensure(made.target)
    planned = build_plan(made.config(), RunOptions(), made.source).tables
    load.save_tables(
        made.target, control, "run", [load.TableFacts(one.mapping, fingerprint(one), 5, 7) for one in planned]
    )
    asked = {planned[0].mapping.source, TableName(made.name, "a"), TableName(made.name, "none")}
    assert load.fingerprints(made.target, control, asked) == {planned[0].mapping.source: fingerprint(planned[0])}
    whole = {one.mapping.source for one in planned}
    assert set(load.fingerprints(made.target, control, whole)) == whole

    parts = [KeyRange(planned[0].mapping.source, 1, None, ("0", "it's"), 3, 4)]
    parts += [KeyRange(planned[0].mapping.source, number, ("0", "☃"), None) for number in range(2, 502)]
    load.save_units(made.target, control, [LoadUnit(3, "", tuple(parts))])
    assert list(load.ranges(made.target, control, 3)) == parts
    load.save_units(made.target, control, [LoadUnit(1, "", tuple(parts[:1])), LoadUnit(2, "", tuple(parts[1:3]))])
    assert list(load.ranges(made.target, control, 1)) == parts[:1]
    assert list(load.ranges(made.target, control, 2)) == parts[1:3]
    assert len(load.ranges(made.target, control, 0)) == len(parts) - 3

    assert load.begun_ranges(made.target, control, 2) == {}
    for part, number, rows in ((parts[1], 1, 40), (parts[1], 2, 2), (parts[0], 1, 7)):
        chunk = Chunk(part.table, part.number, number, None, None)
        with recorded(made.target, control, "run", chunk) as counts:
            counts(rows, 1)
    assert load.begun_ranges(made.target, control, 2) == {(parts[1].table, parts[1].number): 42}
    assert load.begun_ranges(made.target, control, 1) == {(parts[0].table, parts[0].number): 7}


def test_a_chunk_that_was_recorded_meanwhile_stops_a_load_that_did_not_look(databases: Make) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)")
    create_like_source(made, ["t"])
    load_all(made)
    with pytest.raises(RetryableError, match="another process has just loaded this chunk"):
        run_load(made, begun=False)
    assert made.target_root.scalar(raw("SELECT COUNT(*) AS n FROM ") + qualified(made.table("t"))) == 2
