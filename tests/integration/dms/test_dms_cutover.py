"""Cutovers of migrations whose changes DMS follows: drained, stopped and proved, or undone and followed again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from aurora_migration.bridge import (
    cutover_readiness,
    cutting_over,
    dms_changes,
    dms_draining,
    dms_load,
    dms_provision,
    following,
    going_back,
    moving_writes,
)
from aurora_migration.bridge.dms_preflight import check_with_dms
from aurora_migration.bridge.run import Run
from aurora_migration.dms.waiting import Wait
from aurora_migration.errors import DataMismatchError, FatalError, MigrationError, PreflightError
from aurora_migration.model.cutover import CutoverState
from aurora_migration.operators.schema import ObjectsOperator, SchemaWave2Operator
from aurora_migration.sql.quoting import raw
from local.dms import Cloud
from local.dms.cloud import Network
from local.dms.faults import SuspendTable
from tests.fresh_databases import Databases
from tests.integration.bridge import phases
from tests.integration.cutover.stage import LOCKED, Stage, put_connections
from tests.integration.dms.drive import LocalDmsRun, config_of, drive, finish, prepare, settle
from tests.patience import until

pytestmark = [pytest.mark.servers, pytest.mark.airflow]
long = pytest.mark.long  # half a minute each; one that has all the steps stays in every run
TABLES = (
    "CREATE TABLE marks (id BIGINT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(40))",
    "INSERT INTO marks (word) VALUES ('one'), ('two'), ('three')",
    "CREATE TABLE audit (id BIGINT AUTO_INCREMENT PRIMARY KEY, mark BIGINT)",
    "CREATE TRIGGER noted AFTER INSERT ON marks FOR EACH ROW INSERT INTO audit (mark) VALUES (NEW.id)",
)


@dataclass(slots=True)
class DmsStage(Stage):
    """A stage whose rows and changes DMS moves."""

    cloud: Cloud | None = None
    network: Network | None = None
    engine: str = "dms"

    def config(self) -> dict[str, Any]:
        engines = {"engine": self.engine, "cdc_engine": "dms", "type": "full-load-and-cdc"}
        return config_of(self.network) | engines | {"accounts": {"mode": "skip"}, "cutover": self.settings}

    def dms(self, run: Run) -> LocalDmsRun:
        return LocalDmsRun(run, self.cloud)

    def replicating(self) -> list[str]:
        assert self.cloud is not None
        return self.cloud.dms.tasks_running()

    def assert_follows(self, word: str) -> None:
        """A change of the source arrives."""
        self.write("source", f"INSERT INTO marks (word) VALUES ('{word}')")
        sql = f"SELECT COUNT(*) AS n FROM {self.made.name}.marks WHERE word = '{word}'"
        until(lambda: self.rows("target", sql) == [(1,)], f"the row {word!r} has arrived", 0.1)


New = Callable[..., DmsStage]


@pytest.fixture
def stage(cloud: Cloud, databases: Callable[..., Databases]) -> Iterator[New]:
    """Factory of a stage that is loaded, proved, and followed by DMS; arguments as those of `Stage`'s factory."""
    built: list[DmsStage] = []
    cloud.make_roles()

    def make(*statements: str, engine: str = "dms", **settings: Any) -> DmsStage:
        made = databases(*TABLES, *statements)
        put_connections(made.pair)
        one = DmsStage(made, {"connection": "source_root"} | settings, "skip", f"app_{made.key[2:]}")
        one.cloud, one.network, one.engine = cloud, cloud.make_network(), engine
        one.settings.setdefault("accounts", [f"{one.user}@*"])
        for session in (made.source_root, made.target_root):
            session.execute(raw(f"CREATE USER {one.user} IDENTIFIED BY 'let me in'"))
            session.execute(raw(f"GRANT ALL ON {made.name}.* TO {one.user}"))
        built.append(one)
        load(one, one.run("migrate"))
        return one

    yield make
    for one in built:
        one.close()


def load(made: DmsStage, run: Run) -> None:
    dms_run = made.dms(run)
    if made.engine == "native":
        units = phases.tables(run)
        phases.load(run, units)
        phases.finish(run, units)
        drive(dms_run, dms_changes.watch)
        return
    check_with_dms(dms_run).finish()
    units = prepare(run)
    drive(dms_run, dms_provision.advance)
    drive(dms_run, dms_load.advance)
    for operator in (SchemaWave2Operator, ObjectsOperator):
        phases.phase(operator, run)
    drive(dms_run, dms_changes.advance)
    finish(run, units)


def wait_through(dms_run: LocalDmsRun, step: Callable[..., Any], **options: Any) -> Any:
    """As a task does that is deferred."""
    while isinstance(result := step(dms_run, **options), Wait):
        options = dict.fromkeys(options, False)
        settle(dms_run, result)
    return result


def cut_over(made: DmsStage, run: Run, before_move: Callable[[], None] = lambda: None) -> MigrationError | None:
    """The tasks of the graph in their order, and what failed."""
    dms_run, failure = made.dms(run), None
    try:
        cutover_readiness.check(run)
        moving_writes.block_writes(run, "tester")
        wait_through(dms_run, dms_draining.drain)
        wait_through(dms_run, dms_draining.stop)
        before_move()
        moving_writes.move_writes(run, "tester")
    except MigrationError as error:
        failure = error
    cutting_over.release(run)
    wait_through(dms_run, dms_draining.resume, fresh=True)
    return failure


@long
@pytest.mark.parametrize("engine", ["dms", "native"])
def test_what_dms_followed_is_handed_over_and_dms_stays_stopped(stage: New, engine: str) -> None:
    made = stage(engine=engine)
    made.write("source", "INSERT INTO marks (word) VALUES ('late')", "UPDATE marks SET word = 'TWO' WHERE id = 2")
    run = made.next_run()
    assert cut_over(made, run) is None
    assert made.recorded(run).state is CutoverState.OPEN
    made.assert_equal()
    assert (made.refusal("source"), made.refusal("target")) == (LOCKED, 0)
    assert made.triggers("target") == ["noted"]
    assert made.replicating() == []
    assert "handed over by a cutover" in dms_changes.not_ready(run)
    assert "follows the source no more" in following.not_ready(run)
    made.write("target", "INSERT INTO marks (word) VALUES ('at home')")


def test_a_difference_gives_the_writes_back_and_dms_follows_again(stage: New) -> None:
    made = stage()
    made.made.on_target("UPDATE marks SET word = 'by hand' WHERE id = 2")
    run = made.next_run()
    failure = cut_over(made, run)
    assert isinstance(failure, DataMismatchError)
    assert "rows differ" in str(failure)
    assert made.recorded(run).state is CutoverState.RELEASED
    assert (made.refusal("source"), made.refusal("target")) == (0, LOCKED)
    assert made.triggers("target") == []
    assert len(made.replicating()) == 1
    made.assert_follows("after the release")
    made.made.on_target("UPDATE marks SET word = 'two' WHERE id = 2")
    assert cut_over(made, made.next_run()) is None
    made.assert_equal()


@long
def test_a_write_behind_the_drain_is_found_although_no_row_differs_in_number(stage: New) -> None:
    made = stage(verification="row-count")
    run = made.next_run()
    statement = "UPDATE marks SET word = 'above the block' WHERE id = 1"
    failure = cut_over(made, run, lambda: made.made.on_source(statement))
    assert isinstance(failure, DataMismatchError)
    assert "rows changed although writes are blocked" in str(failure)
    assert made.recorded(run).state is CutoverState.RELEASED
    assert made.refusal("source") == 0


@long
def test_nobody_resumes_dms_while_a_cutover_is_under_way(stage: New) -> None:
    made = stage()
    run = made.next_run()
    dms_run = made.dms(run)
    cutover_readiness.check(run)
    moving_writes.block_writes(run, "tester")
    assert "is under way" in dms_changes.not_ready(made.run("sync"))
    for _ in range(2):  # a task that is cleared drains and stops what is drained and stopped
        assert wait_through(dms_run, dms_draining.drain)["seen_by"] == "its checkpoint"
        assert wait_through(dms_run, dms_draining.stop)["status"] == "stopped"
    assert wait_through(dms_run, dms_draining.resume, fresh=True) == {"state": "blocked"}
    # all its tasks have died; the next cutover's readiness ends it, and says that DMS is to be resumed
    with pytest.raises(PreflightError, match="dms-not-following"):
        cutover_readiness.check(made.next_run())
    assert made.refusal("source") == 0
    assert dms_changes.not_ready(made.run("sync")) == ""
    drive(made.dms(made.run("sync")), dms_changes.watch)
    assert cut_over(made, made.next_run()) is None


@long
def test_a_table_that_dms_suspended_is_not_ready(stage: New, cloud: Cloud) -> None:
    made = stage()
    cloud.dms.faults.add(SuspendTable(f"{made.made.name}.marks"))
    made.write("source", "INSERT INTO marks (word) VALUES ('not applied')")
    dms_run = made.dms(made.next_run())
    states = dms_run.replication.statistics
    until(lambda: any(one.state != "Table completed" for one in states()), "the table is suspended", 0.1)
    with pytest.raises(PreflightError, match="dms-table-"):
        cutover_readiness.check(dms_run.run)
    assert (made.refusal("source"), len(made.replicating())) == (0, 1)


class StandingStill:
    """A client whose task never moves its checkpoint."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_replication_tasks(self, **members: Any) -> Any:
        answer = self._client.describe_replication_tasks(**members)
        for task in answer["ReplicationTasks"]:
            task["RecoveryCheckpoint"] = "checkpoint:V1#1#binlog.000001:4:-1:4:0:binlog.000001:4#0#0#*#0#0"
        return answer


@long
def test_a_checkpoint_that_stands_still_is_given_up_and_the_comparison_decides(
    stage: New, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="aurora_migration")
    made = stage()
    run = made.next_run()
    dms_run = made.dms(run)
    dms_run.__dict__["dms"] = StandingStill(dms_run.dms)
    cutover_readiness.check(run)
    moving_writes.block_writes(run, "tester")
    assert isinstance(dms_draining.drain(dms_run), Wait)
    monkeypatch.setattr(dms_draining, "PATIENCE_SECONDS", -1)
    settings = run.config.cutover.model_copy(update={"verification": "row-count"})
    strict = replace(run, config=run.config.model_copy(update={"cutover": settings}))
    strict_run = made.dms(strict)
    strict_run.__dict__["dms"] = dms_run.dms
    with pytest.raises(FatalError, match="its checkpoint stands still before"):
        dms_draining.drain(strict_run)
    found = dms_draining.drain(dms_run)
    assert isinstance(found, dict)
    assert found["seen_by"] == "the comparison alone"
    assert "the comparison decides" in caplog.text
    wait_through(dms_run, dms_draining.stop)
    moving_writes.move_writes(run, "tester")
    made.assert_equal()


@long
def test_the_way_back_after_dms_loses_nothing(stage: New) -> None:
    made = stage(rollback_window=True)
    forward = made.next_run()
    assert cut_over(made, forward) is None
    made.write("target", "INSERT INTO marks (word) VALUES ('on the target')")
    assert following.not_ready(forward) == ""
    following.sync_once(going_back.present_way(forward))
    made.assert_equal()
    made.write("target", "DELETE FROM marks WHERE id = 1")
    run = made.next_run()
    returned = replace(run, options=replace(run.options, direction="back"))
    assert cut_over(made, returned) is None
    assert made.recorded(returned).state is CutoverState.OPEN
    assert (made.refusal("source"), made.refusal("target")) == (0, LOCKED)
    made.assert_equal()
    assert made.replicating() == []
    # from here on our own engine follows the source, and may cut over again
    made.write("source", "INSERT INTO marks (word) VALUES ('home again')")
    following.sync_once(going_back.present_way(returned))
    made.assert_equal()
    assert "DMS follows no more" in dms_changes.not_ready(returned)
    assert cut_over(made, made.next_run()) is None
    made.assert_equal()
