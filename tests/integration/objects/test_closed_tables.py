"""Counters of tables that a server has not opened since it started: its catalog tells the last number of those."""

from __future__ import annotations

import pytest

from aurora_migration.engine.cutover.opening import raise_counters
from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.verify.objects import compare_objects
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.plan import RunOptions
from aurora_migration.mysql.session import Session
from local.servers import pair_down, pair_up
from tests.fresh_databases import endpoint
from tests.integration.objects.twins import run

pytestmark = pytest.mark.servers
TABLE = """
CREATE DATABASE closed;
CREATE TABLE closed.t (id INT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 300;
INSERT INTO closed.t VALUES (7);
ALTER TABLE closed.t AUTO_INCREMENT = {counter};
"""
CONFIG = MigrationConfig.model_validate(
    {
        "name": "closed",
        "source": {"connection": "s"},
        "target": {"connection": "t"},
        "selection": [{"include": "closed.*"}],
    }
)


@pytest.mark.slow
def test_counters_of_tables_that_are_not_open(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("closed")
    pair = pair_up(folder)
    try:
        run(pair.source, TABLE.format(counter=5000))
        run(pair.target, TABLE.format(counter=5000))
        pair.target.restart()
        with (
            Session.open(endpoint("source", pair.source_login)) as source,
            Session.open(endpoint("target", pair.target_login)) as target,
        ):
            plan = build_plan(CONFIG, RunOptions(), source)
            assert compare_objects(plan, source, target) == ()
            assert raise_counters(plan, source, target) == 0
        run(pair.target, "DROP DATABASE closed;" + TABLE.format(counter=4999))
        pair.source.restart()
        with (
            Session.open(endpoint("source", pair.source_login)) as source,
            Session.open(endpoint("target", pair.target_login)) as target,
        ):
            plan = build_plan(CONFIG, RunOptions(), source)
            (found,) = compare_objects(plan, source, target)
            assert "AUTO_INCREMENT: '5000' → '4999'" in found.detail
            assert raise_counters(plan, source, target) == 1
            assert compare_objects(plan, source, target) == ()
    finally:
        pair_down(folder)
