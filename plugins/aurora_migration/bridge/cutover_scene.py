"""What every step of a cutover works with: open sessions to both sides, in the direction that it goes."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from aurora_migration.bridge import going_back
from aurora_migration.bridge.endpoints import endpoint
from aurora_migration.bridge.run import Run
from aurora_migration.engine.cutover.write_block import Sides
from aurora_migration.errors import ConfigurationError
from aurora_migration.model.account import AccountName
from aurora_migration.model.cutover import Cutover, CutoverState
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql import locks
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.store import cutovers

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """Open sessions of one step.

    ``record`` leads to the migration's target, where the cutover is recorded. ``way`` is the run whose source is
    blocked and whose target is opened: the migration itself, or the same read backwards; sessions, sides and plan
    are its. ``back`` follows the changes after the hand-over, if the migration wants that.
    """

    run: Run
    record: Session
    way: Run
    back: Run | None
    source: Session
    target: Session
    sides: Sides
    plan: MigrationPlan
    forward_plan: MigrationPlan

    def cutover(self) -> Cutover:
        """What is recorded of this run's cutover. Raises: ConfigurationError."""
        found = cutovers.find(self.record, self.run.control, self.run.run_id)
        if found is None:
            raise ConfigurationError(
                "has not begun", subject=f"cutover {self.run.run_id}", remedy="clear readiness"
            )
        return found

    def move(self, found: Cutover, state: CutoverState, reason: str = "") -> Cutover:
        _log.info("Cutover state=%s reason=%s", state, reason)
        return cutovers.move(self.record, self.run.control, found, state, reason)


@contextlib.contextmanager
def scene(run: Run) -> Iterator[Scene]:
    """The sessions of a step, closed at its end."""
    with run.sessions() as (reading, record):
        forward_plan = run.plan(reading)
    other = going_back.reversed_run(run, forward_plan) if run.config.cutover.rollback_window else None
    schemas = list(forward_plan.whole_schemas)
    way, back = run, other
    if run.options.direction == "back":
        if other is None:
            raise ConfigurationError(
                "there is no way back without rollback_window", subject=f"migration {run.config.name}"
            )
        way, back = other, run
        schemas = [run.config.target_schema(schema) for schema in schemas]
    admin = endpoint("source", way.config.cutover.connection or way.config.source.connection)
    with (
        way.sessions() as (source, target),
        Session.open(admin) as blocking,
        Session.open(run.target) as record,
    ):
        own = {_account(session) for session in (source, target, blocking, record)}
        sides = Sides(blocking, target, way.config, own, schemas)
        for session in (blocking, target):
            locks.take_turn(session, f"aurora.cutover.{run.config.name}")  # at most 64 characters
        yield Scene(run, record, way, back, source, target, sides, way.plan(source), forward_plan)


def _account(session: Session) -> AccountName:
    return AccountName.parse(str(session.scalar(statement("accounts/current_account"))))
