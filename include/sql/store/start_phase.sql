-- Marks a phase of a run as running.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.phases (migration, run_id, phase, state, started_at, summary)
VALUES (%(migration)s, %(run_id)s, %(phase)s, 'running', UTC_TIMESTAMP(6), '{{}}')
ON DUPLICATE KEY UPDATE state = 'running', finished_at = NULL
