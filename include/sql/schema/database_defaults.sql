-- The default charset and collation of a schema; no row if there is no such schema.
-- Versions: 8.0+. Privileges: any on the schema.
SELECT s.DEFAULT_CHARACTER_SET_NAME AS charset,
       s.DEFAULT_COLLATION_NAME AS collation
  FROM information_schema.SCHEMATA s
 WHERE s.SCHEMA_NAME = %(schema)s
