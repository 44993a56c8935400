-- Keeps a position unless this run has it already: the first one before the load counts.
-- Versions: 8.0+. Privileges: INSERT.
INSERT IGNORE INTO {control}.positions
  (migration, run_id, kind, gtid_set, binlog_file, binlog_offset, recorded_at)
VALUES (%(migration)s, %(run_id)s, %(kind)s, %(gtid_set)s, %(file)s, %(offset)s, UTC_TIMESTAMP(6))
