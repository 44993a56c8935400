-- Sets the mode of one table unless it has one.
-- Versions: 8.0+. Privileges: INSERT.
INSERT IGNORE INTO {control}.sync_tables
  (migration, source_schema, source_table, mode, until_gtid_set, until_file, until_offset, row_changes, updated_at)
VALUES (%(migration)s, %(schema)s, %(table)s, %(mode)s, %(gtid_set)s, %(file)s, %(offset)s, 0, UTC_TIMESTAMP(6))
