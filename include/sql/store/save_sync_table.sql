-- Sets the mode of one table.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.sync_tables
  (migration, source_schema, source_table, mode, until_gtid_set, until_file, until_offset, row_changes, updated_at)
VALUES (%(migration)s, %(schema)s, %(table)s, %(mode)s, %(gtid_set)s, %(file)s, %(offset)s, 0, UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE mode = %(mode)s, until_gtid_set = %(gtid_set)s, until_file = %(file)s,
  until_offset = %(offset)s, updated_at = UTC_TIMESTAMP(6)
