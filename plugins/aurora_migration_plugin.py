"""Makes Airflow show the migrations: a page in the navigation, and a tab on each DAG and DAG run.

Airflow runs this file in every process, each task included, so it imports nothing of ours: what it offers is made
when the API server asks for it.
"""

from __future__ import annotations

import logging
from functools import cached_property
from typing import Any

from airflow.plugins_manager import AirflowPlugin

_log = logging.getLogger(__name__)
_PAGE = "aurora-migration/"  # relative to Airflow's own base, whatever path that lies under
_ICONS = {"icon": f"{_PAGE}static/icon.svg", "icon_dark_mode": f"{_PAGE}static/icon-dark.svg"}


class AuroraMigrationPlugin(AirflowPlugin):
    """The page of mysql-to-aurora."""

    name = "aurora_migration"

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The application behind the page; none where it cannot be made, since Airflow must start all the same."""
        try:
            from aurora_migration.web.app import PREFIX, create_app

            return [{"app": create_app(), "url_prefix": PREFIX, "name": "Migrations"}]
        except Exception:
            _log.exception("The page of the migrations is not available")
            return []

    @cached_property
    def external_views(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """Where the page shows."""
        run = f"{_PAGE}?dag_id={{DAG_ID}}"
        return [
            {"name": "Migrations", "href": _PAGE, "destination": "nav", "url_route": "migrations", **_ICONS},
            {"name": "Migration", "href": run, "destination": "dag", "url_route": "migration", **_ICONS},
            {
                "name": "Migration",
                "href": f"{run}&run_id={{RUN_ID}}",
                "destination": "dag_run",
                "url_route": "migration-run",
                **_ICONS,
            },
        ]
