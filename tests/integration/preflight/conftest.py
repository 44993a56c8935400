"""The servers of the preflight tests, started once, and a schema name of its own for every test."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

import pytest

from local.mysqld import find_distribution
from tests.integration.preflight.world import World, build, execute

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with build(find_distribution(), tmp_path_factory.mktemp("preflight")) as world:
        yield world


@pytest.fixture
def schema(world: World) -> Iterator[str]:
    """A schema that is on no server yet and is dropped everywhere afterwards."""
    name = f"pf{next(_NUMBERS)}"
    yield name
    for server in (world.source, world.target, world.odd):
        with contextlib.suppress(Exception):
            execute(server, [f"DROP DATABASE IF EXISTS {name}"])
