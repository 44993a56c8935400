"""The server id of a migration's replica: the same everywhere, its own, never one that MySQL refuses."""

from __future__ import annotations

import pytest

from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.sync_identity import probe_id, replica_id


def _config(name: str, **sync: int) -> MigrationConfig:
    file = {
        "name": name,
        "source": {"connection": "a"},
        "target": {"connection": "b"},
        "selection": [{"include": "shop.*"}],
        "sync": sync,
    }
    return MigrationConfig.model_validate(file)


def test_it_does_not_change_from_one_version_to_the_next() -> None:
    assert replica_id(_config("shop")) == 2_892_647_586
    assert replica_id(_config("orders")) == 3_845_127_662


def test_the_file_decides_where_it_says_so() -> None:
    assert replica_id(_config("shop", server_id=7)) == 7


@pytest.mark.parametrize("name", ["a", "shop", "shop-2", "orders_archive", "z" * 48])
def test_ids_are_possible_and_differ(name: str) -> None:
    config = _config(name)
    ids = {replica_id(config), probe_id(config)}
    assert len(ids) == 2
    assert all(1 << 31 <= one < 1 << 32 for one in ids)


def test_a_look_never_takes_the_id_that_the_file_gives() -> None:
    made = probe_id(_config("shop"))
    assert probe_id(_config("shop", server_id=made)) != made
