-- The migration's tables in one row: their number, and their fields one after another, each followed by a NUL (which no
-- name may hold). Decoding thousands of rows takes a client longer than all the rest.
-- Versions: 8.0+. Privileges: SELECT.
SELECT COUNT(*) AS number,
       GROUP_CONCAT(CONCAT_WS(CHAR(0 USING utf8mb4), source_schema, source_table, target_schema, target_table,
                              row_estimate) SEPARATOR '\0') AS fields
  FROM {control}.tables WHERE migration = %(migration)s
