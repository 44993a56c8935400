"""A test database that both servers hold, and its resync."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.fresh_databases import Databases
from tests.integration.resync.resyncs import Resyncs, both


@pytest.fixture
def twins(databases: Callable[..., Databases]) -> Callable[..., Databases]:
    """Factory of a database with the same tables and rows on both sides."""

    def make(*statements: str) -> Databases:
        made = databases()
        both(made, "SET SESSION cte_max_recursion_depth = 1000000", *statements)
        return made

    return make


@pytest.fixture
def resyncs() -> Iterator[Callable[[Databases], Resyncs]]:
    """Factory of the resync of a test database."""
    with ExitStack() as stack:
        yield lambda made: Resyncs(made, stack)
