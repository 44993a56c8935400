-- The migration's tables with what is loaded of each, by whichever run; run_rows: by this run. in_units: whether the
-- last plan has key ranges of it in load units. seconds: from the first chunk's commit to the last one's.
-- Versions: 8.0+. Privileges: SELECT.
SELECT t.source_schema, t.source_table, t.target_schema, t.target_table, t.row_estimate, t.byte_estimate,
       COALESCE(r.ranges, 0) AS ranges, COALESCE(r.in_units, 0) AS in_units,
       COALESCE(c.row_count, 0) AS row_count, COALESCE(c.byte_count, 0) AS byte_count,
       COALESCE(c.run_rows, 0) AS run_rows, COALESCE(c.chunks, 0) AS chunks,
       TIMESTAMPDIFF(MICROSECOND, c.started_at, c.loaded_at) / 1000000 AS seconds
  FROM {control}.tables t
  LEFT JOIN (SELECT source_schema, source_table, COUNT(*) AS ranges, SUM(unit > 0) AS in_units
               FROM {control}.key_ranges WHERE migration = %(migration)s
              GROUP BY source_schema, source_table) r USING (source_schema, source_table)
  LEFT JOIN (SELECT source_schema, source_table, SUM(row_count) AS row_count, SUM(byte_count) AS byte_count,
                    SUM(IF(run_id = %(run_id)s, row_count, 0)) AS run_rows, COUNT(*) AS chunks,
                    MIN(loaded_at) AS started_at, MAX(loaded_at) AS loaded_at
               FROM {control}.chunks WHERE migration = %(migration)s
              GROUP BY source_schema, source_table) c USING (source_schema, source_table)
 WHERE t.migration = %(migration)s
 ORDER BY t.source_schema, t.source_table
