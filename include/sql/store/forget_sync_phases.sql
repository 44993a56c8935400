-- Forgets the phases of old syncs.
-- Versions: 8.0+. Privileges: DELETE.
DELETE p FROM {control}.phases p JOIN {control}.runs r ON r.migration = p.migration AND r.run_id = p.run_id
 WHERE r.migration = %(migration)s AND r.kind = 'sync' AND r.started_at < UTC_TIMESTAMP() - INTERVAL %(days)s DAY
