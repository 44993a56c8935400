-- Which scopes of an area have differences in a run.
-- Versions: 8.0+. Privileges: SELECT.
SELECT DISTINCT scope FROM {control}.differences
 WHERE migration = %(migration)s AND run_id = %(run_id)s AND area = %(area)s
