"""Keys whose bytes change while they stay equal to the collation: one row, though changes name several keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.model.sync import TableMode
from aurora_migration.sql.row_text import RowStyle
from tests.fresh_databases import Databases
from tests.integration.cdc.applied import Applied

pytestmark = pytest.mark.servers
CASES = {
    "there and back": ("UPDATE t SET name = 'WATER'", "UPDATE t SET name = 'water'"),
    "there and back, changed": ("UPDATE t SET name = 'WATER'", "UPDATE t SET name = 'water', n = 2"),
    "over a third": (
        "UPDATE t SET name = 'WATER'",
        "UPDATE t SET name = 'Wáter', n = n + 1",
        "UPDATE t SET name = 'water'",
    ),
    "on to another": ("UPDATE t SET name = 'WATER'", "UPDATE t SET name = 'Water', n = n + 1"),
    "gone and back": ("DELETE FROM t", "INSERT INTO t VALUES ('WATER', 3)"),
    "gone, back, gone, back": (
        "DELETE FROM t",
        "INSERT INTO t VALUES ('WATER', 3)",
        "DELETE FROM t",
        "INSERT INTO t VALUES ('water', 4)",
    ),
    "there and gone": ("UPDATE t SET name = 'WATER'", "UPDATE t SET name = 'wAter'", "DELETE FROM t"),
}


@pytest.mark.parametrize("style", [RowStyle.LOAD_DATA, RowStyle.INSERT])
@pytest.mark.parametrize("more", ["", ", UNIQUE KEY (n)"], ids=["one key", "two unique keys"])
@pytest.mark.parametrize("case", CASES)
def test_a_key_that_changes_its_letters_is_one_row(
    databases: Callable[..., Databases], case: str, more: str, style: RowStyle
) -> None:
    made = databases(
        f"CREATE TABLE t (name VARCHAR(40) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, n INT{more})",
        "INSERT INTO t VALUES ('water', 1)",
    )
    applied = Applied(made, ["t"], style=style)
    made.on_source(*CASES[case])
    assert applied.sync().reached
    assert applied.modes() == {"t": TableMode.STRICT}
    applied.assert_equal()
