-- What AWS DMS said last of a migration's replication, with resources and table statistics (JSON).
-- Versions: 8.0+. Privileges: SELECT.
SELECT run_id, seen_at, status, document FROM {control}.dms_states WHERE migration = %(migration)s
