-- The migration's cutovers, newest first.
-- Versions: 8.0+. Privileges: SELECT.
SELECT run_id, direction, state, policy, approved_by, changes, reason, started_at, blocked_at, opened_at
  FROM {control}.cutovers WHERE migration = %(migration)s ORDER BY started_at DESC, run_id
