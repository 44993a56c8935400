-- Moves the checkpoint, in the transaction that wrote the rows; affects no row if another writer has moved it.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.checkpoints
   SET gtid_set = %(gtid_set)s, binlog_file = %(file)s, binlog_offset = %(offset)s, source_uuid = %(source_uuid)s,
       state = %(state)s, words = %(words)s, committed_at = %(committed_at)s,
       transactions = transactions + %(transactions)s, row_changes = row_changes + %(row_changes)s,
       moves = moves + 1, updated_at = UTC_TIMESTAMP(6)
 WHERE migration = %(migration)s AND moves = %(moves)s
