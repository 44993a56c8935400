-- Keeps what the plan knows of tables; rows is a JSON list of objects.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.tables
  (migration, source_schema, source_table, target_schema, target_table, run_id, fingerprint, row_estimate, byte_estimate)
SELECT %(migration)s, r.from_schema, r.from_table, r.to_schema, r.to_table, %(run_id)s, r.shape, r.row_count, r.byte_count
  FROM JSON_TABLE(%(rows)s, '$[*]' COLUMNS (
         from_schema VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.schema',
         from_table VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.table',
         to_schema VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.target_schema',
         to_table VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.target_table',
         shape VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.fingerprint',
         row_count BIGINT UNSIGNED PATH '$.rows', byte_count BIGINT UNSIGNED PATH '$.bytes')) AS r
ON DUPLICATE KEY UPDATE target_schema = r.to_schema, target_table = r.to_table, run_id = %(run_id)s,
  fingerprint = r.shape, row_estimate = r.row_count, byte_estimate = r.byte_count
