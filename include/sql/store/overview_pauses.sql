-- How often and how long the load units of a run have waited for a server, how many wait now, and why the last did.
-- Versions: 8.0+. Privileges: SELECT.
SELECT COUNT(*) AS pauses, COALESCE(SUM(seconds), 0) AS seconds,
       COALESCE(SUM(NOT is_over AND seen_at > UTC_TIMESTAMP(6) - INTERVAL 30 SECOND), 0) AS waiting_units,
       (SELECT p.reason FROM {control}.pauses p WHERE p.migration = %(migration)s AND p.run_id = %(run_id)s
         ORDER BY p.seen_at DESC LIMIT 1) AS reason
  FROM {control}.pauses WHERE migration = %(migration)s AND run_id = %(run_id)s
