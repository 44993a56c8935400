"""What a person reads on the pages of DAGs that AWS DMS carries."""

from __future__ import annotations

from aurora_migration.model.config import MigrationConfig


def migrate_doc(config: MigrationConfig) -> str:
    """Markdown for ``<name>.migrate`` of engine dms."""
    rules = ", ".join(
        f"{'include' if rule.include else 'exclude'} **{rule.pattern}**" for rule in config.selection
    )
    return f"""
### {config.name}: move MySQL to Aurora MySQL by AWS DMS, and prove it

{config.description or "No description in the migration file."}

**First time? Trigger it with *Dry run* on.** Preflight then shows every finding about both servers and about AWS,
with the command or policy that mends it, and the cost; it creates nothing.

| | |
|---|---|
| source → target | connection **{config.source.connection}** → connection **{config.target.connection}** |
| selection | {rules} |
| type, compute | {config.type}, {config.dms.compute} |
| AWS | connection **{config.dms.connection}** |

1. **preflight** checks both servers, the identity, roles, network, quotas; blockers stop the run before anything
   is created.
2. **schema_wave_1** creates the tables with their true types; DMS never creates one.
3. **dms_provision** makes or adopts subnet group, {config.dms.compute}, endpoints, and tests the connections.
4. **dms_load** starts the load and waits without a worker; it fails on any table in error, suspended or missing.
5. **schema_wave_2**, **objects**, **accounts** as with the native engine.
6. **verify_rows**, **verify_objects**, **report** compare everything. A green run is proved equal.

Resources are tagged **mysql-to-aurora = {config.name}** and cost money until **{config.name}.dms_teardown** has
run.
"""


def sync_doc(config: MigrationConfig) -> str:
    """Markdown for ``<name>.sync`` where DMS follows the changes."""
    return f"""
### {config.name}: watch DMS follow the changes

DMS applies the source's changes by itself. This run fails where the replication has stopped, a table is in error
or suspended, or DMS's control tables note an exception, and warns where it lags. A replication that has stopped is
resumed once a run. While **{config.name}.cutover** is under way, and after it, this run is skipped.
"""


def teardown_doc(config: MigrationConfig) -> str:
    """Markdown for ``<name>.dms_teardown``."""
    return f"""
### {config.name}: delete its AWS DMS resources

Deletes the replication, endpoints, instance and subnet group that carry the tag
**mysql-to-aurora = {config.name}**, and nothing else. What it leaves, and why, is in the log. Write the
migration's name into *Confirm*.
"""
