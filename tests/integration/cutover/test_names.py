"""Names with dots in them, which a text of both names together would not give back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.model.cutover import CutoverChanges
from aurora_migration.mysql import locks
from tests.fresh_databases import Databases

pytestmark = pytest.mark.servers


def test_an_event_of_a_schema_with_a_dot_is_found_again(databases: Callable[..., Databases]) -> None:
    made = databases("CREATE EVENT `a.b` ON SCHEDULE EVERY 1 DAY DO SELECT 1", name="dotted.schema")
    events = locks.enabled_events(made.source_root, [made.name])
    (recorded,) = CutoverChanges.parse(CutoverChanges(source_events=events).text()).source_events
    locks.set_event(made.source_root, recorded, enabled=False)
    assert locks.enabled_events(made.source_root, [made.name]) == ()
    locks.set_event(made.source_root, recorded, enabled=True)
    assert locks.enabled_events(made.source_root, [made.name]) == events
