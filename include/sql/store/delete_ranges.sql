-- Forgets how a table was cut; its chunks must be forgotten first.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {control}.key_ranges
 WHERE migration = %(migration)s AND source_schema = %(schema)s AND source_table = %(table)s
