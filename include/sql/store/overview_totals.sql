-- The load of a migration as a whole, over the tables that its last plan has in load units. A table that is loaded
-- counts with its rows, another one with its estimate or its rows, whichever is more.
-- recent_rows: of the last 30 s; since_first: seconds since the first chunk.
-- Versions: 8.0+. Privileges: SELECT.
SELECT COUNT(*) AS table_count,
       COALESCE(SUM(loaded), 0) AS loaded_tables,
       COALESCE(SUM(row_count), 0) AS row_count,
       COALESCE(SUM(byte_count), 0) AS byte_count,
       COALESCE(SUM(IF(loaded, row_count, GREATEST(row_estimate, row_count))), 0) AS row_estimate,
       COALESCE(SUM(recent_rows), 0) AS recent_rows,
       TIMESTAMPDIFF(MICROSECOND, MIN(first_at), UTC_TIMESTAMP(6)) / 1000000 AS since_first,
       COALESCE(SUM(ranges), 0) AS ranges
  FROM (SELECT SUM(g.row_estimate) AS row_estimate, COUNT(*) AS ranges,
               COALESCE(SUM(k.row_count), 0) AS row_count, COALESCE(SUM(k.byte_count), 0) AS byte_count,
               COALESCE(SUM(k.recent_rows), 0) AS recent_rows, COALESCE(SUM(k.finished), 0) = COUNT(*) AS loaded,
               MIN(k.first_at) AS first_at
          FROM {control}.key_ranges g
          LEFT JOIN (SELECT c.source_schema, c.source_table, c.range_number, SUM(c.row_count) AS row_count,
                            SUM(c.byte_count) AS byte_count,
                            SUM(IF(c.loaded_at > UTC_TIMESTAMP(6) - INTERVAL 30 SECOND, c.row_count, 0)) AS recent_rows,
                            MAX(c.upper_bound <=> r.upper_bound) AS finished, MIN(c.loaded_at) AS first_at
                       FROM {control}.chunks c
                       JOIN {control}.key_ranges r
                         ON r.migration = c.migration AND r.source_schema = c.source_schema
                        AND r.source_table = c.source_table AND r.number = c.range_number
                      WHERE c.migration = %(migration)s
                      GROUP BY c.source_schema, c.source_table, c.range_number) k
            ON k.source_schema = g.source_schema AND k.source_table = g.source_table AND k.range_number = g.number
         WHERE g.migration = %(migration)s AND g.unit > 0
         GROUP BY g.source_schema, g.source_table) t
