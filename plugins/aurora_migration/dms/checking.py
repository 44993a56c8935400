"""The DMS preflight: every check that AWS's API answers, all reported, nothing created.

A check is a function of the context that yields findings. One that AWS refuses becomes a finding itself and hides
no other. Nothing here writes: the probes of `check_identity` are calls that cannot succeed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aurora_migration.dms.endpoint import EndpointSpec
from aurora_migration.dms.faults import is_aws, is_passing, translate
from aurora_migration.dms.names import Names
from aurora_migration.dms.provisioning import Account
from aurora_migration.errors import MigrationError, RetryableError
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.finding import Finding, blocker
from aurora_migration.model.plan import MigrationPlan


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What the checks look at: AWS clients by service name, the plan, and facts of the source server.

    ``variables`` are the source's global variables; ``stated_ssl`` is the connection's ssl_mode by side.
    """

    clients: Mapping[str, Any]
    account: Account
    caller: str
    config: MigrationConfig
    plan: MigrationPlan
    source: EndpointSpec
    target: EndpointSpec
    source_version: str
    variables: Mapping[str, str]
    stated_ssl: Mapping[str, str]

    @property
    def names(self) -> Names:
        return Names(self.config.name)

    @property
    def sides(self) -> tuple[EndpointSpec, EndpointSpec]:
        return self.source, self.target


Check = Callable[[CheckContext], Iterable[Finding]]


def run_checks(context: CheckContext, checks: Iterable[Check]) -> tuple[Finding, ...]:
    """All findings of all checks. Raises: RetryableError while AWS answers none."""
    return tuple(finding for check in checks for finding in _guarded(context, check))


def _guarded(context: CheckContext, check: Check) -> Iterator[Finding]:
    title = check.__name__.removeprefix("check_").replace("_", " ")
    try:
        yield from check(context)
    except RetryableError:
        raise
    except MigrationError as error:
        yield blocker("dms-check-refused", error.subject or title, error.message, error.remedy)
    except Exception as error:
        if not is_aws(error):
            raise
        translated = translate(error, title)
        if is_passing(error):
            raise translated from error
        yield blocker("dms-check-refused", title, translated.message, translated.remedy)
