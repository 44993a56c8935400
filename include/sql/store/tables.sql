-- The migration's tables with what is loaded of each; complete when every range has its last chunk.
-- Versions: 8.0+. Privileges: SELECT.
SELECT t.source_schema, t.source_table, t.target_schema, t.target_table, t.run_id, t.fingerprint, t.row_estimate,
       t.byte_estimate,
       COALESCE(c.row_count, 0) AS row_count,
       COALESCE(c.byte_count, 0) AS byte_count,
       COALESCE(c.chunks, 0) AS chunks,
       COALESCE(r.ranges, 0) AS ranges,
       COALESCE(c.finished, 0) AS finished_ranges,
       c.started_at, c.loaded_at
  FROM {control}.tables t
  LEFT JOIN (SELECT source_schema, source_table, COUNT(*) AS ranges
               FROM {control}.key_ranges WHERE migration = %(migration)s
              GROUP BY source_schema, source_table) r USING (source_schema, source_table)
  LEFT JOIN (SELECT k.source_schema, k.source_table, SUM(k.row_count) AS row_count, SUM(k.byte_count) AS byte_count,
                    COUNT(*) AS chunks, SUM(k.upper_bound <=> g.upper_bound) AS finished,
                    MIN(k.loaded_at) AS started_at, MAX(k.loaded_at) AS loaded_at
               FROM {control}.chunks k
               JOIN {control}.key_ranges g
                 ON g.migration = k.migration AND g.source_schema = k.source_schema
                AND g.source_table = k.source_table AND g.number = k.range_number
              WHERE k.migration = %(migration)s
              GROUP BY k.source_schema, k.source_table) c USING (source_schema, source_table)
 WHERE t.migration = %(migration)s
 ORDER BY t.source_schema, t.source_table
