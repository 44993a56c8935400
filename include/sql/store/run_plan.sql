-- What a run planned.
-- Versions: 8.0+. Privileges: SELECT.
SELECT tables FROM {control}.run_plans WHERE migration = %(migration)s AND run_id = %(run_id)s
