"""Runs preflight: opens both sides, builds the plan, runs every check, collects every finding.

Whatever fails becomes a finding that names what failed, and the rest goes on. A connection lost between is
opened anew and the check repeated once. Nothing is written: both sessions are READ ONLY.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from aurora_migration.engine.preflight.checks import ADVISORY, CHECKS, Check
from aurora_migration.engine.preflight.connectivity import open_session, refusal
from aurora_migration.engine.preflight.context import Context, NotReadyError
from aurora_migration.engine.preflight.failures import failure
from aurora_migration.engine.preflight.server import Server
from aurora_migration.errors import MigrationError, RetryableError
from aurora_migration.model.finding import Finding, Severity, blocker, note
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.model.sync import Checkpoint
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session

log = logging.getLogger(__name__)

_ORDER = {Severity.BLOCKER: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class PreflightResult:
    """Every finding, blockers first, and the plan if one could be made."""

    findings: tuple[Finding, ...]
    plan: MigrationPlan | None

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """The findings that stop the run."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.BLOCKER)


def run_preflight(
    source: Endpoint,
    target: Endpoint,
    options: RunOptions,
    build_plan: Callable[[Session], MigrationPlan],
    already_loaded: Callable[[Session], frozenset[str]],
    checkpoint: Callable[[Session], Checkpoint | None] | None = None,
) -> PreflightResult:
    """Look at both servers and the plan; write nothing.

    ``build_plan`` is given a source session, ``already_loaded`` a target session and returns ``schema.table``
    of the target tables that this migration has a load recorded for; ``checkpoint`` is given one too and tells
    how far the migration has followed changes, None if it has not. None of them can write. Never raises for
    what a server, a login or the selection does: that is what the findings say.
    """
    findings: list[Finding] = []
    with ExitStack() as stack:
        servers = [_connect(stack, endpoint, findings) for endpoint in (source, target)]
        plan = _plan(servers[0], build_plan, findings)
        context = Context(options, servers[0], servers[1], plan, already_loaded, checkpoint)
        findings += run_checks(context, CHECKS)
    log.info("preflight done findings=%d tables=%s", len(findings), len(plan.tables) if plan else "none")
    return PreflightResult(tuple(sorted(findings, key=_rank)), plan)


def run_checks(context: Context, checks: Iterable[Check]) -> list[Finding]:
    """Run checks one by one; a check that fails leaves what it has found, and a finding tells the failure.

    Checks that could not run for the same reason are told together.
    """
    findings: list[Finding] = []
    skipped: dict[str, list[str]] = {}
    failed: dict[Finding, list[str]] = {}
    for check in checks:
        try:
            found, failed_with = _attempt(context, check)
        except NotReadyError as missing:
            skipped.setdefault(str(missing), []).append(_title(check))
            continue
        findings += found
        if failed_with is not None:
            failed.setdefault(failed_with, []).append(_title(check))
    findings += [replace(reason, subject=_checks(titles)) for reason, titles in failed.items()]
    for part, titles in skipped.items():
        findings.append(
            note(
                "checks-not-run",
                _checks(titles),
                f"need {part}, which there is not",
                "remove the blockers and run preflight again",
            )
        )
    return findings


def _attempt(context: Context, check: Check) -> tuple[list[Finding], Finding | None]:
    """What a check finds, and why it failed if it did; repeated once on a session opened anew."""
    for last in (False, True):
        found: list[Finding] = []
        try:
            for finding in check(context):
                found.append(finding)  # noqa: PERF402 - what came before a failure must stay
        except NotReadyError:
            raise
        except RetryableError as error:
            if last or not _reopened(context):
                return found, failure(context, check.__name__, _severity(check), error)
        except Exception as error:
            return found, failure(context, check.__name__, _severity(check), error)
        else:
            break
    return found, None


def _reopened(context: Context) -> bool:
    """Open anew the sessions that no longer answer; False if a side stays away."""
    try:
        for server in context.servers:
            server.ensure_open(open_session)
    except MigrationError:
        return False
    return True


def _connect(stack: ExitStack, endpoint: Endpoint, findings: list[Finding]) -> Server | None:
    try:
        server = Server(open_session(endpoint))
    except Exception as error:
        findings.append(refusal(endpoint, error))
        return None
    stack.callback(server.close)
    return server


def _plan(
    source: Server | None, build_plan: Callable[[Session], MigrationPlan], findings: list[Finding]
) -> MigrationPlan | None:
    if source is None:
        return None
    try:
        return build_plan(source.session)
    except MigrationError as error:
        subject = error.subject or source.label
        findings.append(blocker("plan-not-possible", subject, error.message, error.remedy or "see the message"))
        return None


def _severity(check: Check) -> Severity:
    """A check that only advises may fail with a warning; of any other one the answer is needed."""
    return Severity.WARNING if check in ADVISORY else Severity.BLOCKER


def _title(check: Check) -> str:
    return check.__name__.removeprefix("check_").replace("_", " ")


def _checks(titles: list[str]) -> str:
    return f"{'check' if len(titles) == 1 else 'checks'} {', '.join(titles)}"


def _rank(finding: Finding) -> tuple[int, str, str]:
    return _ORDER[finding.severity], finding.code, finding.subject
