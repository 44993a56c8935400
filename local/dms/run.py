"""One run of a job in a thread: capture, full load, validation, changes, and how it ends.

The thread asks nothing of the operations; it tells its owner the states through `Outcome` callbacks. A run that
is stopped or fails leaves the job so that resuming can go on with it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from aurora_migration.errors import MigrationError, RetryableError
from local.dms import words
from local.dms.control_tables import ControlTables
from local.dms.faults import NoTables
from local.dms.follow import Follower
from local.dms.job import Job, JobTable, now
from local.dms.load import Loader, Stopped, TaskEnded
from local.dms.metrics import publish
from local.dms.mysql import binlog_position, columns_of, primary_key, run, tables_of
from local.dms.positions import first_position
from local.dms.validation import validate
from local.dms.world import World

log = logging.getLogger(__name__)
_REVALIDATIONS: Final = 3
_RECOVERY_SECONDS: Final = 0.5
_LOST: Final = frozenset({2003, 2006, 2013, 2055})  # the client's own numbers: no connection, or no longer


@dataclass(frozen=True, slots=True)
class Owner:
    """What a run tells whoever started it: `prepare` waits until it may begin, `ended` gets the last word."""

    prepare: Callable[[], None]
    running: Callable[[], None]
    ended: Callable[[str, str, str], None]


def start(world: World, job: Job, owner: Owner, how: str) -> None:
    """Start a run; `how` is start-replication, resume-processing or reload-target."""
    job.stop.clear()
    job.stopped = None
    thread = threading.Thread(target=_run, args=(world, job, owner, how), name=f"dms-{job.name}", daemon=True)
    world.threads.append(thread)
    thread.start()


def _run(world: World, job: Job, owner: Owner, how: str) -> None:
    status, reason, message = "failed", words.FATAL_ERROR, ""
    try:
        owner.prepare()
        job.started = now()
        if how != "resume-processing" or job.fresh is None:
            job.fresh = job.started
            job.tables, job.checkpoint, job.load_ended = {}, None, None
        owner.running()
        status, reason = _recovering(world, job)
    except Stopped:
        status, reason = "stopped", words.NORMAL
    except TaskEnded as end:
        status, reason, message = end.status, end.reason, end.message
    except (pymysql.MySQLError, MigrationError) as error:
        message = words.LAST_ERROR.format(message=str(error))
    except Exception as error:
        log.exception("a task of the stand-in broke name=%s", job.name)
        message = words.LAST_ERROR.format(message=repr(error))
    finally:
        job.stopped = now()
        with world.lock:
            owner.ended(status, reason, message)


def _recovering(world: World, job: Job) -> tuple[str, str]:
    """Run to the end; a lost connection is made again, as RecoverableErrorCount says. Raises: see `_Run`."""
    allowed = int(job.settings["ErrorBehavior.RecoverableErrorCount"])
    attempts = 0
    while True:
        try:
            return _Run(world, job).run()
        except (RetryableError, pymysql.OperationalError) as error:
            lost = isinstance(error, RetryableError) or error.args[0] in _LOST
            attempts += 1
            if not lost or not job.follows:
                raise
            if 0 <= allowed < attempts:
                raise TaskEnded("failed", words.RECOVERABLE_ERROR, str(error)) from error
            log.warning("a task recovers name=%s error=%s", job.name, error)
            if world.closing.wait(_RECOVERY_SECONDS) or job.stop.is_set():
                raise Stopped from error


class _Run:
    """The phases of a run, over one connection for reading and two for writing."""

    def __init__(self, world: World, job: Job) -> None:
        self._world, self._job = world, job
        self._idle_since = time.monotonic()
        self._last_status = 0.0
        self._applied = 0

    def run(self) -> tuple[str, str]:
        """The status and the stop reason of a run that came to its end."""
        source, target = self._job.source.connect(), self._job.target.connect()
        notes = self._job.target.connect()
        try:
            control = ControlTables(self._job, notes)
            return self._phases(source, target, control)
        finally:
            for connection in (source, target, notes):
                connection.close()

    def _phases(
        self, source: Connection[Cursor], target: Connection[Cursor], control: ControlTables
    ) -> tuple[str, str]:
        job = self._job
        loader = Loader(self._world, job, source, target, control)
        self._capture(source)
        control.create()
        if job.follows and job.checkpoint is None:
            job.checkpoint = first_position(source, job)
        cached_until: tuple[str, int] | None = None
        if job.loads and not job.loaded:
            self._load(loader, source, target, control)
            cached_until = binlog_position(source) if job.follows else None
        if not job.follows:
            return "stopped", words.FULL_LOAD_ONLY_FINISHED
        if job.loads and job.settings["FullLoadSettings.StopTaskCachedChangesNotApplied"]:
            return "stopped", words.STOPPED_AFTER_FULL_LOAD
        follower = Follower(
            self._world, job, target, control, lambda: self._between(follower, loader, source, target, control)
        )
        follower.cached_until = cached_until
        follower.run()
        raise Stopped

    def _capture(self, source: Connection[Cursor]) -> None:
        """Find the tables that the rules choose; tables of an earlier run keep their numbers."""
        job, found = self._job, dict[tuple[str, str], JobTable]()
        nothing = self._world.faults.find(NoTables)
        for schema, table, estimate in [] if nothing else tables_of(source):
            rules = job.mappings.captures(schema, table)
            if rules is None:
                continue
            known = job.tables.get((schema, table))
            made = JobTable(rules, columns_of(source, schema, table), primary_key(source, schema, table), estimate)
            if not job.loads:
                made.state = words.COMPLETED
            if job.settings["ValidationSettings.EnableValidation"]:
                made.validation = words.PENDING_VALIDATION
            found[schema, table] = known or made
        job.tables = found
        if not found and job.settings["ErrorBehavior.FailOnNoTablesCaptured"]:
            raise TaskEnded("failed", words.FATAL_ERROR, words.LAST_ERROR.format(message=words.NO_TABLES))

    def _load(
        self, loader: Loader, source: Connection[Cursor], target: Connection[Cursor], control: ControlTables
    ) -> None:
        job = self._job
        job.load_started = job.load_started or now()
        control.status("FULL LOAD")
        for table in job.ordered():
            if table.state != words.COMPLETED:
                loader.load(table)
        for table in job.ordered():
            if job.settings["ValidationSettings.EnableValidation"]:
                table.validation = words.PENDING_VALIDATION
                self._wait("validation")
            validate(job, table, source, target, control)
        while job.reloads:
            schema, name, _ = job.reloads.pop(0)
            loader.load(job.tables[schema, name], again=True)
            validate(job, job.tables[schema, name], source, target, control)
        job.load_ended = now()

    def _wait(self, delay: str) -> None:
        if self._world.closing.wait(self._world.seconds(delay)) or self._job.stop.is_set():
            raise Stopped

    def _between(
        self,
        follower: Follower,
        loader: Loader,
        source: Connection[Cursor],
        target: Connection[Cursor],
        control: ControlTables,
    ) -> None:
        """What is done while changes are followed. Raises: Stopped, TaskEnded."""
        job = self._job
        if self._world.closing.is_set() or job.stop.is_set():
            run(target, "COMMIT")
            raise Stopped
        caught_up = job.checkpoint is not None and job.checkpoint >= binlog_position(source)
        if caught_up:
            job.latency_seconds = 0.0
            follower.cached_until = None
            if job.loads and job.settings["FullLoadSettings.StopTaskCachedChangesApplied"]:
                raise TaskEnded("stopped", words.STOPPED_AFTER_CACHED_EVENTS)
        if job.stop_position.startswith("server_time:") and follower.server_time_has_come():
            raise TaskEnded("stopped", words.STOPPED_AT_SERVER_TIME)
        while job.reloads:
            schema, table, option = job.reloads.pop(0)
            self._reload(follower, loader, source, target, job.tables[schema, table], option)
        if caught_up:
            self._revalidate(source, target, control)
        if time.monotonic() - self._last_status >= 1.0:
            self._last_status = time.monotonic()
            control.status("CHANGE PROCESSING")
            publish(self._world, job)

    def _reload(
        self,
        follower: Follower,
        loader: Loader,
        source: Connection[Cursor],
        target: Connection[Cursor],
        table: JobTable,
        option: str,
    ) -> None:
        run(target, "COMMIT")
        if option != "validate-only":
            loader.load(table, again=True)
            run(target, "COMMIT")
            follower.cached_until = binlog_position(source)
        table.dirty = True

    def _revalidate(self, source: Connection[Cursor], target: Connection[Cursor], control: ControlTables) -> None:
        """Validate what has changed, now that nothing more is to be applied; rows in flight get another try."""
        if not self._job.settings["ValidationSettings.EnableValidation"]:
            return
        for table in self._job.tables.values():
            if not table.dirty:
                continue
            run(target, "COMMIT")
            valid = validate(self._job, table, source, target, control)
            run(target, "COMMIT")
            table.attempts = 0 if valid else table.attempts + 1
            table.dirty = not valid and table.attempts < _REVALIDATIONS
            if table.dirty and table.validation == words.MISMATCHED:
                table.validation = words.PENDING_VALIDATION
