-- The recorded chunks of one key range, in order.
-- Versions: 8.0+. Privileges: SELECT.
SELECT number, lower_bound, upper_bound, row_count, byte_count FROM {control}.chunks
 WHERE migration = %(migration)s AND source_schema = %(schema)s AND source_table = %(table)s
   AND range_number = %(range)s
 ORDER BY number
