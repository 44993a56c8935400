"""Events: whether they will run on the target once cutover enables them, and in which time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed, parameter
from aurora_migration.engine.preflight.server import Server
from aurora_migration.model.finding import Finding, note, warning
from aurora_migration.sql.library import statement

_OFFSET: Final = re.compile(r"SYSTEM|[+-]\d\d?:\d\d")


def check_event_scheduler(context: Context) -> Iterator[Finding]:
    """Whether the target's scheduler will run what the source's runs."""
    events = [one.name for one in context.objects if one.kind == "event" and one.enabled]
    if not events:
        return
    if context.source.is_on("event_scheduler") and not context.target.is_on("event_scheduler"):
        yield note(
            "event-scheduler-off",
            context.target.label,
            f"the scheduler is off, so these do not run after cutover: {listed(events)}",
            parameter(context.target, "event_scheduler", "ON") + ", at cutover and not before",
        )
    elif context.target.is_on("event_scheduler"):
        yield note(
            "event-scheduler-on",
            context.target.label,
            f"the scheduler is on; these are created disabled and wait for cutover: {listed(events)}",
        )


def check_named_time_zones(context: Context) -> Iterator[Finding]:
    """Whether the target understands named time zones, if the source does."""
    if not _knows_zones(context.source) or _knows_zones(context.target):
        return
    events = [one for one in context.objects if one.kind == "event" and not _OFFSET.fullmatch(one.time_zone)]
    users = f"; events that are refused: {listed(events)}" if events else ""
    yield warning(
        "time-zone-names-unknown",
        context.target.label,
        f"knows no named time zones, the source does: CONVERT_TZ by name gives NULL{users}",
        "load the time zone tables on the target (mysql_tzinfo_to_sql); Aurora has them loaded",
    )


def _knows_zones(server: Server) -> bool:
    return bool(server.session.scalar(statement("preflight/named_time_zones")))
