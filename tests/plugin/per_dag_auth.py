"""An auth manager that knows permissions by DAG, as those of real deployments do; for tests only."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

READABLE = {"outsider": {"other.migrate"}, "stranger": set()}


class PerDagAuthManager(SimpleAuthManager):
    """ "outsider" may read one DAG, "stranger" none; everybody else what the simple manager grants."""

    def is_authorized_dag(self, *, user: Any, details: Any = None, **others: Any) -> bool:
        if user.get_name() not in READABLE:
            return super().is_authorized_dag(user=user, details=details, **others)
        readable = READABLE[user.get_name()]
        return bool(readable) if details is None or details.id is None else details.id in readable
