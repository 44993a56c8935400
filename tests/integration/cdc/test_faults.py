"""A soak of faults: processes and servers die, lines break, others hold locks; nothing is lost or doubled.

``FAULT_SECONDS`` and ``FAULTS`` say how long and how many, ``FAULT_SEED`` repeats a schedule. Of both a quarter is
spent on load and catch-up, the rest on syncs. No task needs more than to be started again.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from aurora_migration.model.sync import SyncState, TableMode
from aurora_migration.store import load, sync
from local.login import Login
from local.oracle import compare_databases
from local.proxy import Proxy
from local.servers import Pair, pair_down, pair_up
from local.workload import Size, Workload, WorkloadSettings, create, money
from tests.exit_status import RETRY
from tests.faults import KINDS, Arena, Children, Faults, schedule
from tests.fresh_databases import Databases
from tests.patience import until
from tests.syncs import Migration

pytestmark = [pytest.mark.servers, pytest.mark.slow]
LOAD, SYNC = "tests.load_process", "tests.sync_process"
PATIENCE_SECONDS = 1200  # of one phase beyond its faults
WRITTEN = 5  # transactions a second at least


@pytest.fixture
def own_pair(tmp_path: Path, seed: int) -> Iterator[Pair]:
    """Servers of its own: others do not like theirs to be killed. Lock waits end before the locks do.

    Every third seed has a source without GTIDs.
    """
    folder, source_options = tmp_path / "pair", {"max_binlog_size": "1M"}
    if seed % 3 == 0:
        source_options |= {"gtid_mode": "OFF", "enforce_gtid_consistency": "OFF"}
    try:
        yield pair_up(folder, None, source_options, {"innodb_lock_wait_timeout": "3"})
    finally:
        pair_down(folder)


@dataclass(slots=True)
class Soak:
    """A migration whose processes reach the servers through proxies, and what happened to it."""

    migration: Migration
    arena: Arena
    writer: Workload
    lines: list[str] = field(default_factory=list)
    cut_short: int = 0

    def settings(self, **more: Any) -> dict[str, Any]:
        """Of a child process."""
        pair = self.arena.pair
        logins = {"source": pair.source_login, "target": pair.target_login}
        ends = {role: self._endpoint(role, login) for role, login in logins.items()}
        config = self.migration.config.model_dump(mode="json")
        return {**ends, "config": config, "style": str(self.migration.style), **more}

    def _endpoint(self, role: str, login: Login) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.arena.proxies[role].port} | {
            "user": login.user,
            "password": login.password,
        }

    def under_faults(self, seed: int, seconds: float, count: int, module: str, settings: dict[str, Any]) -> None:
        """Let processes of a module work, one after the other, for as long as the faults last.

        It takes longer where the application has not written `WRITTEN` transactions a second by then.
        """
        children, errors = self.arena.children, list[BaseException]()
        wanted = self.writer.tally().committed + round(WRITTEN * seconds)

        def work() -> None:
            try:
                children.repeat(module, settings, lambda _: False, seconds + PATIENCE_SECONDS)
            except BaseException as error:
                errors.append(error)

        children.go_on()
        worker = threading.Thread(target=work)
        worker.start()
        try:
            with Faults(self.arena, schedule(seed, seconds, count, [*KINDS]), self._tell) as faults:
                pass
            until(lambda: self._has_written(wanted), "the application writes on")
        finally:
            children.stop()
            worker.join(PATIENCE_SECONDS)
        self.cut_short += faults.cut_short
        if errors:
            raise errors[0]
        assert not children.fatal, children.fatal

    def until_done(self, module: str, settings: dict[str, Any]) -> None:
        """Let processes of a module work until one comes to its end."""
        self.arena.children.go_on()
        self.arena.children.repeat(module, settings, lambda status: status == 0, PATIENCE_SECONDS)

    def _has_written(self, wanted: int) -> bool:
        self.writer.check()
        return self.writer.tally().committed >= wanted

    def _tell(self, line: str) -> None:
        self.lines.append(line)
        print(line, flush=True)


def load_under_faults(soak: Soak, seed: int, seconds: float, count: int) -> None:
    """Load over a long line, so that there is something to hit, and catch up; both again and again."""
    migration, arena = soak.migration, soak.arena
    loading = soak.settings(chunk_bytes=20_000)
    arena.set_latency(0.005)
    soak.under_faults(seed, seconds / 2, count // 2, LOAD, loading)
    soak.until_done(LOAD, loading)
    arena.set_latency(0)
    migration.made.reopen()
    assert all(state.complete for state in load.tables(migration.made.target, migration.control))
    catching_up = soak.settings(during_load=True, seconds=3)
    arena.rival = (SYNC, soak.settings(during_load=True, seconds=0.5))
    soak.under_faults(seed + 1, seconds / 2, count - count // 2, SYNC, catching_up)
    soak.until_done(SYNC, soak.settings(during_load=True, seconds=None))
    migration.made.reopen()
    sync.set_state(migration.made.target, migration.control, SyncState.RUNNING)
    migration.complete()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [int(os.environ.get("FAULT_SEED", "20261125"))])
def test_nothing_is_lost_or_doubled_whatever_dies(own_pair: Pair, tmp_path: Path, seed: int) -> None:
    seconds, count = float(os.environ.get("FAULT_SECONDS", "50")), int(os.environ.get("FAULTS", "22"))
    print(f"FAULT_SEED={seed} FAULT_SECONDS={seconds:.0f} FAULTS={count}")
    size = Size(rows=1_000 + int(4 * seconds), big_rows=3_000, keyless=True)
    logs = tmp_path / "children"
    logs.mkdir()
    made = Databases.create(own_pair, [])
    with own_pair.source.connect() as connection:
        create(connection, made.name, size, seed)
    rows = Random(seed).choice((200, 2_000, 10_000))
    migration = Migration(made, {"keyless_tables": "row-image", "transaction_rows": rows})
    with ExitStack() as stack:
        ports = {"source": own_pair.source.port, "target": own_pair.target.port}
        proxies = {role: stack.enter_context(Proxy(port)) for role, port in ports.items()}
        arena = Arena(own_pair, made.name, migration.control.schema, proxies, Children(logs))
        stack.callback(arena.children.kill)
        writing = WorkloadSettings(made.name, seed, rate=120, size=size, compress=True)
        writer = stack.enter_context(Workload(own_pair.source.root_login, writing))
        soak = Soak(migration, arena, writer)
        migration.begin()
        migration.create()
        migration.prepare_load()
        load_under_faults(soak, seed, seconds / 4, count // 4)
        arena.rival = (SYNC, soak.settings(during_load=False, seconds=0.5))
        soak.under_faults(
            seed + 2, seconds * 3 / 4, count - count // 4, SYNC, soak.settings(during_load=False, seconds=8)
        )
        tally = writer.stop()
        soak.until_done(SYNC, soak.settings(during_load=False, seconds=None))
    made.reopen()
    try:
        check(soak, count, size)
        print(f"{tally}; {summary(soak)}")
        assert tally.committed >= seconds * WRITTEN - 3, "the writers hardly wrote"  # rounded thrice
    finally:
        made.drop()


def check(soak: Soak, count: int, size: Size) -> None:
    """Both sides are equal, nothing needed a person, and the faults did hit."""
    migration, children = soak.migration, soak.arena.children
    made = migration.made
    assert len(soak.lines) == count
    assert set(children.ended) <= {0, RETRY, -signal.SIGKILL}, children.ended
    assert -signal.SIGKILL in children.ended, "no process was killed"
    assert children.disturbances() > count / 4, "the faults hardly disturbed anything"
    assert all(not line.get("stopped") for line in children.lines())
    assert children.lines()[-1]["reached"]
    assert set(migration.modes().values()) == {TableMode.STRICT}
    equal = compare_databases(*made.oracle_params(), [made.name], structure=False)
    assert equal.equal, equal
    with made.pair.target.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT SUM(cents) FROM {made.name}.accounts")
        assert cursor.fetchone() == (money(size),)


def summary(soak: Soak) -> str:
    """One line about what happened."""
    results = [line for line in soak.arena.children.lines() if "reached" in line]
    ended = dict(Counter(soak.arena.children.ended))
    return (
        f"{len(soak.lines)} faults, cut short {soak.cut_short} times; processes by status {ended}; "
        f"{soak.arena.children.disturbances()} disturbances; "
        f"{len(results)} syncs, {sum(line['transactions'] for line in results)} transactions told of"
    )
