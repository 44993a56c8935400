-- Keeps key ranges and the units that carry them; rows is a JSON list of objects.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.key_ranges
  (migration, source_schema, source_table, number, unit, lower_bound, upper_bound, row_estimate, byte_estimate)
SELECT %(migration)s, r.source_schema, r.source_table, r.range_number, r.range_unit, r.low, r.high, r.row_count, r.byte_count
  FROM JSON_TABLE(%(rows)s, '$[*]' COLUMNS (
         source_schema VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.schema',
         source_table VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.table',
         range_number INT UNSIGNED PATH '$.number', range_unit INT UNSIGNED PATH '$.unit',
         low MEDIUMTEXT CHARACTER SET utf8mb4 PATH '$.lower', high MEDIUMTEXT CHARACTER SET utf8mb4 PATH '$.upper',
         row_count BIGINT UNSIGNED PATH '$.rows', byte_count BIGINT UNSIGNED PATH '$.bytes')) AS r
ON DUPLICATE KEY UPDATE unit = r.range_unit, lower_bound = r.low, upper_bound = r.high,
  row_estimate = r.row_count, byte_estimate = r.byte_count
