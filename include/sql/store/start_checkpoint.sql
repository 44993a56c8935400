-- Makes the checkpoint anew at a position, whatever it was.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.checkpoints
  (migration, gtid_set, binlog_file, binlog_offset, by_gtid, source_uuid, state, words, committed_at, transactions,
   row_changes, moves, updated_at)
VALUES (%(migration)s, %(gtid_set)s, %(file)s, %(offset)s, %(by_gtid)s, %(source_uuid)s, %(state)s, '', 0, 0, 0, 0,
        UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE gtid_set = %(gtid_set)s, binlog_file = %(file)s, binlog_offset = %(offset)s,
  by_gtid = %(by_gtid)s, source_uuid = %(source_uuid)s, state = %(state)s, words = '', committed_at = 0,
  moves = moves + 1, updated_at = UTC_TIMESTAMP(6)
