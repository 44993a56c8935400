"""JSON from the binlog is, byte for byte, what the server prints for the column."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.errors import BinlogError
from tests.integration.binlog.following import Followed
from tests.integration.binlog.json_cases import SPECIAL, random_documents

pytestmark = pytest.mark.servers


def compare(db: Followed, expected: int) -> None:
    rows = db.rows(db.table("docs"))
    found = [change.after for change in db.changes() if change.after and change.name.name == "docs"]
    assert len(rows) == expected
    for theirs, ours in zip(rows, found, strict=True):
        assert ours == theirs


@pytest.mark.parametrize("metadata", ["MINIMAL", "FULL"])
def test_torture_documents(follow: Callable[[], Followed], metadata: str) -> None:
    db = follow()
    db.run(f"SET GLOBAL binlog_row_metadata = {metadata}", "CREATE TABLE docs (id INT PRIMARY KEY, j JSON)")
    db.run(*(f"INSERT INTO docs VALUES ({number}, {one})" for number, one in enumerate(SPECIAL)))
    compare(db, len(SPECIAL))


def test_random_documents(follow: Callable[[], Followed]) -> None:
    db = follow()
    documents = random_documents(500, seed=26)
    db.run("CREATE TABLE docs (id INT PRIMARY KEY, j JSON)")
    for start in range(0, 500, 100):
        rows = (f"({number}, {documents[number]})" for number in range(start, start + 100))
        db.run(f"INSERT INTO docs VALUES {', '.join(rows)}")
    compare(db, 500)


def test_an_empty_document_of_a_forgiving_session(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run("CREATE TABLE docs (id INT PRIMARY KEY, j JSON NOT NULL)", "INSERT INTO docs (id) VALUES (1)")
    db.run("INSERT IGNORE INTO docs VALUES (2, NULL), (3, '{}')")
    compare(db, 3)


def test_documents_after_updates_in_place(follow: Callable[[], Followed]) -> None:
    """A partial update in the engine leaves holes in the binary form."""
    db = follow()
    db.run(
        "CREATE TABLE docs (id INT PRIMARY KEY, j JSON)",
        """INSERT INTO docs VALUES (1, '{"a": "a long string that shrinks", "b": [1, 2, 3], "c": 1.5}')""",
    )
    db.mark()
    db.run("""UPDATE docs SET j = JSON_SET(j, '$.a', 'short', '$.b[1]', 7)""")
    db.run("""UPDATE docs SET j = JSON_REMOVE(j, '$.b[0]')""")
    assert db.changes()[-1].after == db.rows(db.table("docs"))[0]


def test_partial_json_is_refused(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run(
        "CREATE TABLE docs (id INT PRIMARY KEY, j JSON)",
        f"""INSERT INTO docs VALUES (1, '{{"a": "{"x" * 500}", "b": 1}}')""",
        "SET SESSION binlog_row_value_options = PARTIAL_JSON",
        "UPDATE docs SET j = JSON_SET(j, '$.b', 2)",
        "SET SESSION binlog_row_value_options = ''",
    )
    with pytest.raises(BinlogError, match="binlog_row_value_options"):
        db.changes()
