-- The migration's checkpoint, if changes are followed.
-- Versions: 8.0+. Privileges: SELECT.
SELECT gtid_set, binlog_file, binlog_offset, by_gtid, source_uuid, state, words, committed_at, transactions,
       row_changes, moves
  FROM {control}.checkpoints WHERE migration = %(migration)s
