-- One row per stored function that a view of a schema calls.
-- Versions: 8.0.13+. Privileges: any on the view, EXECUTE or SHOW_ROUTINE on the function.
SELECT DISTINCT
       u.TABLE_NAME AS view_name,
       u.SPECIFIC_SCHEMA AS used_schema,
       u.SPECIFIC_NAME AS used_name
  FROM information_schema.VIEW_ROUTINE_USAGE u
 WHERE u.TABLE_SCHEMA = %(schema)s
 ORDER BY u.TABLE_NAME, u.SPECIFIC_SCHEMA, u.SPECIFIC_NAME
