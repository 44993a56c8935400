-- Keeps what the plan knows of a table.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.tables
  (migration, source_schema, source_table, target_schema, target_table, run_id, fingerprint, row_estimate, byte_estimate)
VALUES (%(migration)s, %(schema)s, %(table)s, %(target_schema)s, %(target_table)s, %(run_id)s, %(fingerprint)s,
        %(row_estimate)s, %(byte_estimate)s)
ON DUPLICATE KEY UPDATE target_schema = %(target_schema)s, target_table = %(target_table)s, run_id = %(run_id)s,
  fingerprint = %(fingerprint)s, row_estimate = %(row_estimate)s, byte_estimate = %(byte_estimate)s
