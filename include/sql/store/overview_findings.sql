-- The findings of a run, what matters most first.
-- Versions: 8.0+. Privileges: SELECT.
SELECT phase, severity, code, subject, observed, remedy FROM {control}.findings
 WHERE migration = %(migration)s AND run_id = %(run_id)s
 ORDER BY FIELD(severity, 'blocker', 'warning', 'note'), phase, number LIMIT %(most)s
