"""Creates routines, views, triggers and events on the target, in that order.

Whole schemas bring all of them, single tables only their triggers. Routines come first, because views call
functions and nothing is checked when a routine is created. Triggers come in the order they fire; where the
source's changes are followed they come at the cutover, since they would fire on the changes that are applied.
Events are created disabled, and their state on the source is returned, to be given back at cutover.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from aurora_migration.engine.schema.creator import ProgramCreator
from aurora_migration.engine.schema.databases import ensure_databases
from aurora_migration.engine.schema.definitions import plan_names
from aurora_migration.engine.schema.views import create_views
from aurora_migration.model.finding import Finding, warning
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.program import Event, ProgramKind, Trigger
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql import programs
from aurora_migration.mysql.ddl import system_time_zone
from aurora_migration.mysql.session import Session
from aurora_migration.sql.ddl.names import NameMap
from aurora_migration.sql.ddl.program import TargetProgram


@dataclass(frozen=True, slots=True)
class EventState:
    """The state that an event (by its target name) has on the source: ENABLED, DISABLED, …"""

    schema: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class ProgramsResult:
    """What was changed on purpose, what needs a person, and which events ran on the source."""

    rules: tuple[AppliedRule, ...]
    findings: tuple[Finding, ...]
    event_states: tuple[EventState, ...]


def create_programs(plan: MigrationPlan, source: Session, target: Session) -> ProgramsResult:
    """Create what is missing or differs; what the target refuses becomes a finding. Raises: RetryableError."""
    names = plan_names(plan, source)
    # Sets defaults right again, too, if an earlier try died while it had lent a schema another collation.
    ensure_databases(plan, names, source, target)
    creator = ProgramCreator(target)
    definers = plan.config.definers
    whole = plan.whole_schemas
    routines = creator.rewritten(
        (routine for schema in whole for routine in programs.routines(source, schema)), names, definers
    )
    there = [routine for routine in routines if creator.ensure(routine)]
    functions = [routine for routine in there if routine.source.kind is ProgramKind.FUNCTION]
    views = [view for schema in whole for view in programs.views(source, schema) if plan.config.selects(view.name)]
    create_views(views, functions, names, definers, creator)
    if not plan.config.follows_changes:
        _create_triggers(plan, names, source, creator)
    events = [event for schema in whole for event in programs.events(source, schema)]
    for program in creator.rewritten(events, names, definers):
        creator.ensure(program)
    creator.findings += _system_zone(events, source, target)
    states = tuple(EventState(names.schema(event.name.schema), event.name.name, event.status) for event in events)
    return ProgramsResult(tuple(creator.rules), tuple(creator.findings), states)


def create_triggers(
    plan: MigrationPlan, table: TableName, source: Session, target: Session
) -> tuple[Finding, ...]:
    """Create the triggers of one source table that are missing or differ, and nothing else."""
    creator = ProgramCreator(target)
    _create_triggers(plan, plan_names(plan, source), source, creator, only=table)
    return tuple(creator.findings)


def create_all_triggers(plan: MigrationPlan, source: Session, target: Session) -> tuple[Finding, ...]:
    """Create the triggers of all tables that are missing or differ; what the target refuses becomes a finding."""
    creator = ProgramCreator(target)
    _create_triggers(plan, plan_names(plan, source), source, creator)
    return tuple(creator.findings)


def _create_triggers(
    plan: MigrationPlan,
    names: NameMap,
    source: Session,
    creator: ProgramCreator,
    only: TableName | None = None,
) -> None:
    """Triggers of one table, time and event fire in order of creation, so one that differs renews them all."""
    found = [
        trigger
        for schema in plan.schemas
        for trigger in programs.triggers(source, schema)
        if plan.target_of(trigger.table) is not None and only in {None, trigger.table}
    ]
    rewritten = creator.rewritten(found, names, plan.config.definers)
    expected = {program.source.name: program for program in rewritten}
    for _, group in groupby(found, key=lambda trigger: (trigger.table, trigger.timing, trigger.event)):
        together = [expected[trigger.name] for trigger in group if trigger.name in expected]
        if _in_order(together, creator):
            continue
        for program in together:
            creator.drop(program)
        for program in together:
            creator.create(program, program.create)


def _in_order(together: Iterable[TargetProgram], creator: ProgramCreator) -> bool:
    orders = []
    for program in together:
        there = creator.found(program)
        if not isinstance(there, Trigger) or not creator.is_there(program):
            return False
        orders.append(there.action_order)
    return orders == sorted(orders)


def _system_zone(events: Iterable[Event], source: Session, target: Session) -> list[Finding]:
    """Events in the zone SYSTEM run by the clock of whatever server they are on."""
    here = [event for event in events if event.time_zone == "SYSTEM"]
    if not here:
        return []
    zones = system_time_zone(source), system_time_zone(target)
    if zones[0] == zones[1]:
        return []
    return [
        warning(
            "event-system-time-zone",
            event.label,
            f"runs by the system time zone, which is {zones[0]} on the source and {zones[1]} on the target",
            "set the target's time zone alike, or give the event a named zone on the source",
        )
        for event in here
    ]
