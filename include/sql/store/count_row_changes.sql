-- Counts a table's applied row changes.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.sync_tables SET row_changes = row_changes + %(count)s, updated_at = UTC_TIMESTAMP(6)
 WHERE migration = %(migration)s AND source_schema = %(schema)s AND source_table = %(table)s
