-- Forgets a phase's findings before they are written anew.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {control}.findings WHERE migration = %(migration)s AND run_id = %(run_id)s AND phase = %(phase)s
