-- Names of all schemas that are not the server's own.
-- Versions: 8.0+. Privileges: SHOW DATABASES or any on each schema.
SELECT s.SCHEMA_NAME AS name,
       s.DEFAULT_CHARACTER_SET_NAME AS charset,
       s.DEFAULT_COLLATION_NAME AS collation
  FROM information_schema.SCHEMATA s
 WHERE s.SCHEMA_NAME NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')
 ORDER BY s.SCHEMA_NAME
