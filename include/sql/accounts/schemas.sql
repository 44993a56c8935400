-- Names of all schemas, the server's own included.
-- Versions: 8.0+. Privileges: SHOW DATABASES.
SELECT s.SCHEMA_NAME AS name
  FROM information_schema.SCHEMATA s
