-- One run of a migration.
-- Versions: 8.0+. Privileges: SELECT.
SELECT run_id, kind, state, options, versions, started_at, finished_at FROM {control}.runs
 WHERE migration = %(migration)s AND run_id = %(run_id)s
