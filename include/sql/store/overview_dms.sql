-- What AWS DMS said last of a migration's replication, in short.
-- Versions: 8.0+. Privileges: SELECT.
SELECT run_id, seen_at, status, row_changes, stopped_tables FROM {control}.dms_states WHERE migration = %(migration)s
