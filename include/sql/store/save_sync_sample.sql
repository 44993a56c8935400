-- Keeps a sample of lag and work.
-- Versions: 8.0+. Privileges: INSERT.
INSERT IGNORE INTO {control}.sync_samples
  (migration, sampled_at, run_id, transactions, row_changes, lag_seconds)
VALUES (%(migration)s, UTC_TIMESTAMP(6), %(run_id)s, %(transactions)s, %(row_changes)s, %(lag_seconds)s)
