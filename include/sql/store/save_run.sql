-- Starts or restarts a run.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.runs (migration, run_id, kind, state, options, versions, started_at)
VALUES (%(migration)s, %(run_id)s, %(kind)s, 'running', %(options)s, %(versions)s, UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE state = 'running', options = %(options)s, versions = %(versions)s, finished_at = NULL
