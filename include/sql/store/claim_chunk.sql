-- Claims a chunk before its rows are written: a second writer of the same chunk waits here, then fails.
-- Versions: 8.0+. Privileges: INSERT.
INSERT INTO {control}.chunks
  (migration, source_schema, source_table, range_number, number, lower_bound, upper_bound, row_count, byte_count,
   run_id, loaded_at)
VALUES (%(migration)s, %(schema)s, %(table)s, %(range)s, %(number)s, %(lower)s, %(upper)s, 0, 0, %(run_id)s,
        UTC_TIMESTAMP(6))
