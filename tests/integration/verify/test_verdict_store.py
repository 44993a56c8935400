"""The store of verdicts: tasks that write side by side do not disturb one another, and a later try replaces."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from aurora_migration.model.names import TableName
from aurora_migration.model.report import Difference, DifferenceKind, TableVerdict, Verdict
from aurora_migration.mysql.session import Session
from aurora_migration.store import verdicts
from aurora_migration.store.control import Control
from tests.fresh_databases import Databases, endpoint

pytestmark = pytest.mark.servers


def verdict(outcome: Verdict, *differences: Difference) -> TableVerdict:
    return TableVerdict("s.t", "s.t", "checksum", outcome, 1, 1, differences=differences)


@pytest.fixture
def control(databases: Callable[..., Databases]) -> tuple[Databases, Control]:
    made = databases()
    control = Control("aurora_migration", made.key)
    control.ensure(made.target)
    return made, control


def test_tasks_side_by_side_do_not_wait_for_one_another(control: tuple[Databases, Control]) -> None:
    made, store = control
    login = endpoint("target", made.pair.target_login)

    def write(worker: int) -> None:
        with Session.open(login) as session:
            for number in range(150):
                table = TableName("s", f"t{number % 7}{worker}")
                verdicts.save_verdict(session, store, "run", table, number, verdict(Verdict.EQUAL))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert sum(verdicts.verified_ranges(made.target, store, "run").values()) == 600


def test_tasks_that_write_many_at_once_and_again_do_not_wait_for_one_another(
    control: tuple[Databases, Control],
) -> None:
    made, store = control
    login = endpoint("target", made.pair.target_login)

    def write(worker: int) -> None:
        with Session.open(login) as session:
            for again in range(20):
                for first in range(0, 60, 20):
                    some = [TableName("s", f"t{number:02}{worker}") for number in range(first, first + 20)]
                    found = [verdicts.RangeVerdict(table, again // 2, verdict(Verdict.EQUAL)) for table in some]
                    verdicts.save_verdicts(session, store, "run", found)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert sum(verdicts.verified_ranges(made.target, store, "run").values()) == 4 * 60 * 10


def test_each_of_many_verdicts_replaces_its_own_differences(control: tuple[Databases, Control]) -> None:
    made, store = control
    tables = [TableName("s", name) for name in ("one", "One", "t'\"%s钥")]
    bad = {table: Difference(DifferenceKind.DIFFERS, "rows", str(table), "key 1") for table in tables}
    for outcomes in ("ddd", "ede", "eee"):
        verdicts.save_verdicts(
            made.target,
            store,
            "run",
            [
                verdicts.RangeVerdict(
                    table, 0, verdict(Verdict.DIFFERS, bad[table]) if letter == "d" else verdict(Verdict.EQUAL)
                )
                for table, letter in zip(tables, outcomes, strict=True)
            ],
        )
        found = verdicts.verdicts(made.target, store, "run")
        for table, letter in zip(tables, outcomes, strict=True):
            assert found[table].differences == ((bad[table],) if letter == "d" else ())
            assert found[table].verdict is (Verdict.DIFFERS if letter == "d" else Verdict.EQUAL)
            assert (found[table].source_rows, found[table].target_rows, found[table].level) == (1, 1, "checksum")


def test_a_later_verdict_replaces_the_earlier_one_with_its_differences(control: tuple[Databases, Control]) -> None:
    made, store = control
    table = TableName("s", "t")
    bad = Difference(DifferenceKind.DIFFERS, "rows", "s.t", "key 1")
    verdicts.save_verdict(made.target, store, "run", table, 0, verdict(Verdict.DIFFERS, bad))
    assert verdicts.verdicts(made.target, store, "run")[table].differences == (bad,)
    verdicts.save_verdict(made.target, store, "run", table, 0, verdict(Verdict.EQUAL))
    (found,) = verdicts.verdicts(made.target, store, "run").values()
    assert (found.verdict, found.differences) == (Verdict.EQUAL, ())


@pytest.mark.parametrize(
    ("parts", "worst"),
    [
        ((Verdict.DEGRADED, Verdict.DIFFERS), Verdict.DIFFERS),
        ((Verdict.DIFFERS, Verdict.DEGRADED), Verdict.DIFFERS),
        ((Verdict.DEGRADED, Verdict.EQUAL, Verdict.MISSING), Verdict.MISSING),
        ((Verdict.EQUAL, Verdict.DEGRADED, Verdict.EQUAL), Verdict.DEGRADED),
    ],
)
def test_a_table_is_as_bad_as_its_worst_key_range(
    control: tuple[Databases, Control], parts: tuple[Verdict, ...], worst: Verdict
) -> None:
    made, store = control
    table = TableName("s", "t")
    for number, part in enumerate(parts):
        verdicts.save_verdict(made.target, store, "run", table, number, verdict(part))
    assert verdicts.verdicts(made.target, store, "run")[table].verdict is worst
