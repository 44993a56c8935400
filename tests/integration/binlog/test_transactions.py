"""Transactions as the source committed them: order, outcome, positions to go on from, statements between."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aurora_migration.errors import BinlogError, PositionLostError, SchemaMismatchError
from aurora_migration.model.change import Begin, BinlogItem, End, Outcome, RowChange, Statement, StatementKind
from aurora_migration.model.gtid import GtidSet
from aurora_migration.model.position import Position
from aurora_migration.mysql.position import read_position
from aurora_migration.sql.quoting import parameter, raw
from tests.integration.binlog.following import Followed
from tests.patience import until

pytestmark = pytest.mark.servers


@pytest.fixture
def db(follow: Callable[[], Followed]) -> Followed:
    made = follow()
    made.run("CREATE TABLE a (id INT PRIMARY KEY, v INT)", "CREATE TABLE b (id INT PRIMARY KEY, v INT)")
    made.mark()
    return made


def brief(items: list[BinlogItem]) -> list[str]:
    """The items in a form to compare at a glance."""
    words = []
    for item in items:
        if isinstance(item, Begin):
            words.append("begin")
        elif isinstance(item, RowChange):
            row = item.after or item.before or ()
            words.append(f"{item.kind} {item.name.name} {row[0]!r}")
        elif isinstance(item, Statement):
            words.append(f"{item.kind}: {' '.join(item.text.split()[:2])}")
        else:
            words.append(item.outcome)
    return words


def ends(items: list[BinlogItem]) -> list[End]:
    return [item for item in items if isinstance(item, End)]


def test_many_tables_in_one_transaction(db: Followed) -> None:
    db.run(
        "BEGIN",
        "INSERT INTO a VALUES (1, 1), (2, 2)",
        "INSERT INTO b VALUES (1, 1)",
        "UPDATE a SET v = 5 WHERE id = 2",
    )
    db.run("DELETE FROM b", "COMMIT", "UPDATE a JOIN (SELECT 1 AS id) x USING (id) SET a.v = 9")
    found = list(db.read())
    assert brief(found) == [
        "begin", "insert a b'1'", "insert a b'2'", "insert b b'1'", "update a b'2'", "delete b b'1'", "committed",
        "begin", "update a b'1'", "committed",
    ]  # fmt: skip
    assert isinstance(found[4], RowChange)
    assert (found[4].before, found[4].after) == ((b"2", b"2"), (b"2", b"5"))


def test_one_statement_over_several_tables(db: Followed) -> None:
    db.run("INSERT INTO a VALUES (1, 1)", "INSERT INTO b VALUES (1, 1)")
    db.mark()
    db.run("UPDATE a, b SET a.v = 7, b.v = 8 WHERE a.id = b.id")
    assert set(brief(list(db.read()))) == {"begin", "update a b'1'", "update b b'1'", "committed"}


def test_savepoints(db: Followed) -> None:
    db.run("BEGIN", "INSERT INTO a VALUES (1, 1)", "SAVEPOINT one", "INSERT INTO a VALUES (2, 2)")
    db.run("ROLLBACK TO one", "INSERT INTO a VALUES (3, 3)", "RELEASE SAVEPOINT one", "COMMIT")
    assert [word for word in brief(list(db.read())) if not word.startswith("savepoint")] == [
        "begin", "insert a b'1'", "insert a b'3'", "committed",
    ]  # fmt: skip


def test_ddl_between(db: Followed) -> None:
    """Definitions are asked for again after DDL: each row is read by the table as it was then."""
    old = db.table("a")
    db.run(
        "INSERT INTO a VALUES (1, 1)",
        "ALTER TABLE a ADD COLUMN w VARCHAR(5) FIRST",
        "INSERT INTO a VALUES ('x', 2, 2)",
    )
    db.run("TRUNCATE TABLE b", "RENAME TABLE b TO c", "INSERT INTO c VALUES (1, 1)", "DROP TABLE c")
    new, seen = db.table("a"), [old]
    found = []
    for item in db.read(find=lambda name: seen[-1] if name.name == "a" else None):
        if isinstance(item, Statement) and item.text.startswith("ALTER TABLE a"):
            assert item.schemas == (db.name,)
            seen.append(new)
        found.append(item)
    assert brief(found) == [
        "begin", "insert a b'1'", "committed", "begin", "ddl: ALTER TABLE", "committed", "begin", "insert a b'x'",
        "committed", "begin", "ddl: TRUNCATE TABLE", "committed", "begin", "ddl: RENAME TABLE", "committed",
        "begin", "committed", "begin", "ddl: DROP TABLE", "committed",
    ]  # fmt: skip


def test_a_definition_of_another_time_is_refused(db: Followed) -> None:
    db.run("INSERT INTO a VALUES (1, 1)", "ALTER TABLE a ADD COLUMN w INT")
    with pytest.raises(SchemaMismatchError, match="2 columns in the binlog, 3 in the catalog"):
        list(db.read())
    db.run("ALTER TABLE a DROP COLUMN w, MODIFY v BIGINT")
    with pytest.raises(SchemaMismatchError, match="column v is bigint"):
        list(db.read())
    db.run("ALTER TABLE a MODIFY v INT UNSIGNED")
    with pytest.raises(SchemaMismatchError, match="signedness"):
        list(db.read())


def test_names_are_compared_where_the_binlog_has_them(db: Followed) -> None:
    db.run(
        "SET GLOBAL binlog_row_metadata = FULL",
        "INSERT INTO a VALUES (1, 1)",
        "ALTER TABLE a RENAME COLUMN v TO w",
    )
    with pytest.raises(SchemaMismatchError, match="called v in the binlog"):
        list(db.read())


def test_create_table_select(db: Followed) -> None:
    db.run("INSERT INTO a VALUES (1, 1), (2, 2)")
    db.mark()
    db.run("CREATE TABLE d (PRIMARY KEY (id)) SELECT * FROM a")
    assert brief(list(db.read())) == ["begin", "ddl: CREATE TABLE", "insert d b'1'", "insert d b'2'", "committed"]


def test_statement_format_leaks(db: Followed) -> None:
    db.run("SET SESSION binlog_format = STATEMENT", "INSERT INTO a VALUES (1, 1)", "SET @x = 5")
    db.run("/* a comment */ UPDATE a SET v = @x", "SET SESSION binlog_format = ROW")
    found = list(db.read())
    assert brief(found) == ["begin", "dml: INSERT INTO", "committed", "begin", "dml: /* a", "committed"]
    leaked = found[1]
    assert isinstance(leaked, Statement)
    assert (leaked.schema, leaked.text) == (db.name, "INSERT INTO a VALUES (1, 1)")


def test_load_data_in_statement_format(db: Followed, tmp_path: Path) -> None:
    file = tmp_path / "rows.txt"
    file.write_text("1\t1\n")
    for folder in (file, tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    db.run("SET SESSION binlog_format = STATEMENT", f"LOAD DATA INFILE '{file}' INTO TABLE a")
    db.run("SET SESSION binlog_format = ROW")
    assert brief(list(db.read())) == ["begin", "dml: LOAD DATA", "committed"]


def test_text_in_the_clients_character_set(db: Followed) -> None:
    db.run("SET NAMES latin1")
    db.session.connection.encoding = "latin1"
    db.run("ALTER TABLE a COMMENT = 'é'")
    statement = next(item for item in db.read() if isinstance(item, Statement))
    assert statement.text == "ALTER TABLE a COMMENT = 'é'"


def test_xa(db: Followed) -> None:
    db.run("XA START 'g','b',3", "INSERT INTO a VALUES (1, 1)", "XA END 'g','b',3", "XA PREPARE 'g','b',3")
    db.run(
        "XA COMMIT 'g','b',3",
        "XA START 'h'",
        "INSERT INTO a VALUES (2, 2)",
        "XA END 'h'",
        "XA COMMIT 'h' ONE PHASE",
    )
    found = list(db.read())
    assert brief(found) == [
        "begin", "xa: XA START", "insert a b'1'", "xa: XA END", "prepared", "begin", "xa: XA COMMIT", "committed",
        "begin", "xa: XA START", "insert a b'2'", "xa: XA END", "committed",
    ]  # fmt: skip
    texts = [item.text for item in found if isinstance(item, Statement)]
    assert texts[0].removeprefix("XA START ") == texts[2].removeprefix("XA COMMIT ")


def test_an_engine_without_transactions(db: Followed) -> None:
    db.run("CREATE TABLE m (id INT) ENGINE=MyISAM")
    db.mark()
    db.run("INSERT INTO m VALUES (1)", "INSERT INTO a VALUES (5, 5)")
    assert brief(list(db.read())) == ["begin", "insert m b'1'", "committed", "begin", "insert a b'5'", "committed"]


def test_tagged_gtids(db: Followed) -> None:
    if db.session.scalar(raw("SELECT VERSION() < '8.3'")):
        pytest.skip("tags are of MySQL 8.3")
    db.run("SET gtid_next = 'AUTOMATIC:some_tag'", "INSERT INTO a VALUES (1, 1)", "INSERT INTO a VALUES (2, 2)")
    db.run(
        "SET gtid_next = 'AUTOMATIC'",
        "INSERT INTO a VALUES (3, 3)",
        "FLUSH BINARY LOGS",
        "INSERT INTO a VALUES (4, 4)",
    )
    found = ends(list(db.read(by_gtid=True)))
    assert all(abs(one.committed_at / 1e6 - time.time()) < 60 for one in found)
    assert [one.gtid.tag for one in found if one.gtid] == ["some_tag", "some_tag", "", ""]
    check_position(db, found[-1].position)
    assert len(ends(list(db.read(found[0].position, by_gtid=True)))) == 3
    assert len(ends(list(db.read(found[2].position, by_gtid=True)))) == 1


def check_position(db: Followed, ours: Position) -> None:
    """Our position is the server's own, text and all."""
    theirs = read_position(db.session)
    assert theirs == ours


def busy(db: Followed) -> None:
    """A history of 24 transactions over several files."""
    for number in range(6):
        db.run(f"INSERT INTO a VALUES ({number}, 0), ({number + 100}, 1)", f"INSERT INTO b VALUES ({number}, 0)")
        db.run("BEGIN", f"UPDATE a SET v = {number}", f"DELETE FROM b WHERE id = {number}", "COMMIT")
        db.run(f"ALTER TABLE b COMMENT = '{number}'")
        if number % 2 == 0:
            db.run("FLUSH BINARY LOGS")


def test_every_end_is_a_place_to_go_on_from(db: Followed) -> None:
    """By file and offset and by GTID set, over rotated files, exactly the rest arrives."""
    busy(db)
    every = list(db.read())
    last = [index for index, item in enumerate(every) if isinstance(item, End)]
    assert len(last) == 24
    check_position(db, ends(every)[-1].position)
    for index in last:
        end = every[index]
        assert isinstance(end, End)
        assert list(db.read(end.position, by_gtid=True)) == every[index + 1 :]
        assert list(db.read(end.position, by_gtid=False)) == every[index + 1 :]


def test_a_restart_of_the_server_between(db: Followed) -> None:
    db.run("INSERT INTO a VALUES (1, 1)")
    db.server.restart()
    db.session.connection.ping(reconnect=True)
    db.run(f"USE {db.name}", "INSERT INTO a VALUES (2, 2)")
    db.server.kill()
    db.server.start()
    db.session.connection.ping(reconnect=True)
    db.run(f"USE {db.name}", "INSERT INTO a VALUES (3, 3)")
    for by_gtid in (True, False):
        assert [one.after and one.after[0] for one in db.changes(by_gtid=by_gtid)] == [b"1", b"2", b"3"]


def test_without_a_known_gtid_set_no_part_of_it_is_told(db: Followed) -> None:
    """A start by file within it: until a file begins, the set is not known, and a part would be taken for all."""
    start = Position("", db.start.file, db.start.offset)
    db.run("INSERT INTO a VALUES (1, 1)", "FLUSH BINARY LOGS", "INSERT INTO a VALUES (2, 2)")
    first, second = ends(list(db.read(start)))
    assert first.gtid_set == GtidSet()
    assert first.gtid is not None
    check_position(db, second.position)


def test_a_source_without_checksums(db: Followed) -> None:
    db.run("SET GLOBAL binlog_checksum = NONE", "INSERT INTO a VALUES (1, 1)")
    db.run("SET GLOBAL binlog_checksum = CRC32", "INSERT INTO a VALUES (2, 2)")
    for by_gtid in (True, False):
        assert [one.after and one.after[0] for one in db.changes(by_gtid=by_gtid)] == [b"1", b"2"]
    db.run("SET GLOBAL binlog_checksum = NONE")
    db.mark()
    db.run("INSERT INTO a VALUES (3, 3)")
    assert len(db.changes()) == 1


@contextmanager
def row_image(db: Followed, image: str) -> Iterator[None]:
    db.run(f"SET SESSION binlog_row_image = {image}")
    yield
    db.run("SET SESSION binlog_row_image = FULL")


@pytest.mark.parametrize("image", ["MINIMAL", "NOBLOB"])
def test_partial_images_are_refused(db: Followed, image: str) -> None:
    db.run("CREATE TABLE e (id INT PRIMARY KEY, v INT, t TEXT)")
    with row_image(db, image):
        db.run("INSERT INTO e VALUES (1, 1, 'x')", "UPDATE e SET v = 2")
    with pytest.raises(
        BinlogError, match=r"e: the binlog holds only a part of each row: .*binlog_row_image = FULL"
    ):
        list(db.read())


def test_a_purged_position(db: Followed) -> None:
    db.run("INSERT INTO a VALUES (1, 1)", "FLUSH BINARY LOGS")
    now = read_position(db.session)
    assert now

    def purged() -> bool:
        """A file that a reader who has just left is still sent from stays, with a warning."""
        db.run(f"PURGE BINARY LOGS TO '{now.file}'")
        return db.session.query(raw("SHOW BINARY LOGS"))[0]["Log_name"] == now.file

    until(purged, "the files are purged")
    for by_gtid in (True, False):
        with pytest.raises(PositionLostError, match="checksum"):
            list(db.read(by_gtid=by_gtid))
    beyond = Position("", now.file, now.offset + 1_000_000)
    with pytest.raises(PositionLostError):
        list(db.read(beyond))


def test_a_statement_of_accounts_and_maintenance(db: Followed) -> None:
    db.run("CREATE USER one_user", "GRANT SELECT ON *.* TO one_user", "DROP USER one_user", "ANALYZE TABLE a")
    kinds = [item.kind for item in db.read() if isinstance(item, Statement)]
    assert kinds == [StatementKind.ACCOUNT] * 3 + [StatementKind.MAINTENANCE]


@pytest.mark.parametrize("seed", range(5))
def test_the_algebra_is_the_servers(db: Followed, seed: int) -> None:
    chance = random.Random(seed)
    uuids = [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(3)]
    tags = ["", ":tag_a", ":b"] if not db.session.scalar(raw("SELECT VERSION() < '8.3'")) else [""]

    def some() -> str:
        members = [f"{chance.choice(uuids)}{chance.choice(tags)}:{chance.randint(1, 60)}" for _ in range(12)]
        return ",".join(member + f"-{chance.randint(1, 80)}" * chance.randint(0, 1) for member in members)

    for _ in range(10):
        one, other = some(), some()
        row = db.session.query(
            raw("SELECT GTID_SUBTRACT(")
            + parameter("one")
            + raw(", ")
            + parameter("other")
            + raw(") AS less, GTID_SUBTRACT(")
            + parameter("both")
            + raw(", '') AS more, GTID_SUBSET(")
            + parameter("other")
            + raw(", ")
            + parameter("one")
            + raw(") AS inside"),
            {"one": one, "other": other, "both": f"{one},{other}"},
        )[0]
        left, right = GtidSet.parse(one), GtidSet.parse(other)
        assert str(left.subtract(right)) == row["less"].replace("\n", "")
        assert str(left.union(right)) == row["more"].replace("\n", "")
        assert left.contains(right) == bool(row["inside"])


def test_empty_transactions_and_outcomes(db: Followed) -> None:
    number = db.session.scalar(raw("SELECT UUID()"))
    db.run(f"SET gtid_next = '{number}:7'", "COMMIT", "SET gtid_next = 'AUTOMATIC'")
    found = list(db.read())
    assert brief(found) == ["begin", "committed"]
    assert found[-1] == ends(found)[0]
    assert ends(found)[0].outcome is Outcome.COMMITTED
    assert str(ends(found)[0].gtid) == f"{number}:7"
    check_position(db, ends(found)[0].position)
