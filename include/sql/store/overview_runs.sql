-- The newest runs of a migration, newest first.
-- Versions: 8.0+. Privileges: SELECT.
SELECT run_id, kind, state, options, versions, started_at, finished_at FROM {control}.runs
 WHERE migration = %(migration)s ORDER BY started_at DESC, run_id LIMIT %(most)s
