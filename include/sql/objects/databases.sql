-- One row for a schema: its defaults, which tables created later take up.
-- Versions: 8.0.16+. Privileges: any on the schema.
SELECT s.SCHEMA_NAME AS name,
       s.DEFAULT_CHARACTER_SET_NAME AS charset,
       s.DEFAULT_COLLATION_NAME AS collation,
       s.DEFAULT_ENCRYPTION AS encryption
  FROM information_schema.SCHEMATA s
 WHERE s.SCHEMA_NAME = %(schema)s
