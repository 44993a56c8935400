-- The tables whose changes are followed, in one row as in overview_tables.sql, with their mode and the row changes
-- applied so far.
-- Versions: 8.0+. Privileges: SELECT.
SELECT COUNT(*) AS number,
       GROUP_CONCAT(CONCAT_WS(CHAR(0 USING utf8mb4), source_schema, source_table, mode, row_changes)
                    SEPARATOR '\0') AS fields
  FROM {control}.sync_tables WHERE migration = %(migration)s
