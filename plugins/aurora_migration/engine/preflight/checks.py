"""Every preflight check, by name and in the order of names: adding a check is adding a line here.

A check in `ADVISORY` that cannot run is worth a warning; any other one is a blocker then, since what it would
have found is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from aurora_migration.engine.preflight import (
    accounts,
    activity,
    bodies,
    capacity,
    columns,
    connectivity,
    creation_rules,
    data,
    definers,
    engines,
    events,
    foreign_keys,
    identity,
    keys,
    mapping,
    selection,
    source_privileges,
    storage,
    target_objects,
    target_privileges,
    target_tables,
    variables,
    versions,
    views,
)
from aurora_migration.engine.preflight.context import Context
from aurora_migration.model.finding import Finding

Check = Callable[[Context], Iterable[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    keys.check_auto_increment,
    views.check_broken_views,
    activity.check_clocks,
    columns.check_collations,
    engines.check_column_count,
    capacity.check_connections,
    target_privileges.check_definer_privileges,
    definers.check_definers,
    connectivity.check_encryption,
    engines.check_engines,
    events.check_event_scheduler,
    selection.check_exclude_rules,
    foreign_keys.check_foreign_key_actions,
    foreign_keys.check_foreign_key_cycles,
    foreign_keys.check_foreign_key_parents,
    foreign_keys.check_foreign_key_targets,
    variables.check_fulltext_variables,
    creation_rules.check_function_creation,
    source_privileges.check_hidden_tables,
    views.check_hidden_views,
    engines.check_histograms,
    data.check_load_method,
    bodies.check_loadable_functions,
    data.check_long_rows,
    activity.check_long_transactions,
    mapping.check_name_case,
    mapping.check_name_clashes,
    events.check_named_time_zones,
    target_objects.check_names_taken,
    activity.check_online_schema_changes,
    creation_rules.check_primary_key_rules,
    bodies.check_renamed_names_in_code,
    selection.check_renames,
    identity.check_replication,
    accounts.check_reserved_accounts,
    storage.check_row_formats,
    selection.check_schemas_without_tables,
    capacity.check_size,
    source_privileges.check_source_account_privileges,
    source_privileges.check_source_schema_privileges,
    source_privileges.check_source_table_privileges,
    versions.check_source_version,
    activity.check_source_writes,
    storage.check_storage_options,
    creation_rules.check_strict_mode,
    activity.check_table_locks,
    keys.check_tables_without_key,
    storage.check_tablespaces,
    target_privileges.check_target_account_privileges,
    target_tables.check_target_definitions,
    identity.check_target_is_another_server,
    identity.check_target_is_writable,
    mapping.check_target_names,
    target_tables.check_target_only_tables,
    target_privileges.check_target_privileges,
    target_objects.check_target_references,
    target_tables.check_target_rows,
    mapping.check_target_schemas,
    target_objects.check_target_triggers,
    versions.check_target_version,
    variables.check_time_zone,
    creation_rules.check_timestamp_defaults,
    columns.check_types,
    variables.check_variables,
    versions.check_version_order,
    views.check_view_references,
    creation_rules.check_zero_dates,
)

ADVISORY: Final[frozenset[Check]] = frozenset(
    {
        activity.check_long_transactions,
        activity.check_table_locks,
        bodies.check_loadable_functions,
        capacity.check_connections,
        definers.check_definers,
        engines.check_histograms,
        identity.check_replication,
        storage.check_tablespaces,
        target_privileges.check_definer_privileges,
    }
)
