"""Preflight of a run that DMS carries: our checks of both servers, and DMS's of AWS, in one list."""

from __future__ import annotations

from typing import Any, Final

from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.bridge.preflight import Checked, check
from aurora_migration.bridge.run import Run
from aurora_migration.dms import check_data
from aurora_migration.dms.checking import CheckContext, run_checks
from aurora_migration.dms.checks import CHECKS
from aurora_migration.errors import FatalError, MigrationError, RetryableError
from aurora_migration.model.finding import Finding, blocker
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement

_SERVICES: Final = ("dms", "iam", "ec2", "sts", "rds")


def check_with_dms(dms_run: DmsRun) -> Checked:
    """Every finding of both, whichever fails. Raises: RetryableError while AWS does not answer."""
    ours = check(dms_run.run)
    return Checked(dms_run.run, ours.plan, (*ours.findings, *dms_findings(dms_run, ours.plan)))


def dms_findings(dms_run: DmsRun, plan: MigrationPlan | None) -> tuple[Finding, ...]:
    """DMS's checks; without a plan those of AWS alone."""
    checks = CHECKS
    if plan is None:
        of_data = {name for name in vars(check_data) if name.startswith("check_")}
        checks = tuple(one for one in CHECKS if one.__name__ not in of_data)
    try:
        context = _context(dms_run, plan)
    except RetryableError:
        raise
    except MigrationError as error:
        remedy = error.remedy or "see the connection named by dms.connection"
        return (blocker("dms-not-reachable", error.subject or "AWS", error.message, remedy),)
    return run_checks(context, checks)


def _context(dms_run: DmsRun, plan: MigrationPlan | None) -> CheckContext:
    run = dms_run.run
    source, target = dms_run.sides
    version, variables = _source_facts(run) if plan is not None else ("", {})
    return CheckContext(
        clients={service: dms_run.client(service) for service in _SERVICES},
        account=dms_run.account,
        caller=dms_run.caller,
        config=run.config,
        plan=plan or MigrationPlan(run.config, (), (), ()),
        source=source,
        target=target,
        source_version=version,
        variables=variables,
        stated_ssl={"source": str(run.source.ssl_mode), "target": str(run.target.ssl_mode)},
    )


def _source_facts(run: Run) -> tuple[str, dict[str, str]]:
    with Session.open(run.source) as source:
        rows: list[dict[str, Any]] = source.query(statement("preflight/variables"))
    variables = {str(row["Variable_name"]): str(row["Value"]) for row in rows}
    if "version" not in variables:
        raise FatalError("does not tell its variables", subject=run.source.label)
    return variables["version"], variables
