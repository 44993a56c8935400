-- The position of the source that AWS DMS was drained to in a cutover.
-- Versions: 8.0+. Privileges: SELECT.
SELECT gtid_set, binlog_file, binlog_offset FROM {control}.positions
 WHERE migration = %(migration)s AND run_id = %(run_id)s AND kind = 'drained'
