"""The migration files, read again only when one of them has changed."""

from __future__ import annotations

import threading

from aurora_migration.bridge import migration_files
from aurora_migration.model.config import MigrationConfig

_Signature = tuple[tuple[str, int, int], ...]


class Catalogue:
    """All valid migrations by name. One for each application."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._signature: _Signature | None = None
        self._known: dict[str, MigrationConfig] = {}

    def all(self) -> dict[str, MigrationConfig]:
        """The migrations of the folder as it is now; a broken file is Airflow's import error, not ours."""
        with self._lock:
            signature = _signature()
            if signature != self._signature:
                self._known = {config.name: config for config in migration_files.read_all()[0]}
                self._signature = signature
            return self._known


def _signature() -> _Signature:
    return tuple(
        (path.name, (stat := path.stat()).st_mtime_ns, stat.st_size)
        for path in sorted(migration_files.folder().glob("*.yaml"))
    )
