-- The differences of a run, those that no rule explains first.
-- Versions: 8.0+. Privileges: SELECT.
SELECT area, scope, kind, subject, detail, rule FROM {control}.differences
 WHERE migration = %(migration)s AND run_id = %(run_id)s
 ORDER BY kind = %(on_purpose)s, area, scope, number LIMIT %(most)s
