"""Which tables are followed and by which definition their row events are read.

The definition is the target's, under the source's name: DDL is applied in order, so the target has the definition
that the source had at the checkpoint, while the source's own may be ahead of the events.
"""

from __future__ import annotations

from dataclasses import replace

from aurora_migration.errors import SchemaMismatchError
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.sync import TableMode, TableSync
from aurora_migration.model.table import Table
from aurora_migration.mysql import catalog
from aurora_migration.mysql.session import Session


class Definitions:
    """Looks definitions up, a schema at a time; forgets them when told that DDL has changed them."""

    def __init__(self, session: Session, config: MigrationConfig, modes: dict[TableName, TableSync]) -> None:
        self._session = session
        self._config = config
        self._modes = modes
        self._schemas: dict[str, dict[str, Table]] = {}
        self._found: dict[TableName, Table] = {}

    def find(self, name: TableName) -> Table | None:
        """The definition of a followed source table; None if its changes are passed over.

        Raises: SchemaMismatchError if the target does not have it.
        """
        mode = self._modes.get(name)
        if mode is None or mode.mode is TableMode.STOPPED:
            return None
        if name in self._found:
            return self._found[name]
        found = self._on_target(self._config.target_name(name))
        if found is None:
            raise SchemaMismatchError(
                "changes arrive for it and the target does not have it",
                subject=f"table {name}",
                remedy="create it on the target as it was on the source, or load it anew with <name>.migrate",
            )
        self._found[name] = replace(found, name=name)
        return self._found[name]

    def target_has(self, name: TableName) -> bool:
        """Whether the target has the table that a source table becomes."""
        return self._on_target(self._config.target_name(name)) is not None

    def target_name(self, name: TableName) -> TableName:
        """What a source table is called on the target."""
        return self._config.target_name(name)

    def forget(self) -> None:
        """The target's definitions have changed."""
        self._schemas.clear()
        self._found.clear()

    def _on_target(self, name: TableName) -> Table | None:
        if name.schema not in self._schemas:
            found = catalog.tables(self._session, name.schema)
            self._schemas[name.schema] = {table.name.name: table for table in found}
        return self._schemas[name.schema].get(name.name)
