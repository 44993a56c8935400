-- Forgets a table's chunks, before its rows are removed.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {control}.chunks
 WHERE migration = %(migration)s AND source_schema = %(schema)s AND source_table = %(table)s
