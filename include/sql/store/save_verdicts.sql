-- Keeps verdicts on key ranges, in place of earlier ones; rows is a JSON list of objects. One statement, so that tasks
-- side by side do not take gap locks that wait for one another.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.verdicts
  (migration, run_id, source_schema, source_table, range_number, level, verdict, source_rows, target_rows, chunks,
   chunks_differing, seconds, verified_at)
SELECT %(migration)s, %(run_id)s, r.from_schema, r.from_table, r.part, r.compared_by, r.outcome, r.rows_there, r.rows_here,
       r.chunk_count, r.bad_count, r.took, UTC_TIMESTAMP(6)
  FROM JSON_TABLE(%(rows)s, '$[*]' COLUMNS (
         from_schema VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.schema',
         from_table VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.table', part INT UNSIGNED PATH '$.range',
         compared_by VARCHAR(16) CHARACTER SET utf8mb4 PATH '$.level',
         outcome VARCHAR(32) CHARACTER SET utf8mb4 PATH '$.verdict',
         rows_there BIGINT UNSIGNED PATH '$.source_rows', rows_here BIGINT UNSIGNED PATH '$.target_rows',
         chunk_count INT UNSIGNED PATH '$.chunks', bad_count INT UNSIGNED PATH '$.chunks_differing',
         took DOUBLE PATH '$.seconds')) AS r
ON DUPLICATE KEY UPDATE level = r.compared_by, verdict = r.outcome, source_rows = r.rows_there,
  target_rows = r.rows_here, chunks = r.chunk_count, chunks_differing = r.bad_count, seconds = r.took,
  verified_at = UTC_TIMESTAMP(6)
