-- Keeps what a cutover is about to change on the servers, before it does.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.cutovers SET changes = %(changes)s, updated_at = UTC_TIMESTAMP(6)
 WHERE migration = %(migration)s AND run_id = %(run_id)s
