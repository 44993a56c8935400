-- The migration's tables with what is loaded of each, as JSON lists of up to 500 objects: decoding thousands of rows
-- column by column takes a client longer than all the rest. in_units: key ranges that the last plan has in load units.
-- recent_rows: loaded within the last 30 s. seconds: between the first and the last chunk.
-- Versions: 8.0+. Privileges: SELECT.
SELECT JSON_ARRAYAGG(JSON_OBJECT(
         'source_schema', source_schema, 'source_table', source_table, 'target_schema', target_schema,
         'target_table', target_table, 'row_estimate', row_estimate, 'ranges', ranges, 'in_units', in_units,
         'row_count', row_count, 'byte_count', byte_count, 'chunks', chunks, 'finished_ranges', finished_ranges,
         'recent_rows', recent_rows, 'seconds', seconds)) AS part
  FROM (SELECT t.source_schema, t.source_table, t.target_schema, t.target_table, t.row_estimate,
               COALESCE(r.ranges, 0) AS ranges, COALESCE(r.in_units, 0) AS in_units,
               COALESCE(c.row_count, 0) AS row_count, COALESCE(c.byte_count, 0) AS byte_count,
               COALESCE(c.chunks, 0) AS chunks, COALESCE(c.finished, 0) AS finished_ranges,
               COALESCE(c.recent_rows, 0) AS recent_rows,
               TIMESTAMPDIFF(MICROSECOND, c.started_at, c.loaded_at) / 1000000 AS seconds,
               ROW_NUMBER() OVER (ORDER BY t.source_schema, t.source_table) AS place
          FROM {control}.tables t
          LEFT JOIN (SELECT source_schema, source_table, COUNT(*) AS ranges, SUM(unit > 0) AS in_units
                       FROM {control}.key_ranges WHERE migration = %(migration)s
                      GROUP BY source_schema, source_table) r USING (source_schema, source_table)
          LEFT JOIN (SELECT k.source_schema, k.source_table, SUM(k.row_count) AS row_count,
                            SUM(k.byte_count) AS byte_count, COUNT(*) AS chunks,
                            SUM(k.upper_bound <=> g.upper_bound) AS finished,
                            SUM(IF(k.loaded_at > UTC_TIMESTAMP(6) - INTERVAL 30 SECOND, k.row_count, 0)) AS recent_rows,
                            MIN(k.loaded_at) AS started_at, MAX(k.loaded_at) AS loaded_at
                       FROM {control}.chunks k
                       JOIN {control}.key_ranges g
                         ON g.migration = k.migration AND g.source_schema = k.source_schema
                        AND g.source_table = k.source_table AND g.number = k.range_number
                      WHERE k.migration = %(migration)s
                      GROUP BY k.source_schema, k.source_table) c USING (source_schema, source_table)
         WHERE t.migration = %(migration)s) one
 GROUP BY place DIV 500
