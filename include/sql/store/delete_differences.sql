-- Forgets the differences of a scope before they are written anew.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {control}.differences
 WHERE migration = %(migration)s AND run_id = %(run_id)s AND area = %(area)s AND scope = %(scope)s
