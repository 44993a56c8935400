-- The differences of a run.
-- Versions: 8.0+. Privileges: SELECT.
SELECT area, scope, number, kind, subject, detail, rule FROM {control}.differences
 WHERE migration = %(migration)s AND run_id = %(run_id)s ORDER BY area, scope, number
