-- Forgets old syncs.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {control}.runs
 WHERE migration = %(migration)s AND kind = 'sync' AND started_at < UTC_TIMESTAMP() - INTERVAL %(days)s DAY
