-- The verdicts of a run, one row per key range.
-- Versions: 8.0+. Privileges: SELECT.
SELECT source_schema, source_table, range_number, level, verdict, source_rows, target_rows, chunks, chunks_differing,
       seconds
  FROM {control}.verdicts WHERE migration = %(migration)s AND run_id = %(run_id)s
 ORDER BY source_schema, source_table, range_number
