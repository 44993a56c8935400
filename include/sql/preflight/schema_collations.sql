-- Default collation of some schemas.
-- Versions: 8.0+. Privileges: any on each schema.
SELECT s.SCHEMA_NAME AS name,
       s.DEFAULT_COLLATION_NAME AS collation
  FROM information_schema.SCHEMATA s
 WHERE s.SCHEMA_NAME IN %(schemas)s
 ORDER BY s.SCHEMA_NAME
