"""Which part of a migration is DMS's, where two engines share one."""

from __future__ import annotations

from aurora_migration.model.config import MigrationConfig, MigrationType


def followed_by_dms(config: MigrationConfig) -> bool:
    """Whether DMS applies the changes, whoever did the load."""
    return config.follows_changes and (config.cdc_engine or config.engine) == "dms"


def uses_dms(config: MigrationConfig) -> bool:
    """Whether DMS takes part at all."""
    return config.engine == "dms" or followed_by_dms(config)


def replication_type(config: MigrationConfig) -> MigrationType:
    """What DMS's replication does: the load, the changes after our own load, or both."""
    if not followed_by_dms(config):
        return MigrationType.FULL_LOAD
    return config.type if config.engine == "dms" else MigrationType.CDC
