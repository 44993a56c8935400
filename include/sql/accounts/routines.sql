-- Names of all stored procedures and functions.
-- Versions: 8.0.20+. Privileges: SHOW_ROUTINE or SELECT on *.*.
SELECT r.ROUTINE_TYPE AS kind,
       r.ROUTINE_SCHEMA AS schema_name,
       r.ROUTINE_NAME AS name
  FROM information_schema.ROUTINES r
