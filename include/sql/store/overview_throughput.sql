-- Rows and bytes that a run committed, in buckets of some seconds; bucket_at is in seconds since 1970.
-- Versions: 8.0+. Privileges: SELECT.
SELECT FLOOR(UNIX_TIMESTAMP(loaded_at) / %(seconds)s) * %(seconds)s AS bucket_at,
       SUM(row_count) AS row_count, SUM(byte_count) AS byte_count
  FROM {control}.chunks WHERE migration = %(migration)s AND run_id = %(run_id)s
 GROUP BY bucket_at ORDER BY bucket_at
