-- The recorded chunks of all key ranges of a load unit, in order.
-- Versions: 8.0+. Privileges: SELECT.
SELECT c.source_schema, c.source_table, c.range_number, c.number, c.lower_bound, c.upper_bound, c.row_count, c.byte_count
  FROM {control}.key_ranges r
  JOIN {control}.chunks c
    ON c.migration = r.migration AND c.source_schema = r.source_schema AND c.source_table = r.source_table
   AND c.range_number = r.number
 WHERE r.migration = %(migration)s AND r.unit = %(unit)s
 ORDER BY c.source_schema, c.source_table, c.range_number, c.number
