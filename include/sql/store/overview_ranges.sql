-- The key ranges of each table in one row, as in overview_tables.sql. in_units: those that the last plan has in load
-- units.
-- Versions: 8.0+. Privileges: SELECT.
SELECT COUNT(*) AS number,
       GROUP_CONCAT(CONCAT_WS(CHAR(0 USING utf8mb4), source_schema, source_table, ranges, in_units)
                    SEPARATOR '\0') AS fields
  FROM (SELECT source_schema, source_table, COUNT(*) AS ranges, SUM(unit > 0) AS in_units
          FROM {control}.key_ranges WHERE migration = %(migration)s
         GROUP BY source_schema, source_table) one
