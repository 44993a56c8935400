-- Keeps the report of a run, in place of that of an earlier try.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.reports (migration, run_id, document, made_at)
VALUES (%(migration)s, %(run_id)s, COMPRESS(%(document)s), UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE document = COMPRESS(%(document)s), made_at = UTC_TIMESTAMP(6)
