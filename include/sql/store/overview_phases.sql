-- The phases of a run in the order they started; the account plan, which may be long, is left out of the summary.
-- Versions: 8.0+. Privileges: SELECT.
SELECT phase, state, started_at, finished_at, JSON_REMOVE(summary, '$.account_plan') AS summary FROM {control}.phases
 WHERE migration = %(migration)s AND run_id = %(run_id)s ORDER BY started_at, phase
