"""Several sessions at a time: each thread has its own, and the first error ends the work of all."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread, current_thread

import pytest

from aurora_migration.engine.schema.side_by_side import MOST, Crew, Sides
from aurora_migration.errors import StatementError
from aurora_migration.sql.quoting import raw
from tests.fresh_databases import Databases

pytestmark = pytest.mark.servers

Make = Callable[..., Databases]
PATIENCE = 120.0


def test_each_thread_has_sessions_of_its_own_and_results_come_in_order(databases: Make) -> None:
    made = databases()
    together = Barrier(3)
    used: dict[str, set[tuple[int, int]]] = {}

    def ask(sides: Sides, number: int) -> int:
        if number < 3:
            together.wait(PATIENCE)  # three threads are here at once
        numbers = [int(one.scalar(raw("SELECT CONNECTION_ID()"))) for one in (sides.source, sides.target)]
        used.setdefault(current_thread().name + str(id(current_thread())), set()).add((numbers[0], numbers[1]))
        return number * 2

    with Crew.of(made.source, made.target, 3) as crew:
        assert crew.each(range(20), ask) == [number * 2 for number in range(20)]
        opened = crew.members[1:]
    assert len(used) == 3
    assert all(len(pairs) == 1 for pairs in used.values())
    assert len(set().union(*used.values())) == 3
    assert not any(side.connection.open for sides in opened for side in (sides.source, sides.target))
    assert made.target.scalar(raw("SELECT 1")) == 1, "the caller's own stays open"


def test_the_first_error_wins_and_nothing_is_begun_behind_it(databases: Make) -> None:
    made = databases("CREATE TABLE t (id INT)")
    begun, failing, together, caller = [], list[Thread](), Barrier(2), current_thread()

    def act(sides: Sides, number: int) -> None:
        begun.append(number)
        if current_thread() is not caller:
            failing.append(current_thread())
        if number < 2:
            together.wait(PATIENCE)  # both are at work
        if current_thread() is not caller:
            sides.source.query(raw(f"SELECT nothing FROM {made.name}.t"))
        failing[0].join(PATIENCE)  # it has told its error, and begun nothing else
        assert not failing[0].is_alive()
        raise RuntimeError("the second")

    with Crew.of(made.source, made.target, 2) as crew, pytest.raises(StatementError, match="nothing"):
        crew.each(range(10), act)
    assert sorted(begun) == [0, 1]


def test_there_are_never_more_than_a_server_can_build_for(databases: Make) -> None:
    made = databases()
    with Crew.of(made.source, made.target, 64) as crew:
        assert len(crew.members) == MOST
