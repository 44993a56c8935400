"""A pair of servers with the same database on both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aurora_migration.mysql.session import Session
from local.servers import Pair, pair_down, pair_up
from tests.integration.objects.twins import Twins, endpoint, make_twin


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("objects")
    try:
        yield pair_up(folder)
    finally:
        pair_down(folder)


@pytest.fixture(scope="session")
def both(servers: Pair) -> Iterator[Twins]:
    for server in (servers.source, servers.target):
        make_twin(server)
    with (
        Session.open(endpoint("source", servers.source_login)) as source,
        Session.open(endpoint("target", servers.target_login)) as target,
    ):
        yield Twins(servers, source, target)


@pytest.fixture
def twins(both: Twins) -> Iterator[Twins]:
    """The same database on both sides; what a test does to the target's is undone."""
    yield both
    both.reset()
