-- Tables that changes were applied to, or whose mode changed, since a moment.
-- Versions: 8.0+. Privileges: SELECT.
SELECT source_schema, source_table FROM {control}.sync_tables
 WHERE migration = %(migration)s AND updated_at >= %(since)s
