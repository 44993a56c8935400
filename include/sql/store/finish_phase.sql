-- Marks a phase of a run as ended.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.phases SET state = %(state)s, summary = %(summary)s, finished_at = UTC_TIMESTAMP(6)
 WHERE migration = %(migration)s AND run_id = %(run_id)s AND phase = %(phase)s
