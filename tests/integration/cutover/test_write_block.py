"""How writes end on the source, how that is proved, and how it is undone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

import pymysql
import pytest

from aurora_migration.bridge import cutover_scene
from aurora_migration.engine.cutover.write_block import Sides, StillWrittenError
from aurora_migration.errors import ConfigurationError, DataMismatchError, MissingPrivilegeError, PreflightError
from aurora_migration.model.cutover import CutoverState
from aurora_migration.sql.quoting import raw
from local.login import Login
from tests.integration.cutover.stage import LOCKED, READ_ONLY, STEPS, Stage, cut_over, put_connections
from tests.patience import until

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.timeout(300)]
New = Callable[..., Stage]
UNDONE_SECONDS = 60.0


class Writer(threading.Thread):
    """Somebody who writes a row every 20 ms until refused."""

    def __init__(self, login: Login, schema: str) -> None:
        super().__init__(daemon=True)
        self.enough = threading.Event()
        self.error: Exception | None = None
        self._login, self._schema, self._rows = login, schema, 0

    def run(self) -> None:
        try:
            with closing(self._login.connect()) as connection, connection.cursor() as cursor:
                while not self.enough.wait(0.02):
                    cursor.execute(f"INSERT INTO {self._schema}.marks (word) VALUES ('again')")
                    self._rows += 1
        except pymysql.err.MySQLError as error:
            self.error = error

    def await_row(self, _: float) -> None:
        """Return when it has written a row that it began after the call."""
        wanted = self._rows + 2

        def there() -> bool:
            assert self.error is None, self.error
            return self._rows >= wanted

        until(there, "the writer writes on")


@contextmanager
def writing(login: Login, schema: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    """A writer who writes each time that the write block sleeps."""
    writer = Writer(login, schema)
    writer.start()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(cutover_scene, "Sides", partial(Sides, sleep=writer.await_row))
            yield writer
    finally:
        writer.enough.set()
        writer.join(120)


def test_accounts_are_locked_and_their_sessions_ended(stage: New) -> None:
    made = stage()
    run = made.next_run()
    with closing(made.login("source").connect()) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"INSERT INTO {made.made.name}.marks (word) VALUES ('never committed')")
        with closing(made.login("target").connect()) as early, early.cursor() as early_cursor:
            assert cut_over(run) is None
            for one in (cursor, early_cursor):
                with pytest.raises(pymysql.err.OperationalError):
                    one.execute("SELECT 1")
    made.assert_cut_over(run)
    made.assert_equal()
    found = made.recorded(run)
    assert found.approved_by == "tester"
    assert found.downtime_seconds is not None
    print(f"write downtime: {found.downtime_seconds:.2f} s")
    assert made.rows("target", f"SELECT COUNT(*) AS n FROM {made.made.name}.marks WHERE word LIKE 'never%'") == [
        (0,)
    ]


def test_a_writer_that_is_not_blocked_is_noticed(stage: New, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage()
    run = made.next_run()
    with writing(made.made.pair.source.root_login, made.made.name, monkeypatch) as writer:
        failure = cut_over(run)
        assert isinstance(failure, StillWrittenError)
        assert "somebody writes" in str(failure)
        writer.await_row(0)
    made.assert_released(run)


def test_a_write_after_the_comparison_is_noticed(stage: New) -> None:
    made = stage()
    run = made.next_run()
    for step in ("readiness", "block", "drain"):
        STEPS[step](run)
    made.made.on_source("INSERT INTO marks (word) VALUES ('late')")
    assert isinstance(cut_over(run, ("hand_over", "release")), DataMismatchError)
    made.assert_released(run)


def test_read_only(stage: New) -> None:
    made = stage(write_block="read-only")
    try:
        run = made.next_run()
        for step in ("readiness", "block"):
            STEPS[step](run)
        assert made.refusal("source") == READ_ONLY
        assert "super_read_only is ON" in made.recorded(run).reason
        assert cut_over(run, ("release",)) is None
        made.assert_released(run)
        again = made.next_run()
        assert cut_over(again) is None
        assert (made.refusal("source"), made.refusal("target")) == (READ_ONLY, 0)
        made.assert_equal()
    finally:
        made.made.source_root.execute(raw("SET GLOBAL super_read_only = OFF"))
        made.made.source_root.execute(raw("SET GLOBAL read_only = OFF"))


@pytest.mark.parametrize("state", ["read_only", "super_read_only"])
def test_a_source_that_was_read_only_before_is_so_again(stage: New, state: str) -> None:
    made = stage(write_block="read-only")
    root = made.made.source_root
    try:
        root.execute(raw(f"SET GLOBAL {state} = ON"))
        run = made.next_run()
        assert cut_over(run, ("readiness", "block", "release")) is None
        found = root.query(raw("SELECT @@GLOBAL.read_only AS r, @@GLOBAL.super_read_only AS s"))
        assert found == [{"r": 1, "s": int(state == "super_read_only")}]
        rejected = made.next_run()
        assert cut_over(rejected, ("readiness", "release")) is None
        assert found == root.query(raw("SELECT @@GLOBAL.read_only AS r, @@GLOBAL.super_read_only AS s"))
    finally:
        root.execute(raw("SET GLOBAL super_read_only = OFF"))
        root.execute(raw("SET GLOBAL read_only = OFF"))


def test_a_table_lock_does_not_hold_read_only_up(stage: New) -> None:
    made = stage(write_block="read-only")
    try:
        with closing(made.login("source").connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLES {made.made.name}.marks WRITE")
            run = made.next_run()
            for step in ("readiness", "block"):
                STEPS[step](run)
            with pytest.raises(pymysql.err.OperationalError):
                cursor.execute("SELECT 1")
        assert made.refusal("source") == READ_ONLY
        assert cut_over(run, ("release",)) is None
        made.assert_released(run)
    finally:
        made.made.source_root.execute(raw("SET GLOBAL super_read_only = OFF"))
        made.made.source_root.execute(raw("SET GLOBAL read_only = OFF"))


def test_external_trusts_the_position(stage: New, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage(write_block="external")
    with writing(made.login("source"), made.made.name, monkeypatch):
        refused = made.next_run()
        assert isinstance(cut_over(refused), StillWrittenError)
    made.assert_released(refused)
    run = made.next_run()
    assert cut_over(run) is None
    assert made.recorded(run).state is CutoverState.OPEN
    assert (made.refusal("source"), made.refusal("target")) == (0, 0), "who stopped the application keeps it so"
    made.assert_equal()


def test_the_probe_has_to_be_refused_by_the_block(stage: New) -> None:
    made = stage(probe_connection="probe")
    put_connections(made.made.pair, probe=made.login("source"))
    run = made.next_run()
    for step in ("readiness", "block"):
        STEPS[step](run)
    assert "the probe account cannot log in" in made.recorded(run).reason
    assert str(LOCKED) in made.recorded(run).reason
    assert "Access denied" not in made.recorded(run).reason  # the words of the server, with the address that asks
    cut_over(run, ("release",))
    for other, words in (
        (made.made.pair.source.root_login, "was taken"),
        (Login("127.0.0.1", made.made.pair.source.port, made.user, "wrong"), "proves nothing"),
        (made.made.pair.source_login, "proves nothing"),  # it may not write anyway
    ):
        put_connections(made.made.pair, probe=other)
        run = made.next_run()
        failure = cut_over(run)
        assert isinstance(failure, StillWrittenError)
        assert words in str(failure)
        made.assert_released(run)


def test_an_account_without_the_right_to_block_says_so(stage: New) -> None:
    made = stage(connection=None)
    run = made.next_run()
    failure = cut_over(run)
    assert isinstance(failure, MissingPrivilegeError)
    assert made.refusal("source") == 0


def test_an_account_that_shares_its_user_name_with_ours_is_refused(stage: New) -> None:
    made = stage()
    made.settings["accounts"] = ["migrator@*"]
    made.made.source_root.execute(raw("CREATE USER migrator@'10.0.0.%'"))
    try:
        run = made.next_run()
        failure = cut_over(run)
        assert isinstance(failure, ConfigurationError)
        assert "shares its user name" in str(failure)
        assert made.refusal("source") == 0
    finally:
        made.made.source_root.execute(raw("DROP USER migrator@'10.0.0.%'"))


def test_a_pattern_that_takes_no_account_is_not_ready(stage: New) -> None:
    made = stage(accounts=["nobody@*"])
    failure = cut_over(made.next_run())
    assert isinstance(failure, PreflightError)
    assert "no-accounts-to-lock" in str(failure)
    made.settings["accounts"] = [f"{made.user}@*"]
    shown = STEPS["readiness"](made.next_run())["table"]
    assert f"will be locked, their sessions ended: {made.user}@%" in shown


def test_a_prepared_transaction_nobody_could_commit_stops_it(stage: New) -> None:
    made = stage()
    run = made.next_run()
    STEPS["readiness"](run)
    made.write(
        "source",
        "XA START 'stray'",
        "INSERT INTO marks (word) VALUES ('undecided')",
        "XA END 'stray'",
        "XA PREPARE 'stray'",
    )
    try:
        failure = cut_over(run, ("block", "drain", "hand_over", "release"))
        assert isinstance(failure, DataMismatchError)
        assert "XA" in str(failure)
        made.assert_released(run)
    finally:
        made.made.source_root.execute(raw("XA ROLLBACK 'stray'"))


def test_rows_that_differ_undo_it_at_once(stage: New, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage()
    made.made.on_target("DELETE FROM marks WHERE id = 2")
    run = made.next_run()
    for step in ("readiness", "block"):
        STEPS[step](run)
    with pytest.raises(DataMismatchError) as refused:
        STEPS["drain"](run)
    failed_at = time.monotonic()
    assert "marks" in str(refused.value)
    monkeypatch.setattr(cutover_scene, "Sides", partial(Sides, sleep=lambda _: pytest.fail("it waits")))
    STEPS["release"](run)
    assert made.refusal("source") == 0
    took = time.monotonic() - failed_at
    print(f"the source took writes {took:.2f} s after the verification failed")
    assert took < UNDONE_SECONDS
    made.assert_released(run)
    with pytest.raises(ConfigurationError):  # cleared afterwards: it does not begin anew by itself
        STEPS["block"](run)


def test_a_rejected_one_changes_nothing_and_the_next_opens_what_an_undone_one_closed(stage: New) -> None:
    made = stage()
    undone, rejected, done = made.next_run(), made.next_run(), made.next_run()
    assert cut_over(undone, ("readiness", "block", "release")) is None
    made.assert_released(undone)
    assert cut_over(rejected, ("readiness", "release")) is None
    made.assert_released(rejected)
    assert made.recorded(rejected).changes.source_accounts == ()
    assert cut_over(done) is None
    made.assert_cut_over(done)


def test_a_new_run_ends_one_whose_tasks_all_died(stage: New) -> None:
    made = stage()
    dead = made.next_run()
    for step in ("readiness", "block", "drain"):
        STEPS[step](dead)
    assert (made.refusal("source"), made.refusal("target")) == (LOCKED, LOCKED)
    new = made.next_run()
    STEPS["readiness"](new)
    made.assert_released(dead)
    assert cut_over(new, ("block", "drain", "hand_over", "release")) is None
    made.assert_cut_over(new)
