-- Forgets the chunks of some tables, before their rows are removed; names is a JSON list of objects.
-- The join is straight so that each table is found by the primary key, and nothing else is locked.
-- Versions: 8.0+. Privileges: DELETE, SELECT.
DELETE {control}.chunks
  FROM JSON_TABLE(%(names)s, '$[*]' COLUMNS (
         from_schema VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.schema',
         from_table VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.table')) AS n
  STRAIGHT_JOIN {control}.chunks
    ON migration = %(migration)s AND source_schema = n.from_schema COLLATE utf8mb4_bin
   AND source_table = n.from_table COLLATE utf8mb4_bin
