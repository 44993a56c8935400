"""The other direction: after a cutover the old source follows the target, so that going back loses nothing.

It is the same engine with the sides changed over: the migration's configuration read backwards, a control schema
on the old source (which therefore needs an account that may write), and tables that are strict from the first
change, since both sides were equal when it began.
"""

from __future__ import annotations

import re
from typing import Final

from aurora_migration.bridge.run import Run
from aurora_migration.dms.division import followed_by_dms
from aurora_migration.engine.cdc.lag import source_position
from aurora_migration.errors import ConfigurationError
from aurora_migration.model.config import EndpointConfig, MigrationConfig, Renames, SelectionRule
from aurora_migration.model.config_accounts import AccountsConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint, SyncState, TableMode, TableSync
from aurora_migration.mysql.position import read_facts
from aurora_migration.mysql.session import Session
from aurora_migration.store import cutovers, sync

HANDED_OVER: Final = "the target was handed over: its rows are the applications' now and would be overwritten"
AFTER_HAND_OVER: Final = "go back by <name>.cutover first, or make another migration file for another target"
_WILDCARD = re.compile(r"([*?\[])")


def reversed_run(run: Run, plan: MigrationPlan) -> Run:
    """The run whose source is this one's target, for the tables of its plan."""
    return Run(reversed_config(run.config, plan), RunOptions(), run.run_id)


def reversed_config(config: MigrationConfig, plan: MigrationPlan) -> MigrationConfig:
    """The migration read backwards; what was selected by patterns is selected by name."""
    back = {str(planned.target): str(planned.mapping.source) for planned in plan.tables}
    return config.model_copy(
        update={
            "source": EndpointConfig(connection=config.target.connection),
            "target": EndpointConfig(connection=config.cutover.connection or config.source.connection),
            "selection": [SelectionRule(include=_WILDCARD.sub(r"[\1]", name)) for name in back],
            "renames": Renames(tables={name: old for name, old in back.items() if name != old}),
            "accounts": AccountsConfig(mode="skip"),
            "cutover": config.cutover.model_copy(update={"connection": None, "probe_connection": None}),
        }
    )


def begin_following(way: Run, plan: MigrationPlan, position: Position | None = None) -> None:
    """Follow ``way``'s source strictly from a position on (None: now), at which both sides are equal."""
    with way.sessions() as (source, target):
        way.control.ensure(target)
        facts = read_facts(source)
        begin = Checkpoint(position or source_position(source), facts.by_gtid, facts.uuid, SyncState.RUNNING)
        with target.transaction():
            sync.start_checkpoint(target, way.control, begin)
            for name in _sources(way, plan):
                sync.save_table(target, way.control, TableSync(name, TableMode.STRICT))


def present_way(run: Run) -> Run:
    """The direction in which changes are followed now: back, once the target was handed over with a way back."""
    with run.sessions() as (source, target):
        if not run.config.cutover.rollback_window or not handed_over(run, target):
            return run
        return reversed_run(run, run.plan(source))


def handed_over(run: Run, target: Session) -> bool:
    """Whether the applications write to the target: the last cutover that was decided led there."""
    if not run.control.exists(target):
        return False
    decided = [one for one in cutovers.all_of(target, run.control) if one.state.decided]
    return bool(decided) and decided[0].direction == "forward"


def dms_follows(run: Run, target: Session) -> bool:
    """Whether AWS DMS applies the changes now: from the first hand-over on this project's own engine does."""
    if not followed_by_dms(run.config):
        return False
    return not run.control.exists(target) or not any(
        one.state.decided for one in cutovers.all_of(target, run.control)
    )


def refuse_after_hand_over(run: Run) -> None:
    """Rows that applications write to the target are not replaced by the source's. Raises: ConfigurationError."""
    with Session.open(run.target) as target:
        over = handed_over(run, target)
    if over:
        subject = f"migration {run.config.name}"
        raise ConfigurationError(HANDED_OVER, subject=subject, remedy=AFTER_HAND_OVER)


def _sources(way: Run, plan: MigrationPlan) -> list[TableName]:
    """What the plan's tables are called on ``way``'s source; ``plan`` is that of the migration as written."""
    forward = way.config.source == plan.config.source
    return [planned.mapping.source if forward else planned.target for planned in plan.tables]
