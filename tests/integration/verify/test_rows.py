"""Verification of rows cannot be fooled: one corruption at a time on the target, each found and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.report import TableVerdict, Verdict
from local.servers import Pair
from tests.fresh_databases import Databases, create_like_source
from tests.loads import load_all, verify_all

pytestmark = pytest.mark.servers

_TABLE = """CREATE TABLE t (
  id INT PRIMARY KEY, n BIGINT, f FLOAT, d DOUBLE, m DECIMAL(20,4), ci VARCHAR(20) COLLATE utf8mb4_0900_ai_ci,
  pad CHAR(10) COLLATE utf8mb4_general_ci, la VARCHAR(20) CHARACTER SET latin1, tx MEDIUMTEXT, bl BLOB,
  bi BINARY(4), vb VARBINARY(8), b BIT(10), e ENUM('', 'a', 'b'), s SET('x', 'y', 'z'), j JSON,
  g GEOMETRY, ts TIMESTAMP(6) NULL, dt DATETIME(6), da DATE, tm TIME(6), y YEAR, inv INT INVISIBLE,
  gen INT AS (id * 2) STORED)"""
_ROW = r"""INSERT INTO t (id, n, f, d, m, ci, pad, la, tx, bl, bi, vb, b, e, s, j, g, ts, dt, da, tm, y, inv)
  SELECT {id}, 9007199254740993, 1.1, 0.1, 1.5, 'abc', 'p', 'é', 'long text', X'00FF', 'ab', 'v', b'1', 0, 'x,y',
  '{{"i": 9007199254740993, "d": 1.5, "s": "x"}}', ST_GeomFromText('POINT(1 2)', 4326), '2024-10-27 01:30:00',
  '2024-01-01 00:00:00.000001', '2024-01-01', '-00:00:00.000001', 2024, NULL"""

_CORRUPTIONS = {
    "one FLOAT ulp": ("f = CAST(f AS DOUBLE) + 1.2e-7", "f"),
    "one DOUBLE ulp": ("d = 0.10000000000000002", "d"),
    "the last digit of a BIGINT over 2^53": ("n = n - 1", "n"),
    "a DECIMAL digit": ("m = 1.5001", "m"),
    "NULL to 'NULL'": ("ci = 'NULL'", "ci"),
    "'a' to 'A' in a ci column": ("ci = 'Abc'", "ci"),
    "an accent in a ci column": ("ci = 'abć'", "ci"),
    "a trailing space": ("ci = 'abc '", "ci"),
    "latin1 to mojibake": ("la = 'Ã©'", "la"),
    "the empty string for NULL": ("vb = ''", "vb"),
    "a byte of a long text": ("tx = 'long texT'", "tx"),
    "a byte of a BLOB": ("bl = X'00FE'", "bl"),
    "a BLOB cut short": ("bl = X'00'", "bl"),
    "BINARY padded with spaces": ("bi = 'ab  '", "bi"),
    "a bit": ("b = b'1000000001'", "b"),
    "ENUM error value to its member ''": ("e = 1", "e"),
    "another ENUM member": ("e = 'b'", "e"),
    "a SET member": ("s = 'x'", "s"),
    "JSON 2^53 + 1": ("""j = '{"i": 9007199254740992, "d": 1.5, "s": "x"}'""", "j"),
    "JSON null for SQL NULL": ("j = 'null'", "j"),
    "a JSON integer to a double": ("""j = '{"i": 9007199254740993, "d": 1.5, "s": "x", "z": 1.0}'""", "j"),
    "the SRID": ("g = ST_SRID(g, 0)", "g"),
    "a coordinate": ("g = ST_GeomFromText('POINT(1 2.0000000000000004)', 4326)", "g"),
    "TIMESTAMP shifted an hour": ("ts = ts + INTERVAL 1 HOUR", "ts"),
    "a microsecond of DATETIME": ("dt = '2024-01-01 00:00:00.000002'", "dt"),
    "the sign of TIME": ("tm = '00:00:00.000001'", "tm"),
    "a zero date": ("da = '0000-00-00'", "da"),
    "a YEAR": ("y = 0", "y"),
    "an invisible column": ("inv = 0", "inv"),
}


@pytest.fixture(scope="module")
def loaded(server_pair: Pair) -> Iterator[Databases]:
    made = Databases.create(
        server_pair,
        [
            "SET SESSION time_zone = '+00:00'",
            _TABLE,
            *(_ROW.format(id=i) for i in range(1, 9)),
            "UPDATE t SET ci = NULL, j = NULL, vb = NULL WHERE id = 4",
            "CREATE TABLE keyless (a INT, v VARCHAR(9))",
            "INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (2, 'y'), (3, 'z')",
            "CREATE TABLE other (k VARCHAR(20) PRIMARY KEY, v INT)",
            "INSERT INTO other VALUES ('Key', 1)",
        ],
    )
    create_like_source(made, ["t", "keyless", "other"])
    load_all(made)
    yield made
    made.drop()


@pytest.fixture
def corrupt(loaded: Databases) -> Iterator[Callable[..., None]]:
    """Run statements on the target; afterwards its tables are as they were."""
    tables = ("t", "keyless", "other")
    loaded.on_target(*(f"CREATE TABLE {name}_kept AS SELECT * FROM {name}" for name in ("keyless", "other")))
    loaded.on_target("CREATE TABLE t_kept LIKE t", f"INSERT INTO t_kept ({_columns()}) SELECT {_columns()} FROM t")
    yield lambda *statements: loaded.on_target("SET SESSION time_zone = '+00:00'", *statements)
    for name in tables:
        columns = _columns() if name == "t" else "*"
        into = f"({columns})" if name == "t" else ""
        loaded.on_target(
            f"DELETE FROM {name}",
            f"INSERT INTO {name} {into} SELECT {columns} FROM {name}_kept",
            f"DROP TABLE {name}_kept",
        )


def _columns() -> str:
    return "id, n, f, d, m, ci, pad, la, tx, bl, bi, vb, b, e, s, j, g, ts, dt, da, tm, y, inv"


def test_an_untouched_copy_raises_no_alarm(loaded: Databases) -> None:
    for level in VerificationLevel:
        found = verify_all(loaded, level)
        assert {verdict.verdict for verdict in found.values()} == {Verdict.EQUAL}
        assert not any(verdict.differences for verdict in found.values())


@pytest.mark.parametrize("name", _CORRUPTIONS)
def test_a_changed_value_is_found_by_key_and_column(
    loaded: Databases, corrupt: Callable[..., None], name: str
) -> None:
    change, column = _CORRUPTIONS[name]
    row = 4 if "NULL" in name else 3
    corrupt(f"UPDATE t SET {change} WHERE id = {row}")
    verdict = verify_all(loaded)["t"]
    assert verdict.verdict is Verdict.DIFFERS
    (difference,) = verdict.differences
    assert difference.subject == f"{loaded.name}.t range 1 chunk 1"
    assert difference.detail == f"row id={row} differs in {column}"


@pytest.mark.parametrize(
    ("table", "statement", "detail"),
    [
        ("t", "DELETE FROM t WHERE id = 2", "row id=2 is missing on the target"),
        ("t", "INSERT INTO t (id) VALUES (-7)", "row id=-7 is only on the target"),
        ("t", "INSERT INTO t (id) VALUES (7000)", "row id=7000 is only on the target"),
        ("t", "UPDATE t SET id = 77 WHERE id = 7", "row id=7 is missing on the target"),
        ("other", "UPDATE other SET k = 'KEY'", "row k='Key' is missing on the target"),
        ("keyless", "DELETE FROM keyless WHERE a = 1 LIMIT 1", "1 rows are missing on the target"),
        ("keyless", "INSERT INTO keyless VALUES (2, 'y')", "1 rows are extra on the target"),
        ("keyless", "UPDATE keyless SET v = 'z' WHERE a = 2", "1 rows are missing on the target"),
        (
            "keyless",
            "UPDATE keyless SET a = IF(a = 2, 3, IF(a = 3, 2, a))",
            "2 rows are missing on the target",
        ),
        (
            "keyless",
            "UPDATE keyless SET a = 2, v = 'y' WHERE a = 1",
            "2 rows are missing on the target",
        ),
    ],
)
def test_rows_missing_extra_swapped_or_doubled_are_found(
    loaded: Databases, corrupt: Callable[..., None], table: str, statement: str, detail: str
) -> None:
    corrupt(statement)
    found = verify_all(loaded)
    assert found[table].verdict is Verdict.DIFFERS
    assert any(difference.detail.startswith(detail) for difference in found[table].differences)
    assert all(found[name].verdict is Verdict.EQUAL for name in found if name != table)


def test_row_count_level_names_table_and_chunk(loaded: Databases, corrupt: Callable[..., None]) -> None:
    corrupt("DELETE FROM t WHERE id = 2")
    verdict: TableVerdict = verify_all(loaded, VerificationLevel.ROW_COUNT)["t"]
    assert verdict.verdict is Verdict.DIFFERS
    assert verdict.differences[0].subject == f"{loaded.name}.t range 1 chunk 1"
    assert verdict.differences[0].detail == "8 rows on the source, 7 on the target"


@pytest.mark.parametrize("side", ["source", "target"])
@pytest.mark.parametrize(
    "value", ["CAST(7 AS DECIMAL(5,0))", "JSON_ARRAY(1, JSON_OBJECT('a', JSON_ARRAY(CAST(7 AS DECIMAL(5,0)))))"]
)
def test_one_json_type_behind_equal_text_is_seen_wherever_it_is(
    databases: Callable[..., Databases], side: str, value: str
) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY, j JSON, k JSON)")
    create_like_source(made, ["t"])
    plain = f"INSERT INTO t VALUES (1, '{{}}', CAST(CAST(CAST({value} AS JSON) AS CHAR) AS JSON)), (2, NULL, NULL)"
    made.on_source(plain)
    load_all(made)
    assert verify_all(made)["t"].verdict is Verdict.EQUAL
    (made.on_source if side == "source" else made.on_target)(
        f"REPLACE INTO t VALUES (1, '{{}}', CAST({value} AS JSON))"
    )
    assert verify_all(made)["t"].verdict is Verdict.DEGRADED


def test_a_degraded_json_type_is_a_verdict_of_its_own(databases: Callable[..., Databases]) -> None:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, j JSON)",
        "INSERT INTO t VALUES (1, JSON_OBJECT('a', CAST(2.5 AS DECIMAL(5,1)))), (2, JSON_OBJECT('a', 2.5e0)), "
        "(3, JSON_ARRAY(JSON_OBJECT('d', DATE '2024-01-01'))), (4, CAST(X'00FF' AS JSON)), (5, NULL), (6, '[]')",
    )
    create_like_source(made, ["t"])
    load_all(made)
    verdict = verify_all(made)["t"]
    assert verdict.verdict is Verdict.DEGRADED
    assert [difference.detail.split(":")[0] for difference in verdict.differences] == [
        "row id=1",
        "row id=3",
        "row id=4",
    ]
    assert all(difference.explained for difference in verdict.differences)
