"""What a task or a serverless replication does: its orders, and its live numbers table by table.

A `Job` outlives its runs: resuming goes on with the tables and the checkpoint that the last run left. Numbers are
changed by the one thread that runs it, and read by operations.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.dms import words
from local.dms.mappings import TableMappings, TableRules
from local.dms.mysql import Column, Server
from local.dms.task_settings import TaskSettings


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class JobTable:
    """One captured table: where it comes from, where it goes, and its statistics in DMS's own words."""

    rules: TableRules
    columns: list[Column]
    key: list[str]
    estimate: int = 0
    state: str = words.BEFORE_LOAD
    validation: str = words.NOT_ENABLED
    details: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    load_started: datetime | None = None
    load_ended: datetime | None = None
    updated: datetime | None = None
    reloaded: bool = False
    suspended: bool = False
    dirty: bool = False
    attempts: int = 0

    @property
    def source_name(self) -> str:
        return f"{self.rules.schema}.{self.rules.table}"

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number
        self.updated = now()

    def begin_load(self, state: str) -> None:
        """Forget an earlier load."""
        self.state, self.load_started, self.load_ended = state, now(), None
        self.counts = {key: value for key, value in self.counts.items() if not key.startswith("FullLoad")}
        self.updated = now()

    def end_load(self, state: str) -> None:
        self.state, self.load_ended, self.updated = state, now(), now()

    def statistics(self) -> dict[str, Any]:
        """The answer's TableStatistics."""
        validation = self.validation  # before the numbers, which are set before it
        counted = ("Inserts", "Deletes", "Updates", "Ddls")
        numbers = {name: self.counts.get(name, 0) for name in counted}
        applied = {f"Applied{name}": self.counts.get(f"Applied{name}", 0) for name in counted}
        load = ("FullLoadRows", "FullLoadCondtnlChkFailedRows", "FullLoadErrorRows")
        records = ("ValidationPendingRecords", "ValidationFailedRecords", "ValidationSuspendedRecords")
        return {
            "SchemaName": self.rules.schema,
            "TableName": self.rules.table,
            **numbers,
            **applied,
            **{name: self.counts.get(name, 0) for name in (*load, *records)},
            "FullLoadStartTime": self.load_started,
            "FullLoadEndTime": self.load_ended,
            "FullLoadReloaded": self.reloaded,
            "LastUpdateTime": self.updated,
            "TableState": self.state,
            "ValidationState": validation,
            "ValidationStateDetails": self.details,
        }


@dataclass(slots=True)
class Job:
    """`kind` is full-load, cdc or full-load-and-cdc; `name` is the resource id, as in control tables."""

    name: str
    kind: str
    mappings: TableMappings
    settings: TaskSettings
    source: Server
    target: Server
    instance_name: str = ""
    start_position: str = ""
    start_time: datetime | None = None
    stop_position: str = ""
    tables: dict[tuple[str, str], JobTable] = field(default_factory=dict)
    checkpoint: tuple[str, int] | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    reloads: list[tuple[str, str, str]] = field(default_factory=list)
    fresh: datetime | None = None
    started: datetime | None = None
    stopped: datetime | None = None
    load_started: datetime | None = None
    load_ended: datetime | None = None
    cached_applied: bool = False
    latency_seconds: float = 0.0
    moved: int = 0

    @property
    def loads(self) -> bool:
        return self.kind != "cdc"

    @property
    def follows(self) -> bool:
        return self.kind != "full-load"

    @property
    def loaded(self) -> bool:
        """Whether the full load has come to its end."""
        return self.load_ended is not None

    def ordered(self) -> list[JobTable]:
        return sorted(self.tables.values(), key=lambda one: (-one.rules.load_order, one.source_name))

    def stats(self) -> dict[str, Any]:
        """The answer's ReplicationTaskStats or ReplicationStats."""
        states = [one.state for one in self.tables.values()]
        percent = 0
        if self.loaded:
            percent = 100
        elif self.loads and self.tables:
            rows = sum(min(one.counts.get("FullLoadRows", 0), one.estimate) for one in self.tables.values())
            percent = min(99, rows * 100 // max(1, sum(one.estimate for one in self.tables.values())))
        end = self.stopped or now()
        return {
            "FullLoadProgressPercent": percent,
            "ElapsedTimeMillis": int((end - self.started).total_seconds() * 1000) if self.started else 0,
            "TablesLoaded": states.count(words.COMPLETED) if self.loads else 0,
            "TablesLoading": states.count(words.FULL_LOAD) + states.count(words.RELOADING),
            "TablesQueued": states.count(words.BEFORE_LOAD) if self.loads else 0,
            "TablesErrored": states.count(words.ERROR),
            "FreshStartDate": self.fresh,
            "StartDate": self.started,
            "StopDate": self.stopped,
            "FullLoadStartDate": self.load_started,
            "FullLoadFinishDate": self.load_ended,
        }

    def recovery_checkpoint(self) -> str | None:
        """The checkpoint in DMS's form, whose first place is the binlog position."""
        if self.checkpoint is None:
            return None
        file, offset = self.checkpoint
        return f"checkpoint:V1#1#{file}:{offset}:-1:{offset}:0:{file}:{offset}#0#0#*#0#0"
