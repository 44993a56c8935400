"""Every type of the torture list: what the binlog decodes to is what the server itself sends."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from aurora_migration.model.change import ChangeKind, RowChange
from aurora_migration.mysql.reader import RowReader
from aurora_migration.sql.quoting import qualified, raw
from aurora_migration.sql.row_text import RowStyle, row_builder, row_text
from tests.integration.binlog.following import Followed, Values, stored
from tests.integration.binlog.value_cases import CASES, VECTOR

pytestmark = pytest.mark.servers
BATCH = 400


def fill(db: Followed, name: str, type_text: str, values: list[str], first: int = 1) -> None:
    rows = [f"({number}, {value})" for number, value in enumerate([*values, "NULL"], first)]
    for start in range(0, len(rows), BATCH):
        db.run(f"INSERT IGNORE INTO {name} VALUES {', '.join(rows[start : start + BATCH])}")


def check(db: Followed, names: list[str]) -> None:
    """INSERT and UPDATE under MINIMAL metadata, INSERT and DELETE under FULL; see that each image is exact."""
    db.run("SET GLOBAL binlog_row_metadata = MINIMAL")
    db.mark()
    for name in names:
        type_text, values = cases()[name]
        fill(db, name, type_text, values)
    first = {name: db.rows(db.table(name)) for name in names}
    for name in names:
        db.run(f"UPDATE {name} SET id = id + 100000")
    moved = {name: db.rows(db.table(name)) for name in names}
    db.run("SET GLOBAL binlog_row_metadata = FULL")
    for name in names:
        db.run(f"INSERT INTO {name} SELECT id - 100000, v FROM {name}", f"DELETE FROM {name}")
    found: dict[str, list[RowChange]] = {name: [] for name in names}
    for change in db.changes():
        found[change.name.name].append(change)
    for name in names:
        compare(name, found[name], first[name], moved[name])


def cases() -> dict[str, tuple[str, list[str]]]:
    return {**CASES, "t_vector": VECTOR}


def compare(name: str, found: list[RowChange], first: list[Values], moved: list[Values]) -> None:
    size = len(first)
    assert len(first) == len(cases()[name][1]) + 1
    inserts, updates, copies = (found[start : start + size] for start in (0, size, 2 * size))
    deletes = found[3 * size :]
    assert [one.kind for one in found] == [
        kind
        for kind in (ChangeKind.INSERT, ChangeKind.UPDATE, ChangeKind.INSERT, ChangeKind.DELETE)
        for _ in range(size * (1 + (kind is ChangeKind.DELETE)))
    ]
    assert [one.after for one in inserts] == first, name
    assert [one.before for one in updates] == first, name
    assert [one.after for one in updates] == moved, name
    assert [one.after for one in copies] == first, name
    assert [one.before for one in deletes] == [*first, *moved], name
    assert all(one.before is None for one in inserts)
    assert all(one.after is None for one in deletes)


def names_in_groups() -> list[list[str]]:
    names = list(CASES)
    return [names[start : start + 20] for start in range(0, len(names), 20)]


@pytest.mark.parametrize("names", names_in_groups(), ids=lambda names: f"{names[0]}..{names[-1]}")
def test_values_are_what_the_server_sends(follow: Callable[[], Followed], names: list[str]) -> None:
    db = follow()
    for name in names:
        db.run(f"CREATE TABLE {name} (id INT PRIMARY KEY, v {CASES[name][0]} NULL)")
    check(db, names)


def test_vector(follow: Callable[[], Followed]) -> None:
    db = follow()
    if db.session.scalar(raw("SELECT VERSION() < '9'")):
        pytest.skip("VECTOR is of MySQL 9")
    db.run(f"CREATE TABLE t_vector (id INT PRIMARY KEY, v {VECTOR[0]} NULL)")
    check(db, ["t_vector"])


WIDE = """CREATE TABLE wide (id BIGINT UNSIGNED PRIMARY KEY, a INT, b VARCHAR(30), c DECIMAL(20,4), d DOUBLE,
    e FLOAT, f DATETIME(6), g JSON, h VARBINARY(20), i ENUM('x','y'), j SET('p','q'), k BIT(9), l TEXT,
    m TIME(3) INVISIBLE, n INT GENERATED ALWAYS AS (a + 1) VIRTUAL,
    o INT GENERATED ALWAYS AS (a + 2) STORED, p YEAR, q BINARY(4),
    KEY ((a * 2)), KEY (n))"""


def test_row_texts_are_the_loaders(follow: Callable[[], Followed]) -> None:
    """The loader's encoder gives the same bytes, with invisible, generated and hidden columns too."""
    db = follow()
    db.run(
        WIDE,
        "INSERT INTO wide (id, a, b, c, d, e, f, g, h, i, j, k, l, m, p, q) VALUES "
        "(18446744073709551615, -1, 'it''s\\\\', -1.5, -0e0, 1.1, '2024-01-02 03:04:05.678901',"
        " '{\"a\": [1, null]}', X'00275C', 'y', 'p,q', 5, 'l\\n', '-00:00:01.5', 0, X'0102'),"
        f" (1{', NULL' * 15})",
    )
    table = db.table("wide")
    inserts = db.changes()
    for style in RowStyle:
        sql = (
            raw("SELECT ")
            + row_text(table, style)
            + raw(" FROM ")
            + qualified(table.name)
            + raw(" ORDER BY id DESC")
        )
        with RowReader(db.reading) as reader:
            texts = [_plain(text) for block in reader.text_rows(sql, 100) for text in block]
        build = row_builder(table, style)
        assert [build(stored(one, one.after) or ()) for one in inserts] == texts
    generated = [one for one in table.columns if one.generated]
    assert [one.name for one in generated] == ["n", "o"]
    positions = [table.columns.index(one) for one in generated]
    assert [[one.after[at] for at in positions] for one in inserts if one.after] == [[b"0", b"1"], [None, None]]


def _plain(text: bytes) -> bytes:
    """The server writes two bytes as escapes that the builder leaves as they are; both read back the same."""
    return re.sub(rb"\\(.)", lambda one: {b"0": b"\0", b"Z": b"\x1a"}.get(one[1], one[0]), text, flags=re.DOTALL)


def test_tables_nobody_wants_are_passed_over(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run("CREATE TABLE wanted (id INT)", "CREATE TABLE other (id INT, g GEOMETRY)")
    db.run("INSERT INTO other VALUES (1, NULL)", "INSERT INTO wanted VALUES (2)")
    wanted = db.table("wanted")
    found = [
        one
        for one in db.read(find=lambda name: wanted if name.name == "wanted" else None)
        if isinstance(one, RowChange)
    ]
    assert [(one.name.name, one.after) for one in found] == [("wanted", (b"2",))]
