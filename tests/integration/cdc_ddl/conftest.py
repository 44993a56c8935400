"""A database whose two tables are the same on both sides, and a binlog position before what follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fresh_databases import Databases, create_like_source
from tests.integration.cdc_ddl.changing import Changing

SETUP = (
    "CREATE TABLE orders (id INT PRIMARY KEY, customer VARCHAR(40), total DECIMAL(9,2) NOT NULL, doc JSON, "
    "place POINT NOT NULL SRID 4326, KEY by_customer (customer))",
    "CREATE TABLE notes (id INT PRIMARY KEY, body TEXT, CONSTRAINT short CHECK (length(body) < 1000), "
    "CHECK (id > 0)) CHARSET=latin1 COMMENT 'it''s'",
)
ROWS = (
    "INSERT INTO orders VALUES (1, 'a', 1.5, '{\"a\": 1}', ST_SRID(POINT(1, 2), 4326)), "
    "(2, NULL, 2, NULL, ST_SRID(POINT(3, 4), 4326))",
    "INSERT INTO notes VALUES (1, 'one'), (2, NULL)",
)


@pytest.fixture
def changing(databases: Callable[..., Databases]) -> Callable[..., Changing]:
    """Factory of a `Changing`; the keywords are those of the migration."""

    def make(*more: str, **settings: object) -> Changing:
        made = databases(*SETUP, *more, *ROWS)
        create_like_source(made, ["orders", "notes"])
        made.on_target(*ROWS)
        return Changing(made, made.config(**settings))

    return make
