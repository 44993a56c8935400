-- Takes all key ranges out of their units, before the units of a run are made.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.key_ranges SET unit = 0 WHERE migration = %(migration)s
