"""Whether a target that AWS DMS keeps up to date is ready for a cutover: what DMS says, and what we need.

DMS's own words are taken for a warning only, never for the proof: rows are compared while writes are blocked. Our
engine reads the binlog from there on, so it is tried here whether it may.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from aurora_migration.bridge.dms_latency import latencies
from aurora_migration.bridge.dms_load import control_rows
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.dms.health import health
from aurora_migration.engine.cdc.lag import source_position
from aurora_migration.engine.cutover.readiness import lag_finding
from aurora_migration.errors import MigrationError, RetryableError
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.sync_identity import probe_id, replica_name
from aurora_migration.mysql.binlog.stream import DumpStream, Replica
from aurora_migration.mysql.position import read_facts
from aurora_migration.mysql.session import Session
from aurora_migration.store import dms as store

_FIRST_EVENTS: Final = 3  # the server looks at the position only behind the first two


def dms_readiness(dms_run: DmsRun) -> tuple[tuple[Finding, ...], float | None]:
    """What speaks against a cutover, and the lag in seconds as far as it is told. Raises: RetryableError."""
    run, replication = dms_run.run, dms_run.replication
    with Session.open(run.target) as target:
        if not run.control.exists(target) or store.last_position(target, run.control) is None:
            words, remedy = "its tables are not loaded completely", f"run {run.config.name}.migrate"
            return (blocker("dms-not-loaded", f"migration {run.config.name}", words, remedy),), None
    observed = replication.observe()
    if observed.status != "running":
        words = f"does not follow the source: {observed}"
        remedy = f"trigger {run.config.name}.sync, which resumes it, and see what it says"
        return (blocker("dms-not-following", replication.word, words, remedy),), None
    seconds = latencies(dms_run)
    lag = max(seconds.values()) if seconds else None
    return (*_of_dms(dms_run, lag), *_of_binlog(dms_run)), lag


def _of_dms(dms_run: DmsRun, lag: float | None) -> Iterator[Finding]:
    run, replication = dms_run.run, dms_run.replication
    with run.sessions() as (source, target):
        control = control_rows(dms_run, target)
        planned = {planned.mapping.source for planned in run.plan(source).tables}
    statistics = replication.statistics()
    yield from health(statistics, control, {})
    for name in sorted(planned - {one.table for one in statistics}):
        words, remedy = "DMS does not follow it", f"run {run.config.name}.migrate for it, or leave it out"
        yield blocker("dms-table-missing", f"table {name}", words, remedy)
    if lag is None:
        words = "CloudWatch does not tell how far it is behind"
        remedy = "allow cloudwatch:GetMetricData; the cutover itself waits for what is left"
        yield warning("dms-latency-unknown", replication.word, words, remedy)
    else:
        yield lag_finding(run.config, lag)


def _of_binlog(dms_run: DmsRun) -> Iterator[Finding]:
    """Once DMS rests, our engine looks whether the source stands still, by its own login."""
    run = dms_run.run
    replica = Replica(probe_id(run.config), f"{replica_name(run.config)}/readiness")
    try:
        with Session.open(run.source) as source:
            position, by_gtid = source_position(source), read_facts(source).by_gtid
        with DumpStream(run.source, replica, position, by_gtid=by_gtid) as stream:
            list(islice(stream, _FIRST_EVENTS))
    except RetryableError:
        raise
    except MigrationError as error:
        remedy = error.remedy or "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* to the account"
        yield blocker("dms-binlog-not-readable", run.source.label, error.message, remedy)
