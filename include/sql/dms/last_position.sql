-- The position before the last full load of a migration.
-- Versions: 8.0+. Privileges: SELECT.
SELECT gtid_set, binlog_file, binlog_offset FROM {control}.positions
 WHERE migration = %(migration)s AND kind = 'before-load' ORDER BY recorded_at DESC LIMIT 1
