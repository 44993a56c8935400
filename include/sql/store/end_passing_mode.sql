-- Makes tables strict whose passing mode ends at a position that has been reached.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.sync_tables
   SET mode = 'strict', until_gtid_set = NULL, until_file = NULL, until_offset = NULL, updated_at = UTC_TIMESTAMP(6)
 WHERE migration = %(migration)s AND mode IN ('overlap', 'skip-until') AND until_gtid_set = %(gtid_set)s
   AND until_file = %(file)s AND until_offset = %(offset)s
