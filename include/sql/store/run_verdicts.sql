-- The verdicts of a run by table: `verdicts` are the distinct ones of its key ranges, one a line.
-- Versions: 8.0+. Privileges: SELECT.
SELECT source_schema, source_table, GROUP_CONCAT(DISTINCT verdict SEPARATOR '\n') AS verdicts, MAX(level) AS level,
       COUNT(*) AS ranges, SUM(source_rows) AS source_rows, SUM(target_rows) AS target_rows, SUM(chunks) AS chunks,
       SUM(chunks_differing) AS chunks_differing, SUM(seconds) AS seconds
  FROM {control}.verdicts WHERE migration = %(migration)s AND run_id = %(run_id)s
 GROUP BY source_schema, source_table
