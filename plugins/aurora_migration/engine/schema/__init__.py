"""Schema on the target, in three steps that each can die and be repeated.

    create_tables(plan, options, source, target, before_reset, workers) -> rules   before the load
    complete_tables(plan, source, target, progress, workers) -> rules     after it: indexes, foreign keys, counters
    create_programs(plan, source, target) -> ProgramsResult               routines, views, triggers, events
    create_triggers(plan, table, source, target) -> findings              one table's alone, after a repair
    create_all_triggers(plan, source, target) -> findings                 those of all tables, at the cutover
    analyze_tables(target, names) -> names                                statistics once more, behind the cutover

Rules are `AppliedRule`s: everything that was changed on purpose. ``workers`` sessions work on as many tables at a
time. Needs no more than Aurora's administrator may do.
"""

from aurora_migration.engine.schema.definitions import plan_names
from aurora_migration.engine.schema.first_wave import create_tables
from aurora_migration.engine.schema.programs import (
    EventState,
    ProgramsResult,
    create_all_triggers,
    create_programs,
    create_triggers,
)
from aurora_migration.engine.schema.second_wave import analyze_tables, complete_tables

__all__ = [
    "EventState",
    "ProgramsResult",
    "analyze_tables",
    "complete_tables",
    "create_all_triggers",
    "create_programs",
    "create_tables",
    "create_triggers",
    "plan_names",
]
