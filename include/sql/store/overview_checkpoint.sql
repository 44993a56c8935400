-- How far change apply has come, without the position itself, and how many tables are stopped.
-- Versions: 8.0+. Privileges: SELECT.
SELECT state, words, committed_at, transactions, row_changes, updated_at,
       (SELECT COUNT(*) FROM {control}.sync_tables t
         WHERE t.migration = c.migration AND t.mode = %(stopped)s) AS stopped_tables
  FROM {control}.checkpoints c WHERE migration = %(migration)s
