-- What is loaded of each table that has a chunk, in one row, as in overview_tables.sql. recent_rows: within the last
-- 30 s. microseconds: between the first and the last chunk.
-- Versions: 8.0+. Privileges: SELECT.
SELECT COUNT(*) AS number,
       GROUP_CONCAT(CONCAT_WS(CHAR(0 USING utf8mb4), source_schema, source_table, row_count, byte_count, chunks, finished,
                              recent_rows, TIMESTAMPDIFF(MICROSECOND, started_at, loaded_at))
                    SEPARATOR '\0') AS fields
  FROM (SELECT k.source_schema, k.source_table, SUM(k.row_count) AS row_count, SUM(k.byte_count) AS byte_count,
               COUNT(*) AS chunks, SUM(k.upper_bound <=> g.upper_bound) AS finished,
               SUM(IF(k.loaded_at > UTC_TIMESTAMP(6) - INTERVAL 30 SECOND, k.row_count, 0)) AS recent_rows,
               MIN(k.loaded_at) AS started_at, MAX(k.loaded_at) AS loaded_at
          FROM {control}.chunks k
          JOIN {control}.key_ranges g
            ON g.migration = k.migration AND g.source_schema = k.source_schema
           AND g.source_table = k.source_table AND g.number = k.range_number
         WHERE k.migration = %(migration)s
         GROUP BY k.source_schema, k.source_table) one
