"""Columns of another type on the target: equal values are equal, others differ, and a name counts as a value."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.model.report import Verdict
from tests.fresh_databases import Databases, create_like_source
from tests.loads import load_all, verify_all

pytestmark = pytest.mark.servers

_TABLE = (
    "CREATE TABLE t (id INT PRIMARY KEY, e ENUM('a', 'b') NOT NULL, s SET('x', 'y'), n TINYINT UNSIGNED NOT NULL, "
    "d DECIMAL(9,2), f FLOAT, v VARCHAR(20), w DATETIME, q BINARY(2) NOT NULL)"
)
_ROWS = (
    "INSERT INTO t VALUES (1, 'a', 'x,y', 7, 1.5, 0.5, 'v', '2024-01-01 00:00:00', 'qq'), "
    "(2, 'b', NULL, 0, NULL, NULL, NULL, NULL, 'q,')"
)
_CASES = {
    "wider texts and numbers": (
        "ALTER TABLE t MODIFY v VARCHAR(300), MODIFY n BIGINT NOT NULL, MODIFY f DOUBLE",
        (),
    ),
    "a member more": ("ALTER TABLE t MODIFY e ENUM('a', 'b', 'c') NOT NULL, MODIFY s SET('x', 'y', 'z')", ()),
    "a member called otherwise": ("ALTER TABLE t MODIFY e ENUM('a', 'B') NOT NULL", ("row id=2 differs in e",)),
    "members in another order": (
        "ALTER TABLE t MODIFY e ENUM('b', 'a') NOT NULL",
        ("row id=1 differs in e", "row id=2 differs in e"),
    ),
    "a SET member called otherwise": ("ALTER TABLE t MODIFY s SET('x', 'Y')", ("row id=1 differs in s",)),
    "more digits": ("ALTER TABLE t MODIFY d DECIMAL(12,3)", ("row id=1 differs in d",)),
    "microseconds": ("ALTER TABLE t MODIFY w DATETIME(6)", ("row id=1 differs in w",)),
    "a binary string padded further": (
        "ALTER TABLE t MODIFY q BINARY(3) NOT NULL",
        ("row id=1 differs in q", "row id=2 differs in q"),
    ),
    "a number that was shortened": (
        "UPDATE t SET n = 263 WHERE id = 1",
        ("row id=1 differs in n",),
    ),
}


@pytest.mark.parametrize("name", _CASES)
def test_values_are_compared_whatever_holds_them(databases: Callable[..., Databases], name: str) -> None:
    change, expected = _CASES[name]
    made = databases(_TABLE, _ROWS)
    create_like_source(made, ["t"])
    load_all(made)
    if change.startswith("UPDATE"):
        made.on_target("ALTER TABLE t MODIFY n SMALLINT UNSIGNED NOT NULL")
    made.on_target(change)
    verdict = verify_all(made)["t"]
    assert tuple(difference.detail for difference in verdict.differences) == expected
    assert verdict.verdict is (Verdict.DIFFERS if expected else Verdict.EQUAL)
