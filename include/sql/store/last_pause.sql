-- The number of the last pause of a load unit in a run, 0 without one.
-- Versions: 8.0+. Privileges: SELECT.
SELECT COALESCE(MAX(number), 0) AS last_number FROM {control}.pauses
 WHERE migration = %(migration)s AND run_id = %(run_id)s AND unit = %(unit)s
