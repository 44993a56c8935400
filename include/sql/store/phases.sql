-- The phases of a run in the order they started.
-- Versions: 8.0+. Privileges: SELECT.
SELECT phase, state, started_at, finished_at, summary FROM {control}.phases
 WHERE migration = %(migration)s AND run_id = %(run_id)s ORDER BY started_at, phase
