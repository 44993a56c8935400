"""The local cloud: one for the module, emptied for each test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.dms import Cloud
from tests.fresh_databases import Databases
from tests.integration.bridge import phases
from tests.integration.dms.drive import LocalDmsRun, config_of

NewRun = Callable[..., LocalDmsRun]
TABLES = (
    "CREATE TABLE customer (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40), note TEXT, UNIQUE KEY (name))",
    "INSERT INTO customer VALUES (1, 'Ann', 'x'), (2, 'Bob', NULL), (3, 'Çelik', REPEAT('long ', 3000))",
    "CREATE TABLE purchase (id BIGINT PRIMARY KEY, customer_id INT, total DECIMAL(10,2), "
    "total_net DECIMAL(10,2) AS (total / 1.2) STORED, FOREIGN KEY (customer_id) REFERENCES customer (id))",
    "INSERT INTO purchase (id, customer_id, total) VALUES (10, 1, 12.50), (11, 1, 0.99), (12, 3, 100.00)",
    "CREATE TABLE empty_one (id INT PRIMARY KEY)",
)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """An account with nothing in it; hours of AWS are seconds here."""
    # moto has no simulate-principal-policy and says so with 500, which a client would ask again and again
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    with Cloud(time_factor=0.001) as made:
        # what asks for a client by itself, as tasks do, finds the account by the connection's id
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(made.connection()))
        yield made
        assert made.dms.violations == []


@pytest.fixture
def new_run(cloud: Cloud, databases: Callable[..., Databases]) -> NewRun:
    """Factory of a run in an account that has the roles and a network, unless it is told otherwise."""

    def make(*statements: str, roles: bool = True, network: Any = "two", config: Any = None, **dms: Any) -> Any:
        if roles:
            cloud.make_roles()
        where = cloud.make_network() if network == "two" else network
        settings = config_of(where, **dms) | (config or {})
        run = phases.run_of(databases(*(statements or TABLES)), config=settings)
        return LocalDmsRun(run, cloud)

    return make
