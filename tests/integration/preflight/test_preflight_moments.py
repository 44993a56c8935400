"""Checks whose bad set-up is a moment: open transactions, locks, clocks, restarts, versions."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aurora_migration.engine.preflight import activity, data
from aurora_migration.engine.preflight.columns import has_vectors
from aurora_migration.engine.preflight.connectivity import open_session
from aurora_migration.engine.preflight.context import Context
from aurora_migration.model.finding import Finding
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from aurora_migration.sql.library import folder
from aurora_migration.sql.quoting import raw
from tests.integration.preflight.cases import TABLE
from tests.integration.preflight.world import World, config_for, execute
from tests.patience import TRX_PAUSE, until

pytestmark = pytest.mark.servers


def test_a_transaction_that_stays_open(world: World, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    execute(world.source, [TABLE], schema)
    monkeypatch.setattr(activity, "_LONG_SECONDS", -5)

    def told() -> list[Finding]:
        return world.check("long_transactions", config_for(schema))

    with contextlib.closing(world.source.connect()) as writer, writer.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute(f"INSERT INTO {schema}.t VALUES (1, 'a')")
        words = f"thread {writer.thread_id()} "
        (finding,) = until(lambda: [one for one in told() if words in one.observed], "it is told of", TRX_PAUSE)
        assert finding.code == "source-long-transaction"
        cursor.execute("ROLLBACK")
    until(lambda: not told(), "it is told of no more", TRX_PAUSE)


def test_a_young_transaction_is_fine(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    with contextlib.closing(world.source.connect()) as writer, writer.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute(f"INSERT INTO {schema}.t VALUES (1, 'a')")
        assert not world.check("long_transactions", config_for(schema))
        cursor.execute("ROLLBACK")


def test_a_table_that_is_locked(world: World, schema: str) -> None:
    execute(world.source, [TABLE, "CREATE TABLE u (id INT PRIMARY KEY)"], schema)
    with contextlib.closing(world.source.connect()) as locker, locker.cursor() as cursor:
        cursor.execute(f"LOCK TABLES {schema}.t WRITE")
        (finding,) = world.check("table_locks", config_for(schema))
        assert finding.code == "source-table-locked"
        assert f"{schema}.t" in finding.observed
        assert f"{schema}.u" not in finding.observed
        cursor.execute("UNLOCK TABLES")
    assert not world.check("table_locks", config_for(schema))


def test_clocks_that_do_not_agree(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)

    def turn_back(context: Context) -> None:
        context.target.session.execute(raw("SET SESSION timestamp = 1000000000"))

    root = world.root(world.target, "target")
    (finding,) = world.check("clocks", config_for(schema), target=root, prepare=turn_back)
    assert finding.code == "clocks-differ"
    assert not world.check("clocks", config_for(schema))


@pytest.fixture(scope="module")
def strange(world: World) -> Iterator[Endpoint]:
    """The odd server as a reader, without TLS, and with the UUID of the source, as a copy would have."""
    data = world.odd.home.data
    kept = {
        name: (data / name).read_bytes() for name in ("auto.cnf", "ca.pem", "server-cert.pem", "server-key.pem")
    }
    world.odd.stop()
    for name in kept:
        (data / name).unlink()
    shutil.copy(world.source.home.data / "auto.cnf", data / "auto.cnf")
    usual = world.odd.options
    world.odd.options = {**usual, "innodb_read_only": "ON", "auto_generate_certs": "OFF"}
    world.odd.start()
    try:
        yield world.root(world.odd, "target")
    finally:
        world.odd.stop()
        for name, content in kept.items():
            (data / name).write_bytes(content)
        world.odd.options = usual
        world.odd.start()


def test_a_reader_instance(world: World, schema: str, strange: Endpoint) -> None:
    execute(world.source, [TABLE], schema)
    plain = replace(strange, ssl_mode=SslMode.DISABLED)
    (finding,) = world.check("target_is_writable", config_for(schema), target=plain)
    assert finding.code == "target-read-only"
    assert "reader instance" in finding.observed


def test_a_copy_of_the_sources_data_directory_is_no_other_server(
    world: World, schema: str, strange: Endpoint
) -> None:
    execute(world.source, [TABLE], schema)
    plain = replace(strange, ssl_mode=SslMode.DISABLED)
    (finding,) = world.check("target_is_another_server", config_for(schema), target=plain)
    assert finding.code == "target-is-source"
    assert "server_uuid" in finding.observed


def test_a_server_without_tls(world: World, schema: str, strange: Endpoint) -> None:
    execute(world.source, [TABLE], schema)
    result = world.preflight(config_for(schema), target=strange)
    (finding,) = result.blockers
    assert finding.code == "tls-refused", str(finding)
    assert "offers no TLS" in finding.observed
    assert "ssl_mode to DISABLED" in finding.remedy


def test_a_server_without_the_vector_type(
    world: World, schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """These servers have it, so the probe asks for a function that they have not: the answer is the same error."""
    execute(world.source, ["CREATE TABLE t (id INT PRIMARY KEY, v VECTOR(3))"], schema)
    assert not world.check("types", config_for(schema))
    other = tmp_path / "sql"
    shutil.copytree(folder(), other)
    (other / "preflight" / "vector_type.sql").write_text("SELECT STRING_TO_QUATERNION('[1]') AS known\n")
    monkeypatch.setenv("AURORA_MIGRATION_SQL", str(other))
    (finding,) = world.check("types", config_for(schema))
    assert finding.code == "type-not-supported"
    assert f"{schema}.t.v" in finding.observed
    session = open_session(world.target_login)
    try:
        assert not has_vectors(session)
    finally:
        session.close()


def test_only_the_largest_tables_are_sampled(world: World, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = [f"CREATE TABLE t{n} (id INT PRIMARY KEY, j JSON)" for n in range(3)]
    execute(world.source, statements, schema)
    assert not world.check("long_rows", config_for(schema))
    monkeypatch.setattr(data, "_SAMPLED_TABLES", 1)
    assert not world.check("long_rows", config_for(schema))

    def shrink(context: Context) -> None:
        context.target.variables  # noqa: B018 - read before the packet is made small
        context.target.__dict__["variables"] = {**context.target.variables, "max_allowed_packet": "1024"}

    (finding,) = world.check("long_rows", config_for(schema), prepare=shrink)
    assert finding.code == "row-lengths-not-sampled"
    assert finding.observed.count(f"{schema}.t") == 2


def test_versions_of_these_servers_are_supported(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    assert not world.check("source_version", config_for(schema))
    assert not world.check("version_order", config_for(schema))
    (finding,) = world.check("target_version", config_for(schema))
    assert finding.code == "target-is"
    assert world.target.dist.version in finding.observed
