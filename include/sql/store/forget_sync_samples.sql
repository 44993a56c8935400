-- Forgets old samples of lag.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {control}.sync_samples
 WHERE migration = %(migration)s AND sampled_at < UTC_TIMESTAMP() - INTERVAL %(days)s DAY
