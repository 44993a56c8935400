"""A migration that runs again over its own finished target changes nothing there and stays green.

Tables, routines and events are not even made again. Triggers are: they are away while rows may be loaded.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from local.mysqld import Server
from tests.patience import until
from tests.scenarios.harness.case import Case
from tests.scenarios.harness.databases import Stage, made
from tests.scenarios.harness.migration import config_of, migrate

pytestmark = pytest.mark.servers

NAMES = (
    "36_fk_cycles", "40_partitions_hash_and_key", "41_memory_csv_archive", "42_odd_names", "44_view_chain",
    "44_view_renamed", "45_trigger_order", "46_routine_character_sets", "47_events",
)  # fmt: skip
STATE = """
    SELECT CONCAT('table ', TABLE_NAME), CREATE_TIME FROM information_schema.TABLES WHERE TABLE_SCHEMA = %(s)s
    UNION ALL SELECT CONCAT(ROUTINE_TYPE, ' ', ROUTINE_NAME), LAST_ALTERED
      FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = %(s)s
    UNION ALL SELECT CONCAT('event ', EVENT_NAME), LAST_ALTERED
      FROM information_schema.EVENTS WHERE EVENT_SCHEMA = %(s)s
    UNION ALL SELECT CONCAT('trigger ', TRIGGER_NAME), CONCAT(ACTION_ORDER, ' ', ACTION_STATEMENT)
      FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %(s)s"""


def state(server: Server, schema: str) -> dict[str, str]:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(STATE, {"s": schema})
        return {str(name): str(value) for name, value in cursor.fetchall()}


def await_next_second(server: Server) -> None:
    """What is made from then on is not of the same time as what has been made."""

    def now() -> str:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT NOW()")
            row = cursor.fetchone()
        assert row is not None
        return str(row[0])

    began = now()
    until(lambda: now() > began, "the server's clock goes on")


@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_changes_nothing(name: str, on_stage: Stage) -> None:
    case = Case.read(Path(__file__).parent / name)
    target = on_stage.pair.target
    with made(case, on_stage) as databases:
        config = config_of(case, databases)
        first = migrate(config, on_stage.pair)
        schemas = [config.target_schema(schema) for schema in databases]
        before = [state(target, schema) for schema in schemas]
        await_next_second(target)
        second = migrate(config, on_stage.pair)
        assert [state(target, schema) for schema in schemas] == before
        assert any(before)
    assert not second.blockers
    assert second.verdicts == first.verdicts
    assert second.objects == first.objects
    assert all(difference.explained for difference in second.objects)
