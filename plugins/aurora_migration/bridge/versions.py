"""Which software a run is made with: both servers as they state it, this project, Airflow and Python."""

from __future__ import annotations

import platform
from importlib import metadata

from aurora_migration.model.project import VERSION
from aurora_migration.mysql.position import server_version
from aurora_migration.mysql.session import Session


def versions(source: Session, target: Session) -> dict[str, str]:
    """Versions by name, without any address."""
    servers = {"source": server_version(source), "target": server_version(target)}
    return servers | own_versions()


def own_versions() -> dict[str, str]:
    """This project's, Airflow's and Python's."""
    return {
        "mysql-to-aurora": VERSION,
        "airflow": _distribution("apache-airflow-core") or _distribution("apache-airflow") or "unknown",
        "python": platform.python_version(),
    }


def _distribution(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
