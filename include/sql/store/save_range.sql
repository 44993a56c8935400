-- Keeps one key range and the unit that carries it.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.key_ranges
  (migration, source_schema, source_table, number, unit, lower_bound, upper_bound, row_estimate, byte_estimate)
VALUES (%(migration)s, %(schema)s, %(table)s, %(number)s, %(unit)s, %(lower)s, %(upper)s, %(row_estimate)s,
        %(byte_estimate)s)
ON DUPLICATE KEY UPDATE unit = %(unit)s, lower_bound = %(lower)s, upper_bound = %(upper)s,
  row_estimate = %(row_estimate)s, byte_estimate = %(byte_estimate)s
