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
            job.tables, job.checkpoint, job.load_ended, job.cached_applied = {}, None, None, False
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
    """The phases of a run, over one connection for reading, one for rows and one for the control tables."""

    def __init__(self, world: World, job: Job) -> None:
        self._world, self._job = world, job
        self._last_status = 0.0
        self._source, self._target, self._notes = _connections(job)
        self._control = ControlTables(job, self._notes)
        self._loader = Loader(world, job, self._source, self._target, self._control)
        self._follower = Follower(world, job, self._target, self._control, self._between)

    def run(self) -> tuple[str, str]:
        """The status and the stop reason of a run that came to its end. Raises: TaskEnded, Stopped."""
        try:
            return self._phases()
        finally:
            for connection in (self._source, self._target, self._notes):
                connection.close()

    def _phases(self) -> tuple[str, str]:
        job = self._job
        self._capture()
        self._control.create()
        if job.follows and job.checkpoint is None:
            job.checkpoint = first_position(self._source, job)
        if job.loads and not job.loaded:
            self._load()
            if job.follows:
                self._follower.cached_until = binlog_position(self._source)
        if not job.follows:
            return "stopped", words.FULL_LOAD_ONLY_FINISHED
        if job.loads and job.settings["FullLoadSettings.StopTaskCachedChangesNotApplied"]:
            return "stopped", words.STOPPED_AFTER_FULL_LOAD
        self._follower.run()
        raise Stopped

    def _capture(self) -> None:
        """Find the tables that the rules choose; tables of an earlier run keep their numbers."""
        job, found = self._job, dict[tuple[str, str], JobTable]()
        nothing = self._world.faults.find(NoTables)
        for schema, table, estimate in [] if nothing else tables_of(self._source):
            rules = job.mappings.captures(schema, table)
            if rules is None:
                continue
            columns, key = columns_of(self._source, schema, table), primary_key(self._source, schema, table)
            made = JobTable(rules, columns, key, estimate)
            if not job.loads:
                made.state = words.COMPLETED
            if self._validates:
                made.validation = words.PENDING_VALIDATION
            found[schema, table] = job.tables.get((schema, table)) or made
        job.tables = found
        if not found and job.settings["ErrorBehavior.FailOnNoTablesCaptured"]:
            raise TaskEnded("failed", words.FATAL_ERROR, words.LAST_ERROR.format(message=words.NO_TABLES))

    @property
    def _validates(self) -> bool:
        return bool(self._job.settings["ValidationSettings.EnableValidation"])

    def _validate(self, table: JobTable) -> bool:
        return validate(self._job, table, self._source, self._target, self._control)

    def _load(self) -> None:
        job = self._job
        job.load_started = job.load_started or now()
        self._control.status("FULL LOAD")
        for table in job.ordered():
            if table.state != words.COMPLETED:
                self._loader.load(table)
        for table in job.ordered():
            if self._validates:
                table.validation = words.PENDING_VALIDATION
                self._wait("validation")
            self._validate(table)
        while job.reloads:
            schema, name, _ = job.reloads.pop(0)
            self._loader.load(job.tables[schema, name], again=True)
            self._validate(job.tables[schema, name])
        job.load_ended = now()

    def _wait(self, delay: str) -> None:
        if self._world.lasts(delay, self._job.stop):
            raise Stopped

    def _between(self) -> None:
        """What is done between two transactions, and while there is none. Raises: Stopped, TaskEnded."""
        job = self._job
        if self._world.closing.is_set() or job.stop.is_set():
            run(self._target, "COMMIT")
            raise Stopped
        caught_up = job.checkpoint is not None and job.checkpoint >= binlog_position(self._source)
        if caught_up:
            job.latency_seconds = 0.0
            self._follower.cached_until = None
            first, job.cached_applied = not job.cached_applied, True
            if job.loads and first and job.settings["FullLoadSettings.StopTaskCachedChangesApplied"]:
                raise TaskEnded("stopped", words.STOPPED_AFTER_CACHED_EVENTS)
        if job.stop_position.startswith("server_time:") and self._follower.server_time_has_come():
            raise TaskEnded("stopped", words.STOPPED_AT_SERVER_TIME)
        while job.reloads:
            schema, table, option = job.reloads.pop(0)
            self._reload(job.tables[schema, table], option)
        if caught_up and self._validates:
            self._revalidate()
        if time.monotonic() - self._last_status >= 1.0:
            self._last_status = time.monotonic()
            self._control.status("CHANGE PROCESSING")
            publish(self._world, job)

    def _reload(self, table: JobTable, option: str) -> None:
        run(self._target, "COMMIT")
        if option != "validate-only":
            self._loader.load(table, again=True)
            run(self._target, "COMMIT")
            self._follower.cached_until = binlog_position(self._source)
        table.dirty = True

    def _revalidate(self) -> None:
        """Validate what has changed, now that nothing more is to be applied; rows in flight get another try."""
        for table in self._job.tables.values():
            if not table.dirty:
                continue
            run(self._target, "COMMIT")
            valid = self._validate(table)
            run(self._target, "COMMIT")
            table.attempts = 0 if valid else table.attempts + 1
            table.dirty = not valid and table.attempts < _REVALIDATIONS
            if table.dirty and table.validation == words.MISMATCHED:
                table.validation = words.PENDING_VALIDATION


def _connections(job: Job) -> list[Connection[Cursor]]:
    """To the source once and to the target twice; none is left open where one cannot be made."""
    made: list[Connection[Cursor]] = []
    try:
        made.extend(server.connect() for server in (job.source, job.target, job.target))
    except pymysql.MySQLError:
        for connection in made:
            connection.close()
        raise
    return made
