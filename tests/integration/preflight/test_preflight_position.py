"""Where following begins: streams that are tried, checkpoints that are reachable or not, retention by RDS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.preflight.cdc_retention import Retention, judge
from aurora_migration.engine.preflight.connectivity import open_session
from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.run import run_preflight
from aurora_migration.engine.preflight.server import Server as Side
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.model.finding import Severity
from aurora_migration.model.gtid import GtidSet
from aurora_migration.model.plan import RunOptions
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.position import read_position
from aurora_migration.mysql.session import Session
from tests.integration.preflight.cases import TABLE
from tests.integration.preflight.cases_cdc import BY_CHECKSUM, FOLLOW, GTIDS_OFF, GTIDS_ON
from tests.integration.preflight.world import PASSWORD, World, ask, config_for, execute, settle

pytestmark = pytest.mark.servers

OTHER_UUID = "2b4cf0c6-0000-4000-8000-000000000001"
Narrow = Callable[[str], Endpoint]


@pytest.fixture
def narrow(world: World) -> Iterator[Narrow]:
    """An account of the source with SELECT, and what a test grants it beside that."""
    with ExitStack() as stack:

        def make(privileges: str) -> Endpoint:
            execute(world.source, [f"CREATE USER pf_narrow IDENTIFIED BY '{PASSWORD}'"])
            stack.callback(execute, world.source, ["DROP USER pf_narrow"])
            execute(world.source, [f"GRANT {privileges} ON *.* TO pf_narrow"])
            return world.login(world.source, "source", "pf_narrow")

        yield make


@pytest.fixture
def checkpoint(world: World) -> Checkpoint:
    """Everything up to the source's present end is on the target."""
    with Session.open(world.source_login) as session:
        position = read_position(session)
    assert position is not None
    return Checkpoint(position, True, ask(world.source, "SELECT @@server_uuid"))


@pytest.fixture
def without_gtids(world: World) -> Iterator[None]:
    execute(world.source, GTIDS_OFF)
    yield
    execute(world.source, GTIDS_ON)


def test_the_remedies_are_enough_to_read_the_binlog(world: World, schema: str, narrow: Narrow) -> None:
    execute(world.source, [TABLE], schema)
    config, login = config_for(schema, **FOLLOW), narrow("SELECT")
    for privilege in ("REPLICATION CLIENT", "REPLICATION SLAVE"):
        (finding,) = world.check("binlog_stream", config, source=login)
        assert (finding.code, finding.severity) == ("source-privilege-missing", Severity.BLOCKER)
        assert privilege in finding.observed
        assert finding.remedy == f"GRANT {privilege} ON *.* TO 'pf_narrow'@'%';"
        execute(world.source, [finding.remedy])
    assert not world.check("binlog_stream", config, source=login)


def test_a_role_that_is_not_active(world: World, schema: str, narrow: Narrow) -> None:
    execute(world.source, [TABLE], schema)
    config, login = config_for(schema, **FOLLOW), narrow("SELECT, REPLICATION CLIENT")
    execute(world.source, ["CREATE ROLE pf_reader", "GRANT REPLICATION SLAVE ON *.* TO pf_reader"])
    try:
        execute(world.source, ["GRANT pf_reader TO pf_narrow"])
        (finding,) = world.check("binlog_stream", config, source=login)
        assert finding.remedy == "SET DEFAULT ROLE ALL TO 'pf_narrow'@'%';"
        execute(world.source, [finding.remedy])
        assert not world.check("binlog_stream", config, source=login)
    finally:
        execute(world.source, ["DROP ROLE pf_reader"])


def test_what_needs_no_binlog_asks_for_no_privilege(world: World, schema: str, narrow: Narrow) -> None:
    execute(world.source, [TABLE], schema)
    login = narrow("SELECT, TRIGGER, EVENT, SHOW_ROUTINE")
    codes = {one.code for one in world.preflight(config_for(schema, **BY_CHECKSUM), source=login).blockers}
    assert not codes
    codes = {one.code for one in world.preflight(config_for(schema, **FOLLOW), source=login).blockers}
    assert codes == {"source-privilege-missing"}


def test_a_checkpoint_that_the_source_still_has(world: World, schema: str, checkpoint: Checkpoint) -> None:
    execute(world.source, [TABLE, "INSERT INTO t VALUES (1, 'a')", "FLUSH BINARY LOGS"], schema)
    assert not world.check("binlog_stream", config_for(schema, **FOLLOW), checkpoint=checkpoint)
    place = Checkpoint(checkpoint.position, False, checkpoint.source_uuid)
    assert not world.check("binlog_stream", config_for(schema, **FOLLOW), checkpoint=place)


@pytest.mark.parametrize("by_gtid", [True, False])
def test_a_checkpoint_that_is_purged(by_gtid: bool, world: World, schema: str, checkpoint: Checkpoint) -> None:
    execute(world.source, [TABLE, "INSERT INTO t VALUES (1, 'a')", "FLUSH BINARY LOGS"], schema)
    file = ask(world.source, "SHOW BINARY LOG STATUS")
    settle(world.source)  # a file that somebody still reads is not purged
    execute(world.source, [f"PURGE BINARY LOGS TO '{file}'"])
    old = Checkpoint(checkpoint.position, by_gtid, checkpoint.source_uuid)
    config = config_for(schema, **FOLLOW)
    (finding,) = world.check("binlog_stream", config, checkpoint=old)
    assert (finding.code, finding.severity) == ("position-lost", Severity.BLOCKER)
    assert "strategy: checksum" in finding.remedy
    anew = RunOptions(prep_mode=TargetTablePrepMode.TRUNCATE)
    assert not world.check("binlog_stream", config, checkpoint=old, options=anew)
    assert world.check(
        "binlog_stream", config, checkpoint=old, options=RunOptions((f"{schema}.t",), anew.prep_mode)
    )


def test_a_source_that_lacks_what_was_applied(world: World, schema: str, checkpoint: Checkpoint) -> None:
    execute(world.source, [TABLE], schema)
    ahead = GtidSet.parse(checkpoint.position.gtid_set).union(GtidSet.parse(f"{OTHER_UUID}:1-7"))
    position = Position(str(ahead), checkpoint.position.file, checkpoint.position.offset)
    told = Checkpoint(position, True, checkpoint.source_uuid)
    (finding,) = world.check("binlog_stream", config_for(schema, **FOLLOW), checkpoint=told)
    assert finding.code == "position-ahead-of-source"
    assert f"does not have {OTHER_UUID}:1-7" in finding.observed


def test_a_place_on_another_server(world: World, schema: str, checkpoint: Checkpoint) -> None:
    execute(world.source, [TABLE], schema)
    told = Checkpoint(checkpoint.position, False, OTHER_UUID)
    (finding,) = world.check("binlog_stream", config_for(schema, **FOLLOW), checkpoint=told)
    assert finding.code == "position-lost"
    assert OTHER_UUID in finding.observed


@pytest.mark.usefixtures("without_gtids")
def test_gtids_that_were_switched_off(world: World, schema: str, checkpoint: Checkpoint) -> None:
    execute(world.source, [TABLE], schema)
    config = config_for(schema, **FOLLOW)
    assert not world.check("binlog_stream", config)  # an executed set is there still, and is not asked for
    (finding,) = world.check("binlog_stream", config, checkpoint=checkpoint)
    assert finding.code == "position-lost"
    assert "gtid_mode is OFF now" in finding.observed
    place = Checkpoint(checkpoint.position, False, checkpoint.source_uuid)
    assert not world.check("binlog_stream", config, checkpoint=place)


def test_a_place_that_is_no_beginning_of_an_event(world: World, schema: str, checkpoint: Checkpoint) -> None:
    execute(world.source, [TABLE], schema)
    place = Position("", checkpoint.position.file, checkpoint.position.offset - 1)
    told = Checkpoint(place, False, checkpoint.source_uuid)
    (finding,) = world.check("binlog_stream", config_for(schema, **FOLLOW), checkpoint=told)
    assert (finding.code, finding.severity) == ("binlog-stream-refused", Severity.BLOCKER)
    assert "1236" in finding.observed


def test_a_good_pair_may_be_followed_and_nothing_is_written(
    world: World, schema: str, checkpoint: Checkpoint
) -> None:
    execute(world.source, [TABLE, "INSERT INTO t VALUES (1, 'a')"], schema)
    before = [ask(server, "SELECT @@GLOBAL.gtid_executed") for server in (world.source, world.target)]
    result = world.preflight(config_for(schema, **FOLLOW), checkpoint=checkpoint)
    assert not result.blockers
    codes = {finding.code for finding in result.findings}
    assert "source-takes-writes" not in codes
    assert "binlog-volume" in codes
    assert "check-lacks-privilege" not in codes
    assert before == [ask(server, "SELECT @@GLOBAL.gtid_executed") for server in (world.source, world.target)]


def test_a_caller_that_gives_no_checkpoint(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    config, options = config_for(schema, **FOLLOW), RunOptions()
    result = run_preflight(
        world.source_login,
        world.target_login,
        options,
        lambda session: build_plan(config, options, session),
        lambda session: frozenset(),
    )
    assert not result.blockers


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"basedir": "/rdsdbbin/mysql-8.0.36/"}, "binlog-retention-unknown"),
        ({"aurora_version": "3.08.0"}, "binlog-retention-unknown"),
        ({}, None),
    ],
)
def test_amazons_servers_hide_their_retention(
    facts: dict[str, str], code: str | None, world: World, schema: str
) -> None:
    execute(world.source, [TABLE], schema)

    def as_if(context: Context) -> None:
        vars(context.source)["variables"] = {**context.source.variables, **facts}

    found = world.check("binlog_retention", config_for(schema, **FOLLOW), prepare=as_if)
    assert [finding.code for finding in found] == ([code] if code else [])
    for finding in found:
        assert "CALL mysql.rds_show_configuration;" in finding.remedy
        assert "CALL mysql.rds_set_configuration('binlog retention hours', 25);" in finding.remedy


TERABYTE = 1 << 40
HOUR = 3600


@pytest.mark.parametrize(
    ("facts", "kept", "size", "code", "words"),
    [
        ({}, 30 * 24 * HOUR, TERABYTE, None, ""),
        ({}, None, TERABYTE, None, ""),
        ({}, 3 * 24 * HOUR, TERABYTE, "binlog-retention-short", "= 298800;"),
        ({}, 2 * HOUR, TERABYTE, "binlog-retention-impossible", "= 298800;"),
        ({}, 24 * HOUR, 0, None, ""),
        ({}, 24 * HOUR - 1, 0, "binlog-retention-short", "= 86400;"),
        ({"basedir": "/rdsdbbin/"}, 0, 0, "binlog-retention-impossible", "hours', 24);"),
        ({"basedir": "/rdsdbbin/"}, 24 * HOUR, 9 * TERABYTE, "binlog-retention-short", "168); (168 is the most"),
        ({"aurora_version": "3"}, 0, 0, "binlog-retention-short", "hours', 24);"),
        ({"aurora_version": "3"}, HOUR, TERABYTE, "binlog-retention-impossible", "hours', 83);"),
    ],
)
def test_retention_for_a_size(
    facts: dict[str, str], kept: int | None, size: int, code: str | None, words: str, world: World
) -> None:
    side = Side(open_session(world.source_login))
    try:
        vars(side)["variables"] = {**side.variables, **facts}
        found = list(judge(side, Retention(kept, "so it says"), size))
    finally:
        side.close()
    assert [finding.code for finding in found] == ([code] if code else [])
    assert words in "".join(finding.remedy for finding in found)
