"""Events run on one side at a time, triggers fire once, counters are above both sides."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import pytest

from aurora_migration.bridge import cutover_scene, following, recovering, verifying
from aurora_migration.bridge.preflight import check
from aurora_migration.engine.cutover import write_block
from aurora_migration.engine.cutover.write_block import Sides
from aurora_migration.engine.schema import create_all_triggers
from aurora_migration.errors import ConfigurationError
from aurora_migration.model.config import RepairMode
from aurora_migration.mysql import locks
from aurora_migration.sql.quoting import raw
from local.servers import Pair
from tests.fresh_databases import Databases
from tests.integration.cutover.stage import STEPS, Stage, cut_over
from tests.patience import until

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.timeout(300)]
New = Callable[..., Stage]
TICKS = (
    "CREATE TABLE ticks (id BIGINT AUTO_INCREMENT PRIMARY KEY, at TIMESTAMP(6) NOT NULL, server CHAR(36))",
    "CREATE EVENT tick ON SCHEDULE EVERY 1 SECOND DO INSERT INTO ticks (at, server) "
    "VALUES (NOW(6), @@server_uuid)",
    "CREATE EVENT asleep ON SCHEDULE EVERY 1 SECOND DISABLE DO INSERT INTO ticks (at) VALUES (NOW(6))",
)


@pytest.fixture
def scheduler(server_pair: Pair) -> Iterator[None]:
    """The target's events may run."""
    with server_pair.target.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL event_scheduler = ON")
        yield
        cursor.execute("SET GLOBAL event_scheduler = OFF")


class Witness:
    """An event of the source that nobody migrates. It runs every second, does nothing, and is in no binlog."""

    def __init__(self, made: Databases) -> None:
        made.on_source("CREATE EVENT witness ON SCHEDULE EVERY 1 SECOND DO DO 1")
        self._made = made

    def await_turns(self) -> None:
        """Return when it has run twice: every other event that was due has begun since."""
        for _ in range(2):
            before = self._last_turn()
            until(lambda before=before: self._last_turn() != before, "the witness runs")

    def _last_turn(self) -> object:
        sql = f"SELECT LAST_EXECUTED AS t FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '{self._made.name}'"
        return self._made.source_root.scalar(raw(sql))


@pytest.fixture
def witness(databases: Callable[..., Databases]) -> Witness:
    return Witness(databases())


def ticks(made: Stage, role: str) -> int:
    return int(made.rows(role, f"SELECT COUNT(*) AS n FROM {made.made.name}.ticks")[0][0])


@pytest.mark.usefixtures("scheduler")
def test_events_run_on_one_side_at_a_time(stage: New, witness: Witness) -> None:
    made = stage(*TICKS)
    run = made.next_run()
    assert (made.enabled_events("source"), made.enabled_events("target")) == (["tick"], [])
    until(lambda: ticks(made, "source"), "the source's event runs")
    for step in ("readiness", "block", "drain"):
        STEPS[step](run)
    stopped = ticks(made, "source")
    witness.await_turns()
    assert ticks(made, "source") == ticks(made, "target") == stopped > 0
    assert (made.enabled_events("source"), made.enabled_events("target")) == ([], [])
    STEPS["hand_over"](run)
    assert (made.enabled_events("source"), made.enabled_events("target")) == ([], ["tick"])
    until(lambda: ticks(made, "target") > stopped, "the target's event runs")
    witness.await_turns()
    assert ticks(made, "source") == stopped
    by_server = made.rows(
        "target",
        f"SELECT server, MIN(at) AS first, MAX(at) AS last FROM {made.made.name}.ticks GROUP BY server ORDER BY 2",
    )
    assert len(by_server) == 2, "one server's events, then the other's"
    assert by_server[0][2] < by_server[1][1]


@pytest.mark.usefixtures("scheduler")
def test_events_go_on_after_a_release(stage: New, witness: Witness) -> None:
    made = stage(*TICKS)
    run = made.next_run()
    assert cut_over(run, ("readiness", "block", "release")) is None
    assert (made.enabled_events("source"), made.enabled_events("target")) == (["tick"], [])
    before = ticks(made, "source")
    until(lambda: ticks(made, "source") > before, "the source's event runs")
    following.sync_once(run)
    made.made.on_source("ALTER EVENT tick DISABLE")
    witness.await_turns()
    until(lambda: not locks.running_events(made.made.source_root, [made.made.name]), "the event has ended")
    following.sync_once(run)
    made.assert_equal()


def test_an_event_whose_time_passes_does_not_hold_the_release_up(stage: New) -> None:
    once = "CREATE EVENT once ON SCHEDULE AT NOW() + INTERVAL 1 HOUR DO INSERT INTO marks (word) VALUES ('once')"
    made = stage(once)
    run = made.next_run()
    for step in ("readiness", "block"):
        STEPS[step](run)
    assert made.enabled_events("source") == []
    made.made.on_source("ALTER EVENT once ON SCHEDULE AT '2001-01-01' ON COMPLETION PRESERVE DISABLE")
    assert cut_over(run, ("release",)) is None
    made.assert_released(run)


def test_an_event_that_is_running_ends_first(stage: New, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs until the write block has waited for it, which is before the applications are locked out."""
    made = stage(  # each further turn of it fails at once
        "CREATE EVENT slow ON SCHEDULE EVERY 1 SECOND DISABLE DO BEGIN INSERT INTO marks VALUES (1000, 'begun'); "
        "DO GET_LOCK('may end', 3600); INSERT INTO marks (word) VALUES ('ended'); END"
    )
    run, refusals = made.next_run(), list[int]()
    STEPS["readiness"](run)
    begun = f"SELECT COUNT(*) AS n FROM {made.made.name}.marks WHERE word = 'begun'"
    monkeypatch.setattr(write_block, "_EVENT_SECONDS", 600.0)
    with closing(made.made.pair.source.root_login.connect()) as holder, holder.cursor() as cursor:

        def let_it_end(seconds: float) -> None:
            refusals.append(made.refusal("source"))
            cursor.execute("DO RELEASE_LOCK('may end')")
            time.sleep(seconds)

        monkeypatch.setattr(cutover_scene, "Sides", partial(Sides, sleep=let_it_end))
        cursor.execute("DO GET_LOCK('may end', 60)")
        made.made.on_source("ALTER EVENT slow ENABLE")
        until(lambda: made.rows("source", begun) == [(1,)], "the event runs")
        assert cut_over(run, ("block", "drain", "hand_over", "release")) is None
    assert refusals[0] == 0
    made.assert_cut_over(run)
    made.assert_equal()
    assert made.rows("target", begun.replace("begun", "ended")) == [(1,)]


def test_triggers_fire_once(stage: New) -> None:
    made = stage()
    audit = f"SELECT COUNT(*) AS n FROM {made.made.name}.audit"
    made.write("source", "INSERT INTO marks (word) VALUES ('a'), ('b')")
    undone = made.next_run()
    for step in ("readiness", "block", "drain"):
        STEPS[step](undone)
    assert made.triggers("target") == []
    # what a hand-over leaves that dies before it decides
    with undone.sessions() as (source, target):
        assert create_all_triggers(undone.plan(source), source, target) == ()
    assert made.triggers("target") == ["noted"]
    assert cut_over(undone, ("release",)) is None
    made.assert_released(undone)
    made.write("source", "INSERT INTO marks (word) VALUES ('c')")
    following.sync_once(undone)
    assert made.rows("source", audit) == made.rows("target", audit)
    done = made.next_run()
    assert cut_over(done) is None
    made.assert_cut_over(done)
    made.assert_equal()
    before = made.rows("target", audit)[0][0]
    made.write("target", "INSERT INTO marks (word) VALUES ('d')")
    assert made.rows("target", audit)[0][0] == before + 1


def test_counters_are_above_both_sides(stage: New) -> None:
    made = stage("CREATE TABLE ahead (id INT AUTO_INCREMENT PRIMARY KEY)")
    made.write("source", "INSERT INTO marks (id) VALUES (500)", "DELETE FROM marks WHERE id = 500")
    made.made.on_target("ALTER TABLE ahead AUTO_INCREMENT = 9000")
    run = made.next_run()
    assert cut_over(run) is None
    made.write("target", "INSERT INTO marks (word) VALUES ('next')", "INSERT INTO ahead VALUES ()")
    assert made.rows("target", f"SELECT MAX(id) AS m FROM {made.made.name}.marks") == [(501,)]
    assert made.rows("target", f"SELECT MAX(id) AS m FROM {made.made.name}.ahead") == [(9000,)]


def test_a_sync_waits_while_a_cutover_is_under_way(stage: New) -> None:
    made = stage()
    run = made.next_run()
    STEPS["readiness"](run)
    assert following.not_ready(run) == ""
    STEPS["block"](run)
    assert "under way" in following.not_ready(run)
    assert cut_over(run, ("release",)) is None
    assert following.not_ready(run) == ""
    assert cut_over(again := made.next_run()) is None
    assert "handed over" in following.not_ready(again)


def test_nothing_of_the_sources_overwrites_a_target_that_was_handed_over(stage: New) -> None:
    made = stage()
    assert cut_over(made.next_run()) is None
    made.write("target", "DELETE FROM marks WHERE id = 1")
    assert "target-handed-over" in {finding.code for finding in check(made.run("again")).findings}
    with pytest.raises(ConfigurationError):
        verifying.units_to_compare(made.run("repair", repair=RepairMode.APPLY), "verify")
    with pytest.raises(ConfigurationError):
        verifying.units_to_compare(made.run("checksum"), "sync")
    with pytest.raises(ConfigurationError):
        recovering.resync(made.run("resync", resync=("*",)))
    assert made.rows("target", f"SELECT COUNT(*) AS n FROM {made.made.name}.marks") == [(2,)]
