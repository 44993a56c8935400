-- The key ranges of a load unit of which chunks are recorded, with the rows of these.
-- Versions: 8.0+. Privileges: SELECT.
SELECT c.source_schema, c.source_table, c.range_number, SUM(c.row_count) AS row_count
  FROM {control}.key_ranges r
  JOIN {control}.chunks c
    ON c.migration = r.migration AND c.source_schema = r.source_schema AND c.source_table = r.source_table
   AND c.range_number = r.number
 WHERE r.migration = %(migration)s AND r.unit = %(unit)s
 GROUP BY c.source_schema, c.source_table, c.range_number
