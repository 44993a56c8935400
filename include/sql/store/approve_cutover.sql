-- Keeps who approved a cutover.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.cutovers SET approved_by = %(approved_by)s, updated_at = UTC_TIMESTAMP(6)
 WHERE migration = %(migration)s AND run_id = %(run_id)s
