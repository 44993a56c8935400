"""Stages that are taken down at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fresh_databases import Databases
from tests.integration.cutover.stage import TABLES, Stage


@pytest.fixture
def stage(databases: Callable[..., Databases]) -> Iterator[Callable[..., Stage]]:
    """Factory of a stage; arguments: further statements of the source, then settings of the cutover by name."""
    built: list[Stage] = []

    def make(*statements: str, **settings: Any) -> Stage:
        built.append(Stage.build(databases(*TABLES, *statements), **settings))
        return built[-1]

    yield make
    for one in built:
        one.close()
