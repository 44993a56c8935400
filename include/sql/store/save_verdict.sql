-- Keeps the verdict on one key range, in place of an earlier one; one statement, so that tasks side by side do not
-- take gap locks that wait for one another.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.verdicts
  (migration, run_id, source_schema, source_table, range_number, level, verdict, source_rows, target_rows, chunks,
   chunks_differing, seconds, verified_at)
VALUES (%(migration)s, %(run_id)s, %(schema)s, %(table)s, %(range)s, %(level)s, %(verdict)s, %(source_rows)s,
        %(target_rows)s, %(chunks)s, %(chunks_differing)s, %(seconds)s, UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE level = %(level)s, verdict = %(verdict)s, source_rows = %(source_rows)s,
  target_rows = %(target_rows)s, chunks = %(chunks)s, chunks_differing = %(chunks_differing)s,
  seconds = %(seconds)s, verified_at = UTC_TIMESTAMP(6)
