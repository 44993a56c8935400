-- The key ranges of a migration, of one unit if it is given.
-- Versions: 8.0+. Privileges: SELECT.
SELECT source_schema, source_table, number, unit, lower_bound, upper_bound, row_estimate, byte_estimate
  FROM {control}.key_ranges
 WHERE migration = %(migration)s AND (%(unit)s IS NULL OR unit = %(unit)s)
 ORDER BY unit, source_schema, source_table, number
