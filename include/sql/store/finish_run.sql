-- Closes a run with its state.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.runs SET state = %(state)s, finished_at = UTC_TIMESTAMP(6)
 WHERE migration = %(migration)s AND run_id = %(run_id)s
