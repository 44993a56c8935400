-- The verdicts of a run by table in one row, as in overview_tables.sql; `verdicts` are the distinct ones of the table's
-- key ranges, one a line.
-- Versions: 8.0+. Privileges: SELECT.
SELECT COUNT(*) AS number,
       GROUP_CONCAT(CONCAT_WS(CHAR(0 USING utf8mb4), source_schema, source_table, verdicts, level, source_rows,
                              target_rows, chunks_differing) SEPARATOR '\0') AS fields
  FROM (SELECT source_schema, source_table, GROUP_CONCAT(DISTINCT verdict SEPARATOR '\n') AS verdicts,
               SUM(source_rows) AS source_rows, SUM(target_rows) AS target_rows,
               SUM(chunks_differing) AS chunks_differing, MAX(level) AS level
          FROM {control}.verdicts WHERE migration = %(migration)s AND run_id = %(run_id)s
         GROUP BY source_schema, source_table) one
