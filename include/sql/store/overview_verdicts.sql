-- The verdicts of a run by table, as JSON lists of up to 500 objects; `verdicts` are the distinct ones of the table's
-- key ranges, one a line.
-- Versions: 8.0+. Privileges: SELECT.
SELECT JSON_ARRAYAGG(JSON_OBJECT(
         'source_schema', source_schema, 'source_table', source_table, 'verdicts', verdicts, 'level', level,
         'source_rows', source_rows, 'target_rows', target_rows, 'chunks_differing', chunks_differing)) AS part
  FROM (SELECT source_schema, source_table, GROUP_CONCAT(DISTINCT verdict SEPARATOR '\n') AS verdicts,
               SUM(source_rows) AS source_rows, SUM(target_rows) AS target_rows,
               SUM(chunks_differing) AS chunks_differing, MAX(level) AS level,
               ROW_NUMBER() OVER (ORDER BY source_schema, source_table) AS place
          FROM {control}.verdicts WHERE migration = %(migration)s AND run_id = %(run_id)s
         GROUP BY source_schema, source_table) one
 GROUP BY place DIV 500
