"""A pair of servers with the same database on both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aurora_migration.mysql.session import Session
from local.servers import Pair
from tests.fresh_databases import endpoint
from tests.integration.objects.twins import Twins, make_twin, run


@pytest.fixture(scope="session")
def both(server_pair: Pair) -> Iterator[Twins]:
    for server in (server_pair.source, server_pair.target):
        make_twin(server)
    with (
        Session.open(endpoint("source", server_pair.source_login)) as source,
        Session.open(endpoint("target", server_pair.target_login)) as target,
    ):
        yield Twins(server_pair, source, target)
    for server in (server_pair.source, server_pair.target):
        run(server, "DROP DATABASE twin;")


@pytest.fixture
def twins(both: Twins) -> Iterator[Twins]:
    """The same database on both sides; what a test does to the target's is undone."""
    yield both
    both.reset()
