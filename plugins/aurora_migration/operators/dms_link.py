"""The button that leads from a task to the DMS console."""

from __future__ import annotations

from typing import Any, Final

from airflow.sdk import BaseOperatorLink
from airflow.sdk.execution_time.xcom import XCom

CONSOLE_KEY: Final = "dms_console"


class DmsConsoleLink(BaseOperatorLink):
    """Opens the migration's replication in the DMS console."""

    name = "DMS console"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """The address that the task has pushed; empty before that."""
        return str(XCom.get_value(key=CONSOLE_KEY, ti_key=ti_key) or "")
