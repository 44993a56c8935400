-- When a run loaded its first and its last chunk and when it verified its first and its last key range.
-- Versions: 8.0+. Privileges: SELECT.
SELECT 'load' AS phase, COUNT(*) AS done, MIN(loaded_at) AS first_at, MAX(loaded_at) AS last_at
  FROM {control}.chunks WHERE migration = %(migration)s AND run_id = %(run_id)s
UNION ALL
SELECT 'verify-rows', COUNT(*), MIN(verified_at), MAX(verified_at)
  FROM {control}.verdicts WHERE migration = %(migration)s AND run_id = %(run_id)s
