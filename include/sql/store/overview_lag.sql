-- The newest samples of change apply, newest first.
-- Versions: 8.0+. Privileges: SELECT.
SELECT UNIX_TIMESTAMP(sampled_at) AS sampled_at, lag_seconds, row_changes, transactions FROM {control}.sync_samples
 WHERE migration = %(migration)s ORDER BY sampled_at DESC LIMIT %(most)s
