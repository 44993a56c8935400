"""The button that leads from a task to its migration's page, and from a load unit to the row of its table."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from airflow.sdk import BaseOperatorLink
from airflow.sdk.configuration import conf

PAGE: Final = "aurora-migration/"  # below Airflow's base path, as the plugin file has it


class MigrationPageLink(BaseOperatorLink):
    """Opens the page of the run; Airflow asks for it when the task has ended."""

    name = "Migration page"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """A path on Airflow's own server: no host, so that it fits whatever name a person uses for it."""
        migration, _, kind = ti_key.dag_id.rpartition(".")
        asked = {"migration": migration, "kind": kind, "run_id": ti_key.run_id}
        table = (getattr(operator, "unit", None) or {}).get("table")
        if table:
            asked["table"] = table
        base = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
        return f"{base}/{PAGE}?{urlencode(asked)}"
