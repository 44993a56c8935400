-- Tables and views that the views of some schemas use. (VIEW_ROUTINE_USAGE leaves out functions of other schemas.)
-- Versions: 8.0.13+. Privileges: any on each view and on what it uses.
SELECT u.VIEW_SCHEMA AS view_schema,
       u.VIEW_NAME AS view_name,
       u.TABLE_SCHEMA AS schema_name,
       u.TABLE_NAME AS name
  FROM information_schema.VIEW_TABLE_USAGE u
 WHERE u.VIEW_SCHEMA IN %(schemas)s
 ORDER BY u.VIEW_SCHEMA, u.VIEW_NAME, u.TABLE_SCHEMA, u.TABLE_NAME
