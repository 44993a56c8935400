"""The part of a migration file that says how changes follow after the full load."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from aurora_migration.model.config_part import ConfigPart

DdlPolicy = Literal["pause", "apply-safe"]
KeylessTables = Literal["block", "row-image"]


class SyncConfig(ConfigPart):
    """What ``<name>.sync`` does, and the catch-up within ``<name>.migrate``."""

    strategy: Annotated[
        Literal["binlog", "checksum"],
        Field(
            description="binlog: apply the source's changes; checksum: compare chunks by hash and rewrite the "
            "rows that differ (for sources without a readable binlog)"
        ),
    ] = "binlog"
    schedule: Annotated[str | None, Field(description="cron of <name>.sync; null: only by hand")] = "*/5 * * * *"
    max_seconds: Annotated[
        int, Field(ge=5, le=86_400, description="a sync ends after this time, caught up or not; the next goes on")
    ] = 900
    transaction_rows: Annotated[
        int, Field(ge=1, le=1_000_000, description="row changes of one transaction on the target, about")
    ] = 10_000
    on_ddl: Annotated[
        DdlPolicy,
        Field(
            description="DDL on the source's selected objects. pause: stop before it; apply-safe: apply ADD "
            "COLUMN, ADD INDEX and CREATE TABLE, stop before everything else"
        ),
    ] = "pause"
    keyless_tables: Annotated[
        KeylessTables,
        Field(description="tables without a usable key. block: refuse to start; row-image: find rows by value"),
    ] = "block"
    server_id: Annotated[
        int | None,
        Field(ge=1, le=4_294_967_295, description="replica's server id on the source; null: made from the name"),
    ] = None
