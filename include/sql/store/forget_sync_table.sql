-- Forgets how a table's changes are applied, since its rows are about to be loaded anew.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {control}.sync_tables
 WHERE migration = %(migration)s AND source_schema = %(schema)s AND source_table = %(table)s
