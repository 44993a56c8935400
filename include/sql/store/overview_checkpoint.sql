-- How far change apply has come, without the position itself.
-- Versions: 8.0+. Privileges: SELECT.
SELECT state, words, committed_at, transactions, row_changes, updated_at FROM {control}.checkpoints
 WHERE migration = %(migration)s
