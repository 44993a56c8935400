-- Keeps what a run planned, in place of what an earlier try of it had.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.run_plans (migration, run_id, tables, planned_at)
VALUES (%(migration)s, %(run_id)s, %(tables)s, UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE tables = %(tables)s, planned_at = UTC_TIMESTAMP(6)
