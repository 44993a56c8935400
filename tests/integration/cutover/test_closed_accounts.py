"""Accounts that an undone cutover left closed: verification tells them, and only a cutover opens them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aurora_migration.bridge import verifying
from aurora_migration.operators.accounts import AccountsOperator
from aurora_migration.store import verdicts
from tests.fresh_databases import Databases
from tests.integration.bridge import phases
from tests.integration.cutover.stage import LOCKED, TABLES, Stage, cut_over

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.timeout(300)]


@pytest.fixture
def migrated(databases: Callable[..., Databases]) -> Iterator[Stage]:
    """The application's account came to the target by the migration itself."""
    made = Stage.build(databases(*TABLES), mode="migrate")
    yield made
    made.close()


def rules(made: Stage, run_id: str) -> set[str]:
    run = made.run(run_id)
    return {found.rule for _, found in verdicts.differences(made.made.target, run.control, run_id)}


@pytest.mark.parametrize("on_existing", ["merge", "refresh"])
def test_they_stay_closed_until_a_cutover_opens_them(migrated: Stage, on_existing: str) -> None:
    made = migrated
    assert made.refusal("target") == 0
    undone, done = made.next_run(), made.next_run()
    assert cut_over(undone, ("readiness", "block", "release")) is None
    made.assert_released(undone)
    made.on_existing = on_existing
    verify = made.run("verify")
    verifying.units_to_compare(verify, "verify")
    assert verifying.verify_objects(verify)["unexplained"] == 0
    assert "locked-until-cutover" in rules(made, "verify")
    phases.phase(AccountsOperator, made.run("migrate"))
    assert made.refusal("target") == LOCKED
    assert cut_over(done) is None
    made.assert_cut_over(done)
