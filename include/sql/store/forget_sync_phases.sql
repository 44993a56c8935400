-- Forgets the phases of old syncs.
-- Versions: 8.0+. Privileges: DELETE, SELECT.
DELETE FROM {control}.phases
 WHERE migration = %(migration)s
   AND run_id IN (SELECT run_id FROM {control}.runs
                   WHERE migration = %(migration)s AND kind = 'sync'
                     AND started_at < UTC_TIMESTAMP() - INTERVAL %(days)s DAY)
