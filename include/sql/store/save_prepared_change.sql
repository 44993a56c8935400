-- Keeps one row change of a prepared transaction.
-- Versions: 8.0+. Privileges: INSERT.
INSERT INTO {control}.prepared_changes
  (migration, xid, number, source_schema, source_table, kind, before_image, after_image)
VALUES (%(migration)s, %(xid)s, %(number)s, %(schema)s, %(table)s, %(kind)s, UNHEX(%(before)s), UNHEX(%(after)s))
