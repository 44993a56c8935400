-- The recorded shapes of some tables; names is a JSON list of objects. Each is found by the primary key.
-- Versions: 8.0+. Privileges: SELECT.
SELECT t.source_schema, t.source_table, t.fingerprint
  FROM JSON_TABLE(%(names)s, '$[*]' COLUMNS (
         from_schema VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.schema',
         from_table VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.table')) AS n
  JOIN {control}.tables t
    ON t.migration = %(migration)s AND t.source_schema = n.from_schema COLLATE utf8mb4_bin
   AND t.source_table = n.from_table COLLATE utf8mb4_bin
