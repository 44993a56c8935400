"""Who asks, and what they may see: every use of Airflow's API server that is not its declared public interface.

Airflow decides: a route needs a signed-in user, and what belongs to a migration needs the right to read its DAG
and the runs of it. Nothing here grants anything by itself.
"""

from __future__ import annotations

from typing import Annotated, Final

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import get_user
from airflow.models.dag import DagModel
from fastapi import Depends, HTTPException

from aurora_migration.web.activity import dag_of

SIGNED_IN: Final = Depends(get_user)
User = Annotated[BaseUser, SIGNED_IN]


def may_read(user: BaseUser, migration: str) -> bool:
    """Whether Airflow lets the user read the migration's DAG and its runs."""
    dag_id = dag_of(migration)
    details = DagDetails(id=dag_id, team_name=DagModel.get_team_name(dag_id))
    return all(
        get_auth_manager().is_authorized_dag(method="GET", access_entity=entity, details=details, user=user)
        for entity in (None, DagAccessEntity.RUN)
    )


def require_reader(user: User) -> None:
    """For what belongs to no migration: 401 for nobody, 403 for whoever may read no DAG at all."""
    if not get_auth_manager().is_authorized_dag(method="GET", details=None, user=user):
        raise HTTPException(403, "your account may not read DAGs")


def require_migration(name: str, user: User) -> None:
    """For what belongs to one migration: 403 for whoever may not read its DAG, whether or not it exists."""
    if not may_read(user, name):
        raise HTTPException(403, "your account may not read this migration's DAG")
