-- Forgets what one of the control schema's tables (records) holds of some source tables, whose rows are about to go or
-- to be loaded anew; names is a JSON list of objects. Chunks must be forgotten before key_ranges.
-- The join is straight so that each table is found by the primary key, and nothing else is locked.
-- Versions: 8.0+. Privileges: DELETE, SELECT.
DELETE {control}.{records}
  FROM JSON_TABLE(%(names)s, '$[*]' COLUMNS (
         from_schema VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.schema',
         from_table VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.table')) AS n
  STRAIGHT_JOIN {control}.{records}
    ON migration = %(migration)s AND source_schema = n.from_schema COLLATE utf8mb4_bin
   AND source_table = n.from_table COLLATE utf8mb4_bin
