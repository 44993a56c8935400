"""The throttle against real servers: signals, a pause that says why, its end, its bound, and the rows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from aurora_migration.bridge.run import Run
from aurora_migration.bridge.throttling import UnitPauses
from aurora_migration.engine.fullload.throttle import Throttle
from aurora_migration.model.config_throttle import ThrottleConfig
from aurora_migration.model.health import Signal, SignalKind
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import RunOptions
from aurora_migration.mysql.health import HealthProbe
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from aurora_migration.store import overview
from local.oracle import compare_databases
from tests.fresh_databases import Databases, create_like_source, endpoint, root
from tests.loads import control_of, load_with, prepare_load
from tests.patience import SECONDS, until

pytestmark = pytest.mark.servers
Make = Callable[..., Databases]
NOTHING = dict.fromkeys(("running_threads", "commit_latency_ms", "replica_lag_seconds", "history_length"))


def limits(**chosen: object) -> ThrottleConfig:
    return ThrottleConfig.model_validate({**NOTHING, "every_seconds": 1, **chosen})


@contextmanager
def busy(made: Databases, threads: int) -> Iterator[None]:
    """Threads at work on the target until the end of the block."""
    sessions = [Session.open(root(made.pair, "target")) for _ in range(threads)]
    ids = [int(session.scalar(raw("SELECT CONNECTION_ID()"))) for session in sessions]
    workers = [threading.Thread(target=_sleep, args=(session,)) for session in sessions]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for number in ids:
            made.target_root.execute(raw(f"KILL {number}"))
        for worker in workers:
            worker.join()


def _sleep(session: Session) -> None:
    try:
        session.query(raw("SELECT SLEEP(3600)"))
    except Exception as error:  # it is killed at the end of the block
        logging.getLogger(__name__).debug("ended %s", error)


def by_kind(signals: tuple[Signal, ...]) -> dict[SignalKind, float]:
    return {signal.kind: signal.value for signal in signals}


def test_signals_of_a_real_server(databases: Make) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)")
    probe = HealthProbe(made.target, own_threads=0)
    first = by_kind(probe.read())
    assert first[SignalKind.RUNNING_THREADS] >= 1
    assert first[SignalKind.HISTORY_LENGTH] >= 0
    assert SignalKind.REPLICA_LAG not in first
    assert SignalKind.COMMIT_LATENCY not in first  # a mean needs two looks
    create_like_source(made, ["t"])
    for number in range(3):
        made.on_target("START TRANSACTION", f"INSERT INTO {made.name}.t VALUES ({number})", "COMMIT")
    assert 0 < by_kind(probe.read())[SignalKind.COMMIT_LATENCY] < 60_000
    with busy(made, 5):
        until(lambda: by_kind(probe.read())[SignalKind.RUNNING_THREADS] >= 6, "six threads run")
        own = HealthProbe(made.target, own_threads=4)

        def without_own() -> float:
            """How many are not counted; another thread of the server may begin or end between the two looks."""
            every, others = (by_kind(one.read())[SignalKind.RUNNING_THREADS] for one in (probe, own))
            return every - others

        until(lambda: without_own() == 4, "just the load's own threads are left out")


def test_aurora_replicas_are_read_where_they_are(databases: Make) -> None:
    """A table of the documented columns stands in for Aurora's view; a replica not heard of is left out."""
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)")
    create_like_source(made, [])
    made.on_target(
        f"CREATE TABLE {made.name}.replica_host_status (server_id VARCHAR(100), session_id VARCHAR(100), "
        "last_update_timestamp TIMESTAMP, replica_lag_in_milliseconds DOUBLE)",
    )
    probe = HealthProbe(made.target, 0, TableName(made.name, "replica_host_status"))
    assert SignalKind.REPLICA_LAG not in by_kind(probe.read())
    made.on_target(
        f"INSERT INTO {made.name}.replica_host_status VALUES ('w', 'MASTER_SESSION_ID', NOW(), 0), "
        "('r1', 'a', NOW(), 41000), ('r2', 'b', NOW(), 12), ('gone', 'c', NOW() - INTERVAL 1 HOUR, 9000000)"
    )
    found = by_kind(probe.read())
    assert found[SignalKind.REPLICA_LAG] == 41
    lag = next(signal for signal in probe.read() if signal.kind is SignalKind.REPLICA_LAG)
    assert lag.over(ThrottleConfig(), pausing=False)
    assert lag.words(ThrottleConfig()) == "target has 41 s replica lag (limit 30)"


def test_an_account_that_sees_nothing_never_pauses(databases: Make) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)")
    user = f"u{made.key}"
    made.target_root.execute(raw(f"CREATE USER {user} IDENTIFIED BY 'Plain-1-word'"))
    try:
        login = root(made.pair, "target")
        weak = type(login)("target", login.host, login.port, user, "Plain-1-word")
        with Session.open(weak) as session:
            probe = HealthProbe(session, 0)
            assert set(by_kind(probe.read())) == {SignalKind.RUNNING_THREADS}
            assert set(by_kind(probe.read())) == {SignalKind.RUNNING_THREADS}
    finally:
        made.target_root.execute(raw(f"DROP USER {user}"))


def test_a_busy_target_pauses_the_load_which_says_why_and_goes_on(
    databases: Make, caplog: pytest.LogCaptureFixture
) -> None:
    made = databases(
        "SET SESSION cte_max_recursion_depth = 10000",
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(200))",
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
        " SELECT i, SHA2(i, 512) FROM n",
    )
    create_like_source(made, ["t"])
    prepare_load(made)
    control = control_of(made)
    run = Run(made.config(), RunOptions(), "run")
    with (
        RowReader(endpoint("source", made.pair.source_login)) as reader,
        Session.open(made.target.endpoint) as own,
    ):
        pauses = UnitPauses(run, 1, own, reader)
        throttle = Throttle(limits(running_threads=9, every_seconds=1), HealthProbe(own, 1).read, pauses)
        throttle.sleep = lambda seconds: None if release.is_set() else _seen(own, made, shown, release)
        shown: list[dict[str, object]] = []
        release = threading.Event()
        with caplog.at_level(logging.INFO):
            with busy(made, 12):
                until(lambda: by_kind(HealthProbe(own, 1).read())[SignalKind.RUNNING_THREADS] >= 12, "the load")
                blocker = threading.Thread(target=load_with, args=(made, throttle.wait))
                blocker.start()
                assert release.wait(SECONDS)
            blocker.join(SECONDS)
    assert not blocker.is_alive()
    assert compare_databases(*made.oracle_params(), [made.name]).equal
    assert shown[0]["waiting_units"] == 1
    assert "target has" in str(shown[0]["reason"])
    assert "running threads (limit 9)" in caplog.text
    assert "Load pauses reason=target has 1" in caplog.text
    assert "Load goes on paused_seconds=" in caplog.text
    after = overview.pauses(made.target, control, "run")
    assert after is not None
    assert (after["pauses"], after["waiting_units"]) == (1, 0)


def _seen(own: Session, made: Databases, shown: list[dict[str, object]], release: threading.Event) -> None:
    row = overview.pauses(made.target_root, control_of(made), "run")
    if row is not None:
        shown.append(row)
        release.set()


def test_a_pause_is_bounded_and_every_chunk_arrives_nevertheless(
    databases: Make, caplog: pytest.LogCaptureFixture
) -> None:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(200))",
        "SET SESSION cte_max_recursion_depth = 10000",
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
        " SELECT i, SHA2(i, 512) FROM n",
    )
    create_like_source(made, ["t"])
    prepare_load(made)
    run = Run(made.config(), RunOptions(), "run")
    clock = [0.0]
    with (
        RowReader(endpoint("source", made.pair.source_login)) as reader,
        Session.open(made.target.endpoint) as own,
    ):
        throttle = Throttle(
            limits(running_threads=1, pause_seconds=60),
            HealthProbe(own, 0).read,  # its own thread runs: never below the limit
            UnitPauses(run, 1, own, reader),
            clock=lambda: clock[0],
            sleep=lambda seconds: clock.__setitem__(0, clock[0] + seconds),
        )
        with caplog.at_level(logging.INFO):
            chunks = load_with(made, throttle.wait, chunk_bytes=100_000)
    assert compare_databases(*made.oracle_params(), [made.name]).equal
    assert chunks >= 4
    assert clock[0] == pytest.approx(60 * chunks, abs=1)
    assert caplog.text.count("Load goes on for one chunk") == chunks
    assert "Load still pauses seconds=" in caplog.text
    after = overview.pauses(made.target, control_of(made), "run")
    assert after is not None
    assert (after["pauses"], after["waiting_units"]) == (chunks, 0)
    assert float(after["seconds"]) == pytest.approx(60 * chunks, abs=1)


def test_a_server_that_is_well_is_asked_seldom() -> None:
    clock, asked = [0.0], []
    quiet = Signal("source", SignalKind.RUNNING_THREADS, 3)

    def look() -> list[Signal]:
        asked.append(clock[0])
        return [quiet]

    throttle = Throttle(ThrottleConfig(), look, _Nobody(), clock=lambda: clock[0], sleep=_never)
    for clock[0] in range(100):
        assert throttle.wait() == 0
    assert asked == list(range(0, 100, 10))


def test_a_pause_ends_well_below_the_limit() -> None:
    clock, values = [0.0], iter([128, 127, 110, 102, 3])
    throttle = Throttle(
        ThrottleConfig(),
        lambda: [Signal("source", SignalKind.RUNNING_THREADS, next(values))],
        _Nobody(),
        clock=lambda: clock[0],
        sleep=lambda seconds: clock.__setitem__(0, clock[0] + seconds),
    )
    assert throttle.wait() == 6.0
    assert next(values) == 3


def _never(seconds: float) -> None:
    raise AssertionError(f"slept {seconds}")


class _Nobody:
    def waits(self, reason: str, seconds: float) -> None: ...
    def ends(self, reason: str, seconds: float, *, calm: bool) -> None: ...
