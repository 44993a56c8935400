-- A row where the control schema has its last-made table.
-- Versions: 8.0+. Privileges: any on the table.
SELECT 1 AS found FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = %(control)s AND TABLE_NAME = 'sync_samples'
