"""Servers that go away around the hand-over: what is recorded decides, and nobody guesses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from aurora_migration.errors import OutcomeUnknownError, RetryableError
from aurora_migration.model.cutover import CutoverState
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.login import Login
from local.proxy import Proxy
from local.servers import Pair
from tests.fresh_databases import endpoint
from tests.integration.cutover.stage import STEPS, Stage, cut_over, put_connections
from tests.patience import until

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.timeout(300)]
New = Callable[..., Stage]


def through(proxy: Proxy, login: Login) -> Login:
    return Login("127.0.0.1", proxy.port, login.user, login.password)


@pytest.fixture
def line(server_pair: Pair) -> Iterator[Proxy]:
    """The line to the target."""
    with Proxy(server_pair.target.port) as proxy:
        yield proxy


class Deciding:
    """A hand-over in a thread that is held at the statement which decides."""

    def __init__(self, made: Stage) -> None:
        self.made, self.run = made, made.next_run()
        for step in ("readiness", "block", "drain"):
            STEPS[step](self.run)
        self.errors: list[Exception] = []
        self._thread = threading.Thread(target=self._hand_over)
        self._holder = Session.open(endpoint("target", made.made.pair.target.root_login))

    def _hand_over(self) -> None:
        try:
            STEPS["hand_over"](self.run)
        except Exception as error:
            self.errors.append(error)

    def start(self) -> int:
        """The thread of the target that waits to decide."""
        table = f"control_{self.made.made.key}.cutovers"
        self._holder.execute(raw("BEGIN"))
        self._holder.query(raw(f"SELECT state FROM {table} FOR UPDATE"))
        self._thread.start()

        def decides() -> list[int]:
            assert not self.errors, self.errors
            return self.running("handed-over")

        return until(decides, "the step decides")[0]

    def running(self, words: str) -> list[int]:
        """The threads of the target whose statement has these words."""
        sql = (
            "SELECT ID AS id FROM performance_schema.processlist "
            f"WHERE INFO LIKE '%%{words}%%' AND ID <> CONNECTION_ID()"
        )
        return [number for (number,) in self.made.rows("target", sql)]

    def let_go(self) -> None:
        self._holder.close()

    def end(self) -> list[Exception]:
        self._thread.join(120)
        assert not self._thread.is_alive()
        return self.errors

    def state(self) -> CutoverState:
        return self.made.recorded(self.run).state

    def wait_for(self, state: CutoverState) -> None:
        until(lambda: self.state() is state, f"it is {state}")


def test_the_target_dies_after_it_was_decided_for(stage: New, line: Proxy) -> None:
    made = stage()
    put_connections(made.made.pair, target_aurora=through(line, made.made.pair.target_login))
    deciding = Deciding(made)
    deciding.start()
    line.refuse()
    line.drop()  # the statement is with the server, its answer has no way
    deciding.let_go()
    (error,) = deciding.end()
    assert isinstance(error, OutcomeUnknownError)
    assert f"control_{made.made.key}.cutovers" in str(error)
    deciding.wait_for(CutoverState.HANDED_OVER)
    with pytest.raises(RetryableError):
        STEPS["release"](deciding.run)
    line.accept()
    assert cut_over(deciding.run, ("release",)) is None
    made.assert_cut_over(deciding.run)
    made.assert_equal()


def test_the_target_dies_before_it_was_decided_for(stage: New, line: Proxy) -> None:
    made = stage()
    put_connections(made.made.pair, target_aurora=through(line, made.made.pair.target_login))
    deciding = Deciding(made)
    number = deciding.start()
    line.refuse()
    line.drop()
    made.made.target_root.execute(raw(f"KILL {number}"))
    gone = f"SELECT COUNT(*) AS n FROM performance_schema.processlist WHERE ID = {number}"
    until(lambda: made.rows("target", gone) == [(0,)], "the session ends")
    deciding.let_go()
    (error,) = deciding.end()
    assert isinstance(error, OutcomeUnknownError)
    assert deciding.state() is CutoverState.VERIFIED
    line.accept()
    assert cut_over(deciding.run, ("release",)) is None
    made.assert_released(deciding.run)


def test_the_line_alone_breaks(stage: New, line: Proxy) -> None:
    made = stage()
    put_connections(made.made.pair, target_aurora=through(line, made.made.pair.target_login))
    deciding = Deciding(made)
    deciding.start()
    line.drop()
    deciding.let_go()
    assert all(isinstance(error, RetryableError) for error in deciding.end())
    assert cut_over(deciding.run, ("hand_over", "release")) is None
    made.assert_cut_over(deciding.run)


def test_a_statement_of_a_dead_step_does_not_come_through_after_the_release(stage: New, line: Proxy) -> None:
    """The step's line is lost while the server holds its deciding statement: the release ends it first."""
    made = stage()
    put_connections(made.made.pair, target_aurora=through(line, made.made.pair.target_login))
    deciding = Deciding(made)
    deciding.start()
    line.drop()
    assert all(isinstance(error, RetryableError) for error in deciding.end())
    with ThreadPoolExecutor(1) as pool:
        released = pool.submit(cut_over, deciding.run, ("release",))
        try:
            until(lambda: released.done() or deciding.running("releasing"), "the release decides, too")
        finally:
            deciding.let_go()
        assert released.result() is None
    if deciding.state() is CutoverState.OPEN:
        made.assert_cut_over(deciding.run)
    else:
        made.assert_released(deciding.run)


def test_a_decided_target_opens_without_the_source(stage: New, server_pair: Pair) -> None:
    made = stage()
    with Proxy(server_pair.source.port) as line:
        put_connections(
            made.made.pair,
            source_mysql=through(line, server_pair.source_login),
            source_root=through(line, server_pair.source.root_login),
        )
        run = made.next_run()
        for step in ("readiness", "block", "drain"):
            STEPS[step](run)
        # a hand-over that died on the line after
        made.made.target_root.execute(raw(f"UPDATE control_{made.made.key}.cutovers SET state = 'handed-over'"))
        line.refuse()
        line.drop()
        assert cut_over(run, ("release",)) is None
    made.made.on_target("DROP TRIGGER IF EXISTS noted")
    assert made.recorded(run).state is CutoverState.OPEN
    assert made.refusal("target") == 0
