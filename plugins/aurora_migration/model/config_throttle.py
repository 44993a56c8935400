"""The part of a migration file that says when the full load pauses for the sake of the servers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from aurora_migration.model.config_part import ConfigPart


class ThrottleConfig(ConfigPart):
    """Limits for either server; a limit that is null, or whose signal a server does not show, never pauses."""

    running_threads: Annotated[
        int | None, Field(ge=1, description="threads at work on a server beside those of the load itself")
    ] = 128
    commit_latency_ms: Annotated[
        int | None, Field(ge=1, description="mean latency of the commits since the last look, in milliseconds")
    ] = 2000
    replica_lag_seconds: Annotated[
        float | None,
        Field(gt=0, description="lag of Aurora's replicas, or of the server itself where it is a replica"),
    ] = 30
    history_length: Annotated[
        int | None, Field(ge=1, description="InnoDB's history list length: changes that are not purged yet")
    ] = None
    every_seconds: Annotated[
        int, Field(ge=1, le=300, description="time between two looks at the servers, by each load unit")
    ] = 10
    pause_seconds: Annotated[
        int,
        Field(ge=1, le=86_400, description="a pause ends after this time whatever the signals say, for one chunk"),
    ] = 300
