-- Tables, views and functions that the views of some schemas use.
-- Versions: 8.0.13+. Privileges: any on each view and on what it uses.
SELECT u.VIEW_SCHEMA AS view_schema,
       u.VIEW_NAME AS view_name,
       'table' AS kind,
       u.TABLE_SCHEMA AS schema_name,
       u.TABLE_NAME AS name
  FROM information_schema.VIEW_TABLE_USAGE u
 WHERE u.VIEW_SCHEMA IN %(schemas)s
 UNION ALL
SELECT r.TABLE_SCHEMA,
       r.TABLE_NAME,
       'function',
       r.SPECIFIC_SCHEMA,
       r.SPECIFIC_NAME
  FROM information_schema.VIEW_ROUTINE_USAGE r
 WHERE r.TABLE_SCHEMA IN %(schemas)s
 ORDER BY 1, 2, 3, 4, 5
