"""Checks for migrations that follow changes whose bad set-up is a restart, a moment or another reader."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from aurora_migration.model.finding import Severity
from aurora_migration.model.sync_identity import probe_id, replica_id, replica_name
from aurora_migration.mysql.binlog.stream import DumpStream, Replica
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.position import read_position
from aurora_migration.mysql.session import Session
from local.mysqld import Server, find_distribution
from tests.integration.preflight.cases import TABLE
from tests.integration.preflight.cases_cdc import BY_CHECKSUM, FOLLOW, REPLICA
from tests.integration.preflight.world import PASSWORD, SMALL, World, ask, config_for, execute, settle
from tests.patience import TRX_PAUSE, until

pytestmark = pytest.mark.servers

PARENT = "CREATE TABLE p (id INT PRIMARY KEY)"
CHILD = "CREATE TABLE c (id INT PRIMARY KEY, p INT, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id) {action})"
WATCHED = "pf_watched"
UNLIKE = {
    "innodb_native_foreign_keys": "ON",
    "log_replica_updates": "OFF",
    "binlog_do_db": WATCHED,
}
ELSEWHERE_UUID = "2b4cf0c6-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True)
class Unlike:
    """A source that was started otherwise than the others, and its migrator's login."""

    server: Server
    login: Endpoint


def _started(world: World, folder: Path, options: Mapping[str, str]) -> Iterator[Unlike]:
    server = Server.create(find_distribution(), folder, "unlike", {**SMALL, **options})
    try:
        server.start()
        grants = "SELECT, SHOW VIEW, TRIGGER, EVENT, PROCESS, REPLICATION CLIENT, REPLICATION SLAVE"
        execute(
            server,
            [f"CREATE USER migrator IDENTIFIED BY '{PASSWORD}'", f"GRANT {grants} ON *.* TO migrator"],
        )
        yield Unlike(server, world.login(server, "source", "migrator"))
    finally:
        server.remove()


@pytest.fixture(scope="module")
def unlike(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unlike]:
    """InnoDB carries out cascades, a replica logs nothing, and one schema alone is in the binlog."""
    yield from _started(world, tmp_path_factory.mktemp("unlike"), UNLIKE)


@pytest.fixture(scope="module")
def silent(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unlike]:
    """A source without a binlog."""
    yield from _started(world, tmp_path_factory.mktemp("silent"), {"disable_log_bin": "ON", "gtid_mode": "OFF"})


@pytest.fixture
def on_unlike(unlike: Unlike, schema: str) -> Iterator[str]:
    yield schema
    execute(unlike.server, [f"DROP DATABASE IF EXISTS {schema}", f"DROP DATABASE IF EXISTS {WATCHED}"])


def test_no_binlog_at_all(world: World, silent: Unlike, schema: str) -> None:
    execute(silent.server, [TABLE], schema)
    result = world.preflight(config_for(schema, **FOLLOW, accounts={"mode": "skip"}), source=silent.login)
    (finding,) = [one for one in result.findings if "binlog" in one.code and one.code != "binlog-off-"]
    assert (finding.code, finding.severity) == ("binlog-off", Severity.BLOCKER)
    assert "strategy: checksum" in finding.remedy
    by_checksum = config_for(schema, **BY_CHECKSUM, accounts={"mode": "skip"})
    assert not world.preflight(by_checksum, source=silent.login).blockers


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        ("ON DELETE CASCADE", "ON DELETE CASCADE:"),
        ("ON DELETE SET NULL", "ON DELETE SET NULL:"),
        ("ON UPDATE CASCADE ON DELETE CASCADE", "ON DELETE CASCADE ON UPDATE CASCADE:"),
    ],
)
def test_cascades_that_innodb_carries_out(
    action: str, shown: str, world: World, unlike: Unlike, on_unlike: str
) -> None:
    execute(unlike.server, [PARENT, CHILD.format(action=action)], on_unlike)
    config = config_for(on_unlike, **FOLLOW)
    (finding,) = world.check("binlog_cascades", config, source=unlike.login)
    assert (finding.code, finding.subject) == ("cascade-not-in-binlog", f"{on_unlike}.c")
    assert shown in finding.observed
    assert "innodb_native_foreign_keys = OFF" in finding.remedy
    assert not world.check("binlog_cascades", config_for(on_unlike, **BY_CHECKSUM), source=unlike.login)
    alters = finding.remedy[
        finding.remedy.index("ALTER") : finding.remedy.rindex(";", 0, finding.remedy.index(" and let"))
    ]
    execute(unlike.server, alters.split(";"))
    assert not world.check("binlog_cascades", config, source=unlike.login)


def test_a_parent_outside_the_selection_cascades_too_a_child_outside_does_not_matter(
    world: World, unlike: Unlike, on_unlike: str
) -> None:
    execute(unlike.server, [PARENT, CHILD.format(action="ON DELETE CASCADE")], on_unlike)
    child = config_for(on_unlike, **FOLLOW, selection=[{"include": f"{on_unlike}.c"}])
    (finding,) = world.check("binlog_cascades", child, source=unlike.login)
    assert finding.code == "cascade-not-in-binlog"
    parent = config_for(on_unlike, **FOLLOW, selection=[{"include": f"{on_unlike}.p"}])
    assert not world.check("binlog_cascades", parent, source=unlike.login)


def test_a_key_without_an_action_is_fine(world: World, unlike: Unlike, on_unlike: str) -> None:
    execute(unlike.server, [PARENT, CHILD.format(action="ON DELETE RESTRICT")], on_unlike)
    assert not world.check("binlog_cascades", config_for(on_unlike, **FOLLOW), source=unlike.login)


@pytest.mark.parametrize("native", [True, False])
def test_the_binlog_holds_what_the_check_says(native: bool, world: World, unlike: Unlike, on_unlike: str) -> None:
    """The judgement itself: a cascade is in the binlog exactly where the check is silent."""
    server, login = (unlike.server, unlike.login) if native else (world.source, world.source_login)
    schema = WATCHED if native else on_unlike
    child = CHILD.format(action="ON DELETE CASCADE")
    execute(server, [PARENT, child, "INSERT INTO p VALUES (1)", "INSERT INTO c VALUES (1, 1)"], schema)
    execute(server, ["FLUSH BINARY LOGS", f"DELETE FROM {schema}.p"])
    file = ask(server, "SHOW BINARY LOG STATUS")
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"SHOW BINLOG EVENTS IN '{file}'")
        maps = " ".join(str(row[5]) for row in cursor.fetchall() if row[2] == "Table_map")
    assert f"({schema}.p)" in maps
    found = world.check("binlog_cascades", config_for(schema, **FOLLOW), source=login)
    assert bool(found) == native == (f"({schema}.c)" not in maps)


def test_a_replica_cannot_know_what_its_primary_logs(world: World, schema: str) -> None:
    execute(world.source, [PARENT, CHILD.format(action="ON DELETE CASCADE")], schema)
    config = config_for(schema, **FOLLOW)
    assert not world.check("binlog_cascades", config)
    execute(world.source, [REPLICA])
    try:
        (finding,) = world.check("binlog_cascades", config)
        plain = config_for(schema, **FOLLOW, selection=[{"include": f"{schema}.p"}])
        assert not world.check("binlog_cascades", plain)
    finally:
        execute(world.source, ["RESET REPLICA ALL"])
    assert finding.code == "cascade-not-in-binlog"
    assert finding.remedy.startswith("follow the primary instead; or on the source: ALTER TABLE")


def test_filters_that_hide_a_schema_or_its_ddl(world: World, unlike: Unlike, on_unlike: str) -> None:
    execute(unlike.server, [TABLE], on_unlike)
    (finding,) = world.check("binlog_filters", config_for(on_unlike, **FOLLOW), source=unlike.login)
    assert finding.code == "binlog-hides-schema"
    assert f"not in its binlog: {on_unlike} (binlog_do_db is {WATCHED})" in finding.observed
    execute(unlike.server, [TABLE], WATCHED)
    (finding,) = world.check("binlog_filters", config_for(WATCHED, **FOLLOW), source=unlike.login)
    assert (finding.code, finding.severity) == ("binlog-hides-ddl", Severity.WARNING)
    assert not world.check("binlog_filters", config_for(WATCHED, **BY_CHECKSUM), source=unlike.login)


def test_no_filter(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    assert not world.check("binlog_filters", config_for(schema, **FOLLOW))


def test_a_replica_that_does_not_log_what_it_receives(world: World, unlike: Unlike, on_unlike: str) -> None:
    execute(unlike.server, [TABLE], on_unlike)
    config = config_for(on_unlike, **FOLLOW)
    assert not world.check("replica_binlog", config, source=unlike.login)
    execute(unlike.server, [REPLICA])
    try:
        (finding,) = world.check("replica_binlog", config, source=unlike.login)
    finally:
        execute(unlike.server, ["RESET REPLICA ALL"])
    assert finding.code == "replica-updates-not-logged"
    assert "log_replica_updates = ON" in finding.remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [("binlog_format", "STATEMENT"), ("binlog_row_image", "MINIMAL"), ("sql_log_bin", "OFF")],
)
def test_an_open_session_with_settings_of_its_own(name: str, value: str, world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    config = config_for(schema, **FOLLOW)
    settle(world.source)
    assert not world.check("binlog_sessions", config)
    with contextlib.closing(world.source.connect()) as writer, writer.cursor() as cursor:
        cursor.execute(f"SET SESSION {name} = {value}")
        cursor.execute("SELECT CONNECTION_ID()")
        row = cursor.fetchone()
        (finding,) = world.check("binlog_sessions", config)
    assert finding.code == "binlog-sessions-differ"
    assert row is not None
    assert f"thread {row[0]} has {name} {value}" in finding.observed


@pytest.mark.parametrize("may_recover", [True, False])
def test_an_xa_transaction_that_is_prepared(may_recover: bool, world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    config = config_for(schema, **FOLLOW)
    if may_recover:
        execute(world.source, ["GRANT XA_RECOVER_ADMIN ON *.* TO migrator"])
    try:
        with contextlib.closing(world.source.connect()) as writer, writer.cursor() as cursor:
            for text in (
                "XA START 'pf'",
                f"INSERT INTO {schema}.t VALUES (1, 'a')",
                "XA END 'pf'",
                "XA PREPARE 'pf'",
            ):
                cursor.execute(text)
        settle(world.source)  # nobody but the session itself may end it before
        (finding,) = until(lambda: world.check("prepared_transactions", config), "it is told of", TRX_PAUSE)
        assert finding.code == "xa-prepared"
        assert ("0x7066" if may_recover else "one of InnoDB since") in finding.observed
        execute(world.source, ["XA ROLLBACK 'pf'"])
        until(lambda: not world.check("prepared_transactions", config), "it is told of no more", TRX_PAUSE)
    finally:
        with contextlib.suppress(Exception):
            execute(world.source, ["XA ROLLBACK 'pf'"])
        if may_recover:
            execute(world.source, ["REVOKE XA_RECOVER_ADMIN ON *.* FROM migrator"])


def test_server_ids_that_are_taken(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    plain = config_for(schema, **FOLLOW)
    assert not world.check("binlog_server_id", plain)
    own = config_for(schema, type="cdc", sync={"server_id": ask(world.source, "SELECT @@server_id")})
    (finding,) = world.check("binlog_server_id", own)
    assert (finding.code, finding.severity) == ("server-id-taken", Severity.BLOCKER)
    assert "is the source's own" in finding.observed
    with _reading(world, Replica(replica_id(plain), "somebody else's")) as reader:
        (finding,) = world.check("binlog_server_id", plain)
        assert (finding.code, finding.severity) == ("server-id-taken", Severity.BLOCKER)
        assert reader.uuid in finding.observed
        other = config_for(schema, type="cdc", sync={"server_id": 77})
        assert not world.check("binlog_server_id", other)
    with _reading(world, Replica(replica_id(plain), replica_name(plain))):
        (finding,) = world.check("binlog_server_id", plain)
        assert (finding.code, finding.severity) == ("sync-reads-already", Severity.WARNING)


@contextlib.contextmanager
def _reading(world: World, replica: Replica) -> Iterator[Replica]:
    server, login = world.source, world.source_login
    with Session.open(login) as session:
        start = read_position(session)
    assert start is not None
    try:
        with DumpStream(login, replica, start, wait=True, heartbeat_seconds=0.2) as stream:
            assert next(iter(stream))
            yield replica
    finally:
        settle(server)  # which finds out by a heartbeat that nobody reads any more


def test_a_look_does_not_end_a_sync_that_reads(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    config = config_for(schema, **FOLLOW)
    assert probe_id(config) != replica_id(config)
    with _reading(world, Replica(replica_id(config), replica_name(config))):
        for check in ("binlog_stream", "binlog_volume"):
            assert "check-failed" not in {one.code for one in world.check(check, config)}
        (finding,) = world.check("binlog_server_id", config)  # it is connected still
        assert finding.code == "sync-reads-already"
