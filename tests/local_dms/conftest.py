"""A cloud of its own for each test; whatever a test asks, no answer may break botocore's model."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from local.dms import Cloud
from tests.fresh_databases import Databases
from tests.local_dms.dms_rig import Rig

TIME_FACTOR = 0.0005


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """An empty account, in which an hour is two seconds."""
    with Cloud(time_factor=TIME_FACTOR) as made:
        yield made
        assert made.dms.violations == []
        invented = [
            (operation, path)
            for operation, paths in made.dms.answered.items()
            for path in paths
            if not made.dms.model.has_path(operation, path)
        ]
        assert invented == []


@pytest.fixture
def make_rig(cloud: Cloud, databases: Callable[..., Databases]) -> Callable[..., Rig]:
    """A DMS ready for tasks, over a fresh database made by the statements given."""
    return lambda *statements: Rig.make(cloud, databases(*statements))
