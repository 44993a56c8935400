-- When the last run began and ended whose report said proved, with the checksum of every row.
-- Versions: 8.0+. Privileges: SELECT.
SELECT started_at, finished_at FROM {control}.runs
 WHERE migration = %(migration)s AND kind IN ('migrate', 'verify') AND state = 'success'
   AND options->>'$.level' = 'checksum' AND finished_at IS NOT NULL
 ORDER BY finished_at DESC LIMIT 1
