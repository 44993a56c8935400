-- Keeps what AWS DMS says now, in place of what it said before.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.dms_states (migration, run_id, seen_at, status, row_changes, stopped_tables, document)
VALUES (%(migration)s, %(run_id)s, UTC_TIMESTAMP(6), %(status)s, %(row_changes)s, %(stopped_tables)s, %(document)s)
ON DUPLICATE KEY UPDATE run_id = %(run_id)s, seen_at = UTC_TIMESTAMP(6), status = %(status)s,
  row_changes = %(row_changes)s, stopped_tables = %(stopped_tables)s, document = %(document)s
