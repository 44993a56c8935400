-- Keeps the verdict on one key range.
-- Versions: 8.0+. Privileges: INSERT.
INSERT INTO {control}.verdicts
  (migration, run_id, source_schema, source_table, range_number, level, verdict, source_rows, target_rows, chunks,
   chunks_differing, seconds, verified_at)
VALUES (%(migration)s, %(run_id)s, %(schema)s, %(table)s, %(range)s, %(level)s, %(verdict)s, %(source_rows)s,
        %(target_rows)s, %(chunks)s, %(chunks_differing)s, %(seconds)s, UTC_TIMESTAMP(6))
