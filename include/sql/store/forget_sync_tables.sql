-- Forgets how the changes of some tables are applied, since their rows are about to be loaded anew.
-- Versions: 8.0+. Privileges: DELETE, SELECT.
DELETE {control}.sync_tables
  FROM JSON_TABLE(%(names)s, '$[*]' COLUMNS (
         from_schema VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.schema',
         from_table VARCHAR(64) CHARACTER SET utf8mb4 PATH '$.table')) AS n
  STRAIGHT_JOIN {control}.sync_tables
    ON migration = %(migration)s AND source_schema = n.from_schema COLLATE utf8mb4_bin
   AND source_table = n.from_table COLLATE utf8mb4_bin
