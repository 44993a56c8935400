"""Teardown as a task does it: confirmed, one deletion further each time, and told what stays."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.dms import teardown
from aurora_migration.dms.waiting import Wait
from aurora_migration.errors import ConfigurationError

_log = logging.getLogger(__name__)


def check_confirmed(migration: str, params: Mapping[str, Any]) -> None:
    """Raises: ConfigurationError unless the person typed the migration's name."""
    if params.get("confirm") != migration:
        raise ConfigurationError(
            "nothing was deleted: the run is not confirmed",
            subject=f"migration {migration}",
            remedy=f"trigger it again and write {migration} into the field Confirm",
        )


def advance(dms_run: DmsRun) -> Wait | dict[str, Any]:
    """A `Wait`, or what is left."""
    result = teardown.advance(dms_run.provisioner)
    if isinstance(result, Wait):
        _log.info("Deleted, waiting for %s", result)
        return result
    for one in result:
        _log.warning("Left as it is: %s", one)
    if not result:
        _log.info("Nothing is left of migration=%s", dms_run.names.migration)
    return {"left": [str(one) for one in result]}
