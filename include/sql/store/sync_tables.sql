-- The tables whose changes are followed.
-- Versions: 8.0+. Privileges: SELECT.
SELECT source_schema, source_table, mode, until_gtid_set, until_file, until_offset, row_changes
  FROM {control}.sync_tables WHERE migration = %(migration)s ORDER BY source_schema, source_table
